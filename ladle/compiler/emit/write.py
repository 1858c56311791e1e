"""The finished machine as Amazon States Language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ladle.compiler.emit.machine import (
    NOWHERE,
    Choose,
    Done,
    Each,
    Edge,
    Fork,
    Pass,
    Pause,
    Raw,
    Region,
    State,
    Stop,
    Work,
)
from ladle.compiler.emit.names import StateNames, VariableNames
from ladle.compiler.emit.passes.prune import live_after
from ladle.compiler.emit.text import Text
from ladle.compiler.emit.walk import edges_of, expressions_of, map_edges, reachable
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import (
    can_fail,
    children,
    count_reads,
    reads,
    substitute,
    surely_evaluated,
)
from ladle.errors import Span
from ladle.wire import Shape

__all__ = ["at_once", "write"]

LOCAL = 1_000_000_000
"""What tells the local name of a value from the variable it is assigned to."""

DUPLICATES = 3
"""How often a value longer than a path is written out before it gets a local name."""


def write(
    region: Region, *, comment: str = "", timeout: int | None = None
) -> tuple[dict[str, Any], dict[str, Span], dict[str, Shape]]:
    """The definition, for each state the place in the source that it comes from, each variable's type."""
    writer = _Writer()
    head: dict[str, Any] = {"Comment": comment} if comment else {}
    head["QueryLanguage"] = "JSONata"
    if timeout is not None:
        head["TimeoutSeconds"] = timeout
    return head | writer.region(region), writer.places, writer.variables.types()


class _Writer:
    def __init__(self) -> None:
        self.states = StateNames()
        self.variables = VariableNames()
        self.text = Text(self.variables)
        self.places: dict[str, Span] = {}

    def region(self, region: Region, inside: str = "") -> dict[str, Any]:
        """The states of a region; `inside` is the label of the Map whose iteration it is."""
        order = reachable(region)
        after = live_after(region)
        region = replace(
            region,
            states={at: map_edges(region.states[at], lambda edge: at_once(edge, after)) for at in order},
        )
        for at in order:  # the names of this region's variables are given before those of inner ones
            for edge in edges_of(region.states[at]):
                for variable, _ in edge.sets:
                    self.variables(variable)
        names = {at: self.states.take(_label(region.states[at], self, inside)) for at in order}
        assert region.start.target is not None, "a region has no states"
        assert not region.start.sets, "a region assigns before its first state"
        written = {}
        for at in order:
            place = _place(region.states[at])
            if place != NOWHERE:
                self.places[names[at]] = place
            written[names[at]] = self.state(region.states[at], names)
        return {"StartAt": names[region.start.target], "States": written}

    def state(self, state: State, names: dict[int, str]) -> dict[str, Any]:
        comment = {"Comment": state.comment} if state.comment else {}
        match state:
            case Work():
                return {
                    "Type": "Task",
                    **comment,
                    "Resource": state.resource,
                    "Arguments": self.text.template(state.arguments),
                    **dict(state.fields),
                    **self.failures(state, names),
                    **self.way(state.next, names),
                }
            case Fork():
                return {
                    "Type": "Parallel",
                    **comment,
                    **({} if state.given is None else {"Arguments": self.value(state.given)}),
                    "Branches": [self.region(region) for region in state.regions],
                    **self.failures(state, names),
                    **self.way(state.next, names),
                }
            case Each():
                return {
                    "Type": "Map",
                    **comment,
                    **self.items(state),
                    "ItemProcessor": {
                        "ProcessorConfig": _processor(state),
                        **self.region(state.region, state.label),
                    },
                    **self.failures(state, names),
                    **self.map_way(state.next, names),
                }
            case Choose():
                return {"Type": "Choice", **comment, **self.choices(state, names)}
            case Pause(seconds=form.Expr() as seconds):
                return {
                    "Type": "Wait",
                    **comment,
                    "Seconds": self.value(seconds),
                    **self.way(state.next, names),
                }
            case Pause(instant=form.Expr() as instant):
                return {
                    "Type": "Wait",
                    **comment,
                    "Timestamp": self.value(instant),
                    **self.way(state.next, names),
                }
            case Pass():
                given = {} if state.given is None else {"Output": self.value(state.given)}
                return {"Type": "Pass", **comment, **given, **self.way(state.next, names)}
            case Stop():
                cause = {} if state.cause is None else {"Cause": self.value(state.cause)}
                return {"Type": "Fail", **comment, "Error": self.value(state.error), **cause}
            case Done():
                output = {} if state.output is None else {"Output": self.output(state.output)}
                return {"Type": "Succeed", **comment, **output}
            case _:
                raise AssertionError(f"no ASL for {type(state).__name__}")

    def map_way(self, edge: Edge, names: dict[int, str]) -> dict[str, Any]:
        """The way on from a Map, whose output is its result if nothing else is said."""
        way = self.way(edge, names)
        if way.get("Output") == "{% $states.result %}":
            del way["Output"]
        return way

    def choices(self, state: Choose, names: dict[int, str]) -> dict[str, Any]:
        """The rules. What the default assigns is a rule of its own that always holds.

        AWS's documentation says that the Assign of the state itself applies whichever rule matches, recorded
        executions that the rule's is used in its place: so there is none.
        """
        rules = [{"Condition": self.leaf(rule.test), **self.way(rule.edge, names)} for rule in state.rules]
        default = self.way(state.default, names)
        if "Assign" not in default:
            return {"Choices": rules, "Default": default["Next"]}
        return {"Choices": [*rules, {"Condition": "{% true %}", **default}]}

    def items(self, state: Each) -> dict[str, Any]:
        found: dict[str, Any] = {} if state.items is None else {"Items": self.value(state.items)}
        if state.extra:
            found |= self.text.template(state.extra)
        if state.selector:
            found["ItemSelector"] = {key: self.value(value) for key, value in state.selector}
        if state.concurrency is not None:
            found["MaxConcurrency"] = self.value(state.concurrency)
        return found

    def failures(self, state: Work | Fork | Each, names: dict[int, str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        retries = () if isinstance(state, Each) else state.retries
        if retries:
            found["Retry"] = [dict(one) for one in retries]
        if state.catches:
            found["Catch"] = [
                {"ErrorEquals": list(one.errors), **self.way(one.edge, names)} for one in state.catches
            ]
        return found

    def way(self, edge: Edge, names: dict[int, str]) -> dict[str, Any]:
        """`Assign`, and `Next` or `End` with `Output`."""
        assign = {self.variables(variable): self.value(value) for variable, value in edge.sets}
        found: dict[str, Any] = {"Assign": assign} if assign else {}
        if edge.target is not None:
            return {**found, "Next": names[edge.target]}
        assert edge.output is not None
        return {**found, "Output": self.output(edge.output), "End": True}

    def output(self, expr: Expr) -> Any:
        """The value as an Output: published grammars of the language want no list there."""
        value = self.value(expr)
        return self.leaf(expr) if isinstance(value, list) else value

    def value(self, expr: Expr) -> Any:
        return self.text.template(expr)

    def leaf(self, expr: Expr) -> str:
        return "{% " + self.text.expression(expr) + " %}"


def _processor(state: Each) -> dict[str, str]:
    return {"Mode": "DISTRIBUTED", "ExecutionType": state.far} if state.far else {"Mode": "INLINE"}


def _place(state: State) -> Span:
    """Where in the source a state comes from: for one that was made for a value, the place of the value."""
    values = [value for edge in edges_of(state) for _, value in edge.sets]
    outputs = [edge.output for edge in edges_of(state) if edge.output is not None]
    spans = [state.span, *(expr.span for expr in (*expressions_of(state), *values, *outputs))]
    return next((span for span in spans if span != NOWHERE), NOWHERE)


def _label(state: State, writer: _Writer, inside: str) -> str:
    if state.label:
        return f"{inside} each" if state.label == inside else state.label
    assert isinstance(state, Pass)
    return "set " + " and ".join(writer.variables(variable) for variable, _ in state.next.sets)


def at_once(edge: Edge, after: Callable[[Edge], frozenset[Variable]]) -> Edge:
    """An edge whose assignments, made one after the other, all see the values from before it, as ASL's do.

    What is read by none but another of them is gone, unless it can fail and no other evaluates it.
    """
    values: dict[Variable, Expr] = {}
    for variable, value in edge.sets:
        value = substitute_all(value, values)
        values.pop(variable, None)
        values[variable] = value
    output = None if edge.output is None else substitute_all(edge.output, values)
    needed = after(edge) if edge.target is not None else frozenset[Variable]()
    kept = {variable: value for variable, value in values.items() if variable in needed}
    for variable, value in values.items():
        evaluated = (*kept.values(), *(() if output is None else (output,)))
        if variable not in kept and can_fail(value) and not any(map(_evaluates(value), evaluated)):
            kept[variable] = value
    return Edge(edge.target, tuple((v, kept[v]) for v in values if v in kept), output)


def _evaluates(value: Expr) -> Callable[[Expr], bool]:
    return lambda expr: value in surely_evaluated(expr)


def substitute_all(expr: Expr, values: dict[Variable, Expr]) -> Expr:
    """`expr` with variables replaced all at once; a long value that is read often gets a local name."""
    read = {variable: values[variable] for variable in _in_order(reads(expr), values)}
    few = {v: value for v, value in read.items() if _is_short(value) or count_reads(expr, v) <= DUPLICATES}
    many = {v: value for v, value in read.items() if v not in few}
    local = {v: Variable(v.name, v.index + LOCAL, v.shape, v.made) for v in many}
    expr = substitute(expr, few | {v: form.Read(v.shape, value.span, local[v]) for v, value in many.items()})
    for variable, value in many.items():
        expr = form.Bind(expr.shape, expr.span, local[variable], value, expr)
    return expr


def _in_order(names: frozenset[Variable], values: dict[Variable, Expr]) -> list[Variable]:
    """Those of the names that have values, in the order of the values."""
    found = [variable for variable in names if variable in values]
    return found if len(found) < 2 else [variable for variable in values if variable in names]


def _is_short(expr: Expr) -> bool:
    return isinstance(expr, form.Read | form.Const | form.Context) or (
        isinstance(expr, form.FieldOf | Raw) and not can_fail(expr) and all(map(_is_short, children(expr)))
    )
