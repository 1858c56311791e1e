"""Loops that are split into runs of their own (`with split(every=500):`)."""

from ladle.compiler.plan.splitting.loop import SplitLoop
from ladle.compiler.plan.splitting.split import split

__all__ = ["SplitLoop", "split"]
