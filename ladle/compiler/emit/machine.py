"""The machine under construction: states joined by edges, expressions still typed.

Nearly every state of ASL can assign variables on each of its ways out. So a pure assignment is no state
here but part of an edge: `Edge.sets`, in order. A region is one scope of variables: the whole machine, a
branch of a Parallel, the iteration of a Map. All of it is frozen; passes return new regions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ladle.compiler.language.form import Expr, Op, Variable
from ladle.errors import Span
from ladle.wire import AnyShape, BoolShape

__all__ = [
    "NOWHERE",
    "BranchValue",
    "Catch",
    "Choose",
    "Done",
    "Each",
    "Edge",
    "ErrorIn",
    "Fork",
    "Pass",
    "Pause",
    "Raw",
    "Region",
    "Rule",
    "State",
    "Stop",
    "Work",
]

NOWHERE: Final = Span("", 0, 0, 0, 0)
"""The place of what no source says."""


@dataclass(frozen=True, slots=True)
class Raw(Op):
    """JSONata as it stands: `name` is its text, with `{0}`, `{1}` where the operands go. It cannot fail,
    unless `fails` says so.

    `valid` says how far it may be moved: to another field of its "state", to another state of the same
    iteration of a Map ("map"), or anywhere in the "run".
    """

    valid: Literal["state", "map", "run"] = field(default="run", kw_only=True)
    fails: bool = field(default=False, kw_only=True)

    @classmethod
    def of(cls, text: str, *operands: Expr, valid: Literal["state", "map", "run"] = "run") -> Raw:
        """JSONata without a place in the source."""
        return cls(AnyShape(), NOWHERE, text, operands, valid=valid)


@dataclass(frozen=True, slots=True)
class ErrorIn(Raw):
    """Whether the caught error that is the operand has one of `names`."""

    names: frozenset[str] = field(default=frozenset(), kw_only=True)

    @classmethod
    def among(cls, error: Expr, names: Sequence[str]) -> ErrorIn:
        """The test for these names, in this order."""
        text = f"{{0}}.Error in {list(names)!r}"
        return cls(BoolShape(), NOWHERE, text, (error,), names=frozenset(names))


@dataclass(frozen=True, slots=True)
class BranchValue(Expr):
    """What branch number `branch` of a Parallel gave for `variable`; only on the way out of that Parallel."""

    branch: int
    variable: Variable


@dataclass(frozen=True, slots=True)
class Edge:
    """The way to the state `target` and what is assigned on it, one after the other.

    With `target` None the region ends, with `output` as its value (None in a branch of a Parallel, whose
    values are its exports).
    """

    target: int | None
    sets: tuple[tuple[Variable, Expr], ...] = ()
    output: Expr | None = None

    def after(self, *sets: tuple[Variable, Expr]) -> Edge:
        """This edge with `sets` done first."""
        return Edge(self.target, sets + self.sets, self.output)


@dataclass(frozen=True, slots=True)
class Catch:
    """Where a state goes on one of `errors`."""

    errors: tuple[str, ...]
    edge: Edge


@dataclass(frozen=True, slots=True)
class State:
    """`label` is what the state is named after, `comment` its Comment."""

    label: str
    span: Span
    comment: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Work(State):
    """A Task. `arguments` are a JSON template with expressions as leaves; `fields` the rest, as in ASL."""

    resource: str
    arguments: Any
    next: Edge
    catches: tuple[Catch, ...] = ()
    retries: tuple[Mapping[str, Any], ...] = ()
    fields: tuple[tuple[str, Any], ...] = ()
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Fork(State):
    """A Parallel. Branch `n` gives the variables `regions[n].exports`; `given` is the branches' input."""

    regions: tuple[Region, ...]
    next: Edge
    catches: tuple[Catch, ...] = ()
    retries: tuple[Mapping[str, Any], ...] = ()
    given: Expr | None = None


@dataclass(frozen=True, slots=True)
class Each(State):
    """A Map. With a `selector` the input of an iteration is an object of its fields, else the item itself.

    With `far` it is a distributed one: `far` says of which type its runs are, `extra` is a JSON template of
    its further fields. `items` is None where these say what reads them.
    """

    items: Expr | None
    item: Variable
    region: Region
    next: Edge
    catches: tuple[Catch, ...] = ()
    concurrency: Expr | None = None
    selector: tuple[tuple[str, Expr], ...] = ()
    far: str = ""
    extra: Any = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One alternative of a Choice."""

    test: Expr
    edge: Edge


@dataclass(frozen=True, slots=True)
class Choose(State):
    """A Choice: the first rule whose test holds, else `default`."""

    rules: tuple[Rule, ...]
    default: Edge


@dataclass(frozen=True, slots=True)
class Pause(State):
    """A Wait for seconds, or until an instant."""

    seconds: Expr | None
    instant: Expr | None
    next: Edge


@dataclass(frozen=True, slots=True)
class Pass(State):
    """A state that only assigns, where no other can. `given` is its output if it does not end the region."""

    next: Edge
    given: Expr | None = None


@dataclass(frozen=True, slots=True)
class Stop(State):
    """A Fail."""

    error: Expr
    cause: Expr | None


@dataclass(frozen=True, slots=True)
class Done(State):
    """A Succeed."""

    output: Expr | None


@dataclass(frozen=True, slots=True)
class Region:
    """States that share a scope of variables. `exports` are the values that a branch of a Parallel gives
    back."""

    start: Edge
    states: Mapping[int, State]
    exports: tuple[Variable, ...] | None = None
