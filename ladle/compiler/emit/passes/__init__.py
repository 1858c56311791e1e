"""The passes that make a machine short: each takes a region and returns a new one.

`PASSES` is their order. Each keeps what the machine means: the same calls with the same arguments, the same
result.
"""

from __future__ import annotations

from collections.abc import Callable

from ladle.compiler.emit.machine import Region
from ladle.compiler.emit.passes.enter import enter
from ladle.compiler.emit.passes.finish import finish
from ladle.compiler.emit.passes.fold import fold
from ladle.compiler.emit.passes.fuse import fuse
from ladle.compiler.emit.passes.narrow import narrow
from ladle.compiler.emit.passes.part import part
from ladle.compiler.emit.passes.propagate import propagate
from ladle.compiler.emit.passes.prune import prune
from ladle.compiler.emit.passes.settle import settle
from ladle.compiler.emit.passes.thread import thread
from ladle.compiler.emit.passes.unfork import unfork

__all__ = ["PASSES"]

PASSES: tuple[Callable[[Region], Region], ...] = (
    settle,
    part,
    prune,
    propagate,
    narrow,
    fold,
    unfork,
    thread,
    part,
    prune,
    enter,
    fold,
    enter,
    fuse,
    part,
    finish,
    prune,
)
