"""Distributed Maps: each iteration is a run of its own, so all that it reads travels in its input.

A child reads no outer variable, and the context object there is its own. What the body reads of either is
put into the input by ItemSelector, beside the item (with ItemBatcher into BatchInput, beside the items), and
so is the run at the top, which tasks are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ladle.asl.placeholders import of_stage
from ladle.compiler.emit.calls import ROOT, TRIGGER, lineage
from ladle.compiler.emit.checks import checked, uses_of
from ladle.compiler.emit.machine import NOWHERE, Each, Edge, Fork, Raw, Region, State
from ladle.compiler.emit.walk import free_reads, map_edges, map_expressions
from ladle.compiler.language import form
from ladle.compiler.language.form import Expr, Variable
from ladle.compiler.plan.expressions import rebuild
from ladle.declare import Written
from ladle.wire import AnyShape, StrShape, shape_of

__all__ = ["far_map", "written_value"]

FRESH = 20_000_000
"""Added to the index of an outer variable, for the child's own variable of that name."""


def written_value(stmt: form.Map) -> Expr | None:
    """Where results were written, as a `Written`; None where they are not."""
    if stmt.far is None or not stmt.far.writer:
        return None
    details = "$states.result.ResultWriterDetails"
    parts = (("bucket", f"{details}.Bucket"), ("key", f"{details}.Key"))
    entries = tuple((name, Raw(StrShape(), NOWHERE, text, (), valid="state")) for name, text in parts)
    return form.MakeObject(shape_of(Written), NOWHERE, entries)


def far_map(stmt: form.Map, far: form.Far, region: Region, items: Expr, then: Edge) -> Each:
    """The state of a distributed comprehension, whose iteration is `region`."""
    base = "$states.input.BatchInput" if stmt.batch else "$states.input"
    region = _changed(region, lambda expr: _rerooted(expr, base)) if stmt.batch else region
    region, contexts = _without_context(region)
    outer = sorted(free_reads(region) - {stmt.item}, key=lambda variable: (variable.name, variable.index))
    item_name = stmt.item.name
    selector: dict[str, Any] = {}
    given: list[tuple[Variable, Expr]] = []
    names: dict[Variable, Expr] = {}
    for variable in outer:
        name = variable.name
        while name in selector or name in (item_name, "ladle"):
            name += "_"
        context = contexts.get(variable)
        selector[name] = form.Read(variable.shape, NOWHERE, variable) if context is None else context
        own = Variable(variable.name, variable.index + FRESH, variable.shape, variable.made)
        names[variable] = form.Read(variable.shape, NOWHERE, own)
        given.append((own, Raw(variable.shape, NOWHERE, f"{base}.{name}", (), valid="state")))
    region = _changed(region, lambda expr: _renamed(expr, names))
    selector["ladle"] = lineage()
    extra = _fields(stmt, far)
    value: Any = Raw.of("$states.context.Map.Item.Value")
    if far.columns:  # a file may have more of them than anybody asked for
        value = {name: Raw.of(f"$states.context.Map.Item.Value.{name}") for name in far.columns}
    if stmt.batch:
        if far.columns:
            extra["ItemSelector"] = value
        extra["ItemBatcher"] = {"MaxItemsPerBatch": stmt.batch, "BatchInput": selector}
        item: Expr = Raw.of("$states.input.Items", valid="state")
    else:
        extra["ItemSelector"] = {item_name: value, **selector}
        item = _item(stmt, far, f"$states.input.{item_name}")
    return Each(
        stmt.label,
        stmt.span,
        None if far.reader else items,
        stmt.item,
        replace(region, start=region.start.after(*given, (stmt.item, item))),
        then,
        concurrency=stmt.concurrency,
        far="EXPRESS" if far.express else "STANDARD",
        extra=extra,
    )


def _item(stmt: form.Map, far: form.Far, text: str) -> Expr:
    """The item as the child got it; checked as far as expressions read it, since a file may hold anything."""
    value = Raw(stmt.item.shape, NOWHERE, text, (), valid="state")
    uses = dict(uses_of((replace(stmt, details=(), source=form.Const(AnyShape(), NOWHERE, None)),)))
    if far.trusted or stmt.item not in uses:
        return value
    return checked(value, stmt.item.shape, "an item", uses[stmt.item])


def _fields(stmt: form.Map, far: form.Far) -> dict[str, Any]:
    """The fields that are those of distributed Maps only, in the order in which people write them."""
    details = dict(stmt.details)

    def part(kind: str) -> dict[str, Expr]:
        found = {name.partition(".")[2]: v for name, v in details.items() if name.startswith(f"{kind}.")}
        bucket = found["Bucket"]
        if isinstance(bucket, form.Const):  # a name of the stage's; what only the run knows is a bucket's own
            found["Bucket"] = replace(bucket, value=of_stage("buckets", bucket.value))
        return found

    found: dict[str, Any] = {"Label": far.label} if far.label else {}
    if far.reader:
        found["ItemReader"] = {
            "Resource": f"arn:aws:states:::s3:{far.reader}",
            **({"ReaderConfig": dict(far.config)} if far.config else {}),
            "Arguments": part("reader"),
        }
    if "tolerate" in details:
        found["ToleratedFailureCount"] = details["tolerate"]
    if far.percent is not None:
        found["ToleratedFailurePercentage"] = far.percent
    if far.writer:
        lists = stmt.keep is not None or stmt.flatten or stmt.batch
        found["ResultWriter"] = {
            "Resource": "arn:aws:states:::s3:putObject",
            "WriterConfig": {"Transformation": "FLATTEN" if lists else "COMPACT", "OutputType": "JSON"},
            "Arguments": part("writer"),
        }
    return found


# ---------------------------------------------------------------------------------------------- regions


def _changed(region: Region, change: Callable[[Expr], Expr]) -> Region:
    """The region, and those within, with `change` made to every expression."""

    def edge(old: Edge) -> Edge:
        sets = tuple((variable, change(value)) for variable, value in old.sets)
        return Edge(old.target, sets, None if old.output is None else change(old.output))

    def state(old: State) -> State:
        new = map_edges(map_expressions(old, change), edge)
        match new:
            case Each():
                return replace(new, region=_changed(new.region, change))
            case Fork():
                return replace(new, regions=tuple(_changed(one, change) for one in new.regions))
            case _:
                return new

    return replace(
        region, start=edge(region.start), states={at: state(old) for at, old in region.states.items()}
    )


def _renamed(expr: Expr, names: dict[Variable, Expr]) -> Expr:
    if isinstance(expr, form.Read):
        return names.get(expr.variable, expr)
    if isinstance(expr, form.ErrorText | form.ErrorName) and expr.error in names:
        read = names[expr.error]
        assert isinstance(read, form.Read)
        return replace(expr, error=read.variable)
    return rebuild(expr, lambda part: _renamed(part, names))


def _rerooted(expr: Expr, base: str) -> Expr:
    """With the run at the top as the input of a batch tells it."""
    if isinstance(expr, Raw) and expr.name in (ROOT, TRIGGER):
        told = f"{base.replace('$states.input', '$states.context.Execution.Input')}.ladle"
        return replace(expr, name=f"{told}.{'root' if expr.name == ROOT else 'trigger'}")
    return rebuild(expr, lambda part: _rerooted(part, base))


def _without_context(region: Region) -> tuple[Region, dict[Variable, Expr]]:
    """The region with a variable in place of each field of the context that would tell of the child's run."""
    found: dict[str, tuple[Variable, Expr]] = {}

    def change(expr: Expr) -> Expr:
        if isinstance(expr, form.Context) and expr.path.startswith(("Execution.", "StateMachine.")):
            name = "run_" + expr.path.rpartition(".")[2].lower()
            known = found.setdefault(expr.path, (Variable(name, FRESH + len(found), expr.shape), expr))
            return form.Read(expr.shape, expr.span, known[0])
        return rebuild(expr, change)

    changed = _changed(region, change)
    return changed, dict(found.values())
