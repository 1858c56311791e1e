"""What goes round in a workflow, Maps and loops, and how often at most, as far as its source tells.

A bound comes from the author (`each(xs, most=1000)`), from the length of what is gone over (a display, a
`range`, a slice), from a counter that a `while` tests, or from the time that a run may take where each pass
sleeps. Whatever is not understood has no bound, never a wrong one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ladle.compiler.language import form
from ladle.compiler.language.walk import statements
from ladle.errors import Span
from ladle.wire import Shape, TupleShape

__all__ = ["Bound", "Round", "rounds_of"]


@dataclass(frozen=True, slots=True)
class Bound:
    """At most so many, and what says so."""

    most: int
    why: str


@dataclass(frozen=True, slots=True)
class Round:
    """A Map or loop: `kind` is "map", "for" or "while", `span` its place, `over` what its label says.

    `result` is the type of one result that it collects (a Map's), `batch` how many items one iteration takes.
    Of a split loop, `runs` says where it is: "calls" in the workflow's machine, "turns" in that of its runs,
    and `every` how many turns each of those takes.
    """

    kind: str
    span: Span
    over: str
    bound: Bound | None
    result: Shape | None = None
    batch: int = 1
    concurrency: int | None = None
    runs: str = ""
    every: int = 1

    @property
    def turns(self) -> int | None:
        """How often it goes round at most; None where nothing tells."""
        return (
            None
            if self.bound is None
            else math.ceil(self.bound.most / (self.every if self.runs == "calls" else self.batch))
        )


def rounds_of(program: form.Program) -> tuple[Round, ...]:
    """Every Map and loop of a workflow, in the order of the source."""
    known = _Definitions(program.body)
    found: list[Round] = []
    for stmt in statements(program.body):
        match stmt:
            case form.Map():
                limit = stmt.concurrency
                found.append(
                    Round(
                        "map",
                        stmt.span,
                        stmt.label,
                        _items(stmt, known),
                        stmt.result.shape,
                        max(1, stmt.batch),
                        limit.value if isinstance(limit, form.Const) else None,
                    )
                )
            case form.For() | form.While():
                found.append(_loop(stmt, program, known))
    return tuple(found)


def _loop(stmt: form.For | form.While, program: form.Program, known: _Definitions) -> Round:
    """A loop; in the program of a split loop's runs, that loop has the turns of one run."""
    kind = "for" if isinstance(stmt, form.For) else "while"
    if program.turns is not None and stmt.span == program.turns[0]:
        every = program.turns[1]
        bound = Bound(every, f"split(every={every:,})")
        return Round(kind, stmt.span, stmt.label, bound, runs="turns", every=every)
    if isinstance(stmt, form.For):
        most = known.length(stmt.source)
    else:
        most = _passes(stmt, known, program.workflow.timeout)
    runs = "calls" if stmt.every else ""
    return Round(kind, stmt.span, stmt.label, most, runs=runs, every=max(1, stmt.every))


def _items(stmt: form.Map, known: _Definitions) -> Bound | None:
    """How many items a Map has at most; of one that reads them from S3, as many as it is told to read."""
    if stmt.far is None or not stmt.far.reader:
        return known.length(stmt.source)
    limit = dict(stmt.far.config).get("MaxItems")
    return Bound(limit, f"limit={limit:,}") if isinstance(limit, int) else None


# ---------------------------------------------------------------------------------------------- lengths

_SAME_LENGTH: Final = frozenset(
    {
        "list.reversed", "list.sorted", "list.sorted_desc", "list.sorted_by", "list.sorted_by_desc",
        "list.unique", "list.enumerate", "list.set", "list.remove_at",
    }
)  # fmt: skip
"""Operations whose list has at most as many items as their first operand."""


class _Definitions:
    """How long the lists are that variables hold."""

    def __init__(self, body: form.Block) -> None:
        self._values: dict[form.Variable, list[form.Expr | form.Map | None]] = {}
        self._asked: set[form.Variable] = set()
        for stmt in statements(body):
            if isinstance(stmt, form.Assign):
                self._values.setdefault(stmt.target, []).append(stmt.value)
            elif isinstance(stmt, form.Map):
                if stmt.target is not None:
                    self._values.setdefault(stmt.target, []).append(stmt)
                self._values.setdefault(stmt.item, []).append(None)
            elif isinstance(stmt, form.For):
                self._values.setdefault(stmt.item, []).append(None)
            elif isinstance(stmt, form.Call | form.Scope) and stmt.target is not None:
                self._values.setdefault(stmt.target, []).append(None)

    def constants(self, variable: form.Variable) -> list[form.Expr | form.Map | None]:
        """Everything that the variable is ever assigned."""
        return self._values.get(variable, [None])

    def length(self, expr: form.Expr) -> Bound | None:
        """How many items a list has at most."""
        match expr:
            case form.Const(value=list() as value):
                return Bound(len(value), f"a list of {len(value):,}")
            case form.MakeList(items=items):
                parts = [self.length(each.base) for each in items if isinstance(each, form.Spread)]
                alone = sum(not isinstance(each, form.Spread) for each in items)
                return _sum(parts, alone, f"a list of {alone:,}")
            case form.Op(name="list.at_most", operands=(items, form.Const(value=most))):
                inner = self.length(items)
                return inner if inner is not None and inner.most < most else Bound(most, f"most={most:,}")
            case form.Op(
                name="list.range",
                operands=(form.Const(value=start), form.Const(value=stop), form.Const(value=step)),
            ):
                size = len(range(start, stop, step))
                return Bound(size, f"a range of {size:,}")
            case form.Op(name="list.slice", operands=(items, start, form.Const(value=int() as stop))):
                first = start.value if isinstance(start, form.Const) else None
                if stop >= 0 and (first is None or first >= 0) and isinstance(start, form.Const):
                    size = max(0, stop - (first or 0))
                    inner = self.length(items)
                    return inner if inner is not None and inner.most < size else Bound(size, "a slice")
                return self.length(items)
            case form.Op(name="list.slice", operands=(items, *_)):
                return self.length(items)
            case form.Op(name=name, operands=(items, *_)) if name in _SAME_LENGTH:
                return self.length(items)
            case form.Op(name="list.zip" | "list.zip_strict", operands=lists):
                bounds = [bound for each in lists if (bound := self.length(each)) is not None]
                return min(bounds, key=lambda bound: bound.most, default=None)
            case form.Op(name="list.add", operands=lists):
                return _sum([self.length(each) for each in lists], 0, "lists")
            case form.Op(name="list.append", operands=(items, _)):
                return _sum([self.length(items)], 1, "a list")
            case form.Cond(then=then, otherwise=otherwise):
                return _largest([self.length(then), self.length(otherwise)])
            case form.Bind(body=body):
                return self.length(body)
            case form.Loop(source=source, flatten=False):
                return self.length(source)
            case form.Read(variable=variable):
                return self._of_variable(variable)
        if isinstance(expr.shape, TupleShape):
            return Bound(len(expr.shape.items), f"a tuple of {len(expr.shape.items)}")
        return None

    def _of_variable(self, variable: form.Variable) -> Bound | None:
        if isinstance(variable.shape, TupleShape):
            return Bound(len(variable.shape.items), f"a tuple of {len(variable.shape.items)}")
        if variable in self._asked:  # it grows in a loop
            return None
        self._asked.add(variable)
        try:
            found: list[Bound | None] = []
            for value in self.constants(variable):
                if isinstance(value, form.Map):
                    found.append(None if value.flatten else self.length(value.source))
                else:
                    found.append(None if value is None else self.length(value))
            return _largest(found)
        finally:
            self._asked.discard(variable)


def _sum(parts: list[Bound | None], more: int, why: str) -> Bound | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Bound(
        sum(part.most for part in known) + more, known[0].why if len(known) == 1 and not more else why
    )


def _largest(parts: list[Bound | None]) -> Bound | None:
    known = [part for part in parts if part is not None]
    return max(known, key=lambda bound: bound.most) if known and len(known) == len(parts) else None


# ---------------------------------------------------------------------------------------------- passes


def _passes(stmt: form.While, known: _Definitions, timeout: int | None) -> Bound | None:
    """How often a `while` goes round at most."""
    found = [*_counted(stmt, known)]
    pause = sum(
        max(1.0, each.seconds.value)
        for each in stmt.body
        if isinstance(each, form.Sleep) and isinstance(each.seconds, form.Const)
    )
    if pause and timeout is not None and not _may_skip(stmt):
        # The run is stopped when its time is over; the last pass may have begun.
        found.append(Bound(math.floor(timeout / pause) + 1, f"{pause:,.0f} s a pass, timeout={timeout:,}"))
    return min(found, key=lambda bound: bound.most, default=None)


def _may_skip(stmt: form.While) -> bool:
    """Whether a `continue` may leave out what stands at the top of the body."""
    return any(isinstance(each, form.Continue) for each in statements(stmt.body))


def _counted(stmt: form.While, known: _Definitions) -> Iterator[Bound]:
    """Bounds by counters that grow in each pass: in the test, or in an `if` that breaks."""
    for variable, step, start in _counters(stmt, known):
        for test in _conjuncts(stmt.test):
            match test:
                case form.Op(
                    name="num.lt" | "num.le" as name,
                    operands=(form.Read(variable=counter), form.Const(value=int() as stop)),
                ) if counter == variable:
                    more = 1 if name == "num.le" else 0
                    yield Bound(
                        max(0, math.ceil((stop + more - start) / step)), f"{variable.name} < {stop:,}"
                    )
        for each in stmt.body:
            if not isinstance(each, form.If) or not each.then or not isinstance(each.then[-1], form.Break):
                continue
            match each.test:
                case form.Op(
                    name="eq" | "num.ge" | "num.gt" as kind,
                    operands=(form.Read(variable=counter), form.Const(value=int() as stop)),
                ) if counter == variable and (kind != "eq" or (step == 1 and start <= stop)):
                    more = 1 if kind == "num.gt" else 0
                    # The counter may grow after the test: one pass more.
                    most = max(0, math.ceil((stop + more - start) / step)) + 1
                    yield Bound(most, f"a break at {variable.name} = {stop:,}")


def _conjuncts(test: form.Expr) -> Iterator[form.Expr]:
    if isinstance(test, form.Op) and test.name == "bool.and":
        for part in test.operands:
            yield from _conjuncts(part)
    else:
        yield test


def _counters(stmt: form.While, known: _Definitions) -> Iterator[tuple[form.Variable, int, int]]:
    """Variables that each pass makes larger: with the least step, and the least start."""
    if _may_skip(stmt):
        return
    inside = [each for each in statements(stmt.body) if isinstance(each, form.Assign)]
    steps: Mapping[form.Variable, int] = {
        each.target: step
        for each in stmt.body
        if isinstance(each, form.Assign) and (step := _step(each)) is not None
    }
    for variable, step in steps.items():
        if any(_step(each) is None for each in inside if each.target == variable):
            continue
        values = [value for value in known.constants(variable) if not _is_step(value, variable)]
        starts = [value.value for value in values if isinstance(value, form.Const)]
        if starts and len(starts) == len(values) and all(type(start) is int for start in starts):
            yield variable, step, min(starts)


def _step(stmt: form.Assign) -> int | None:
    """By how much an assignment makes its variable larger, if it does nothing else."""
    match stmt.value:
        case form.Op(
            name="int.add", operands=(form.Read(variable=variable), form.Const(value=int() as step))
        ) if variable == stmt.target and step > 0:
            return step
    return None


def _is_step(value: form.Expr | form.Map | None, variable: form.Variable) -> bool:
    return isinstance(value, form.Op) and _step(form.Assign(value.span, "", variable, value)) is not None
