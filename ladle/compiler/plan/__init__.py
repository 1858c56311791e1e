"""What runs when: from the typed form to a tree of series and parallels.

A block's statements become a graph (`order`, after the rules of the language), steps cut it into segments,
each segment is turned into a nested order that loses as little time as possible (`nesting`), and `schedule`
tells what that order costs. The whole plan is a value that prints itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from ladle.compiler.language.form import Program
from ladle.compiler.plan.answers import answered
from ladle.compiler.plan.build import UNMEASURED, plan_block
from ladle.compiler.plan.liveness import Around
from ladle.compiler.plan.schedule import Schedule, Step, schedule
from ladle.compiler.plan.simplify import simplify
from ladle.compiler.plan.splitting import SplitLoop, split
from ladle.compiler.plan.tree import Leaf, Parallel, Part, Plan, Series, Tree

__all__ = [
    "Leaf", "Parallel", "Part", "Plan", "Schedule", "Series", "SplitLoop", "Step", "Tree", "answered", "plan",
    "schedule", "split",
]  # fmt: skip


def plan(program: Program, measured: Mapping[str, float] = UNMEASURED) -> Plan:
    """The order in which the statements of a workflow run; `measured` are the seconds that calls took."""
    around = Around(handled=program.handled)
    return plan_block(simplify(program).body, frozenset(), around, measured=measured)
