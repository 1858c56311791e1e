"""The schedule of a workflow: when each call starts, what the order costs, and what no order could save."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ladle.compiler.language import form
from ladle.compiler.plan.tree import Leaf, Parallel, Plan, Series, Tree, weight_of

__all__ = ["Schedule", "Step", "schedule"]


@dataclass(frozen=True, slots=True)
class Step:
    """One call, or one wait: `start` and `seconds` as expected, from the start of the run.

    Loops and Maps count as one iteration; both arms of an `if` start at the same time, and handlers have no
    place in it. `line` is its place
    in the source, `inside` the labels of the statements around it.
    """

    label: str
    start: float
    seconds: float
    line: int
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When what runs.

    `seconds` is what the nested order is expected to take, `least` the length of the critical path: the
    longest chain of calls that wait for each other, which no order can beat. `critical` are the labels
    along it.
    """

    workflow: str
    steps: tuple[Step, ...]
    seconds: float
    least: float
    critical: tuple[str, ...]

    @property
    def cost(self) -> float:
        """Seconds lost because a state machine has no general graph, only series and parallels."""
        return self.seconds - self.least

    @property
    def waves(self) -> tuple[tuple[float, tuple[str, ...]], ...]:
        """What starts at the same time, with that time."""
        ordered = sorted(self.steps, key=lambda step: step.start)
        return tuple(
            (start, tuple(step.label for step in steps))
            for start, steps in groupby(ordered, key=lambda step: step.start)
        )

    def __str__(self) -> str:
        lines = [self.workflow]
        lines += [f"  {start:>6g} s  {', '.join(labels)}" for start, labels in self.waves]
        lines.append(f"  {self.seconds:>6g} s  end")
        lines.append(f"critical path: {' > '.join(self.critical) or 'none'}, {self.least:g} s")
        if self.cost > 0:
            lines.append(f"the nesting into parallels costs {self.cost:g} s")
        return "\n".join(lines)


def schedule(workflow: str, plan: Plan) -> Schedule:
    """The schedule of a planned workflow."""
    return Schedule(workflow, tuple(_steps(plan.tree, 0, ())), plan.seconds, plan.least, plan.path)


def _steps(tree: Tree, start: float, inside: tuple[str, ...]) -> Iterator[Step]:
    match tree:
        case Series(items=items):
            for item in items:
                yield from _steps(item, start, inside)
                start += weight_of(item)
        case Parallel(branches=branches):
            for branch in branches:
                yield from _steps(branch, start, inside)
        case Leaf(stmt=form.Call() | form.Sleep() | form.SleepUntil() as stmt):
            yield Step(stmt.label, start, tree.weight, stmt.span.line, inside)
        case Leaf():
            yield from _inner(tree, start, (*inside, tree.stmt.label))


def _inner(leaf: Leaf, start: float, inside: tuple[str, ...]) -> Iterator[Step]:
    body = 0.0
    for part in leaf.parts:
        if part.role.startswith("except"):
            continue  # what a failure brings about has no place in the plan
        alternative = part.role in ("then", "else") and isinstance(leaf.stmt, form.If)
        at = start if alternative else start + body
        if part.role == "finally":
            at = start + leaf.weight - part.plan.seconds
        yield from _steps(part.plan.tree, at, inside)
        if not alternative:
            body += part.plan.seconds
