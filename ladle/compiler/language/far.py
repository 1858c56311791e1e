"""Distributed comprehensions: items that lie in S3, `each(xs, distributed=True)`, results written to S3."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.arguments import Parameter, bind, take
from ladle.compiler.language.constants import known
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import INT, STR, is_poison, show
from ladle.declare.objects import DELIMITERS, READERS, S3
from ladle.wire import DictShape, ListShape, RecordShape, Shape, StrShape, WireError, shape_of

__all__ = ["FAR_OPTIONS", "Rows", "far_of", "read_write", "rows_of", "s3_method"]

FAR_OPTIONS: Final = ("distributed", "tolerate", "express", "label")
"""The options of `each` for a distributed Map."""

_TYPED: Final = {"csv": "row", "json": "item", "jsonl": "item", "parquet": "item", "athena": "item"}
"""The parameter that says what an item is."""

_OPTIONS: Final = {
    "objects": ("limit",),
    "csv": ("headers", "delimiter", "limit"),
    "json": ("pointer", "limit"),
    "jsonl": ("limit",),
    "parquet": ("limit",),
    "inventory": ("limit",),
    "athena": ("format", "limit"),
}
"""Options that are known when compiling: they stand in the definition."""

_LABEL: Final = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,40}")
"""What a Label may be (Amazon States Language, Map state)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The iterable of a comprehension: its value (an empty list for what lies in S3), and how it is read."""

    value: form.Expr
    far: form.Far | None = None
    details: tuple[tuple[str, form.Expr], ...] = field(default=())


def s3_method(target: Any) -> str:
    """Which method of `s3` an object is; empty for none."""
    return target.__name__ if isinstance(getattr(target, "__self__", None), S3) else ""


def rows_of(reader: Reader, node: ast.expr) -> Rows | None:
    """`s3.csv(…)` and its like as items; None for any other expression."""
    if not isinstance(node, ast.Call):
        return None
    kind = s3_method(static(reader, node.func))
    if kind not in READERS:
        return None
    options = {str(each.arg): each.value for each in node.keywords if each.arg in _OPTIONS[kind]}
    constants = {name: known(reader, value) for name, value in options.items()}
    problem = _option_problem(kind, constants)
    if problem:
        name, hint = problem
        reader.problem("L611", options[name], f"`{name}` of `s3.{kind}` is not right", hint)
        return Rows(reader.poison(node))
    shape, rest = _item(reader, node, kind)
    key = "prefix" if kind == "objects" else "key"
    empty = form.Const(STR, reader.span(node), "") if kind == "objects" else None
    inner = reader.derived(
        node,
        lambda: ast.Call(node.func, rest, [each for each in node.keywords if each.arg in ("bucket", key)]),
    )
    unknown = [
        each
        for each in node.keywords
        if each.arg not in (*_OPTIONS[kind], "bucket", key, _TYPED.get(kind, ""))
    ]
    for each in unknown:
        near = nearest(each.arg or "", (*_OPTIONS[kind], "bucket", key))
        hint = f"did you mean `{near}`?" if near else f"it takes bucket, {key}, {', '.join(_OPTIONS[kind])}"
        reader.problem("L204", each, f"`s3.{kind}` has no parameter `{each.arg}`", hint)
    values = bind(reader, inner, f"s3.{kind}", [Parameter("bucket", STR), Parameter(key, STR, empty)])
    if values is None or shape is None or unknown:
        return Rows(reader.poison(node))
    made = getattr(declare.s3, kind)(
        *("b", "k"), **({_TYPED[kind]: dict} if kind in _TYPED else {}), **constants
    )
    details = [("reader.Bucket", values["bucket"])]
    where = values[key]
    if kind != "objects":
        details.append(("reader.Key", where))
    elif not (isinstance(where, form.Const) and where.value == ""):
        details.append(("reader.Prefix", where))
    far = form.Far(
        "listObjectsV2" if kind == "objects" else "getObject",
        tuple(made.config.items()),
        trusted=kind in ("objects", "inventory", "csv"),
        columns=tuple(each.name for each in shape.fields)
        if kind == "csv" and isinstance(shape, RecordShape)
        else (),
    )
    items = form.Const(ListShape(shape), reader.span(node), [])
    return Rows(items, far, tuple(details))


def _option_problem(kind: str, given: dict[str, Any]) -> tuple[str, str] | None:
    """The first option that is not right, and what to write."""
    for name, value in given.items():
        if value is MISSING:
            return name, "write a constant: it stands in the definition"
        if name == "limit" and not (type(value) is int and 1 <= value <= 100_000_000):
            return name, "write a whole number from 1 to 100,000,000, or leave it out"
        if name == "delimiter" and value not in DELIMITERS:
            return name, "write one of , | ; space and tab"
        if name == "headers" and not (
            isinstance(value, list) and value and all(isinstance(each, str) for each in value)
        ):
            return name, 'write the names of the columns: ["carrier", "minutes"]'
        if name == "pointer" and not (isinstance(value, str) and value.startswith("/")):
            return name, 'write a JSON Pointer, such as "/orders/open"'
        if name == "format" and value not in ("csv", "jsonl", "parquet"):
            return name, 'write "csv", "jsonl" or "parquet"'
    return ("format", "") if kind == "athena" and "format" not in given and "format" in given else None


def _item(reader: Reader, node: ast.Call, kind: str) -> tuple[Shape | None, list[ast.expr]]:
    """The type of an item (None where a problem was reported), and the other positional arguments."""
    if kind == "objects":
        return shape_of(declare.S3Object), node.args
    if kind not in _TYPED:
        return DictShape(StrShape()), node.args
    named = next((each.value for each in node.keywords if each.arg == _TYPED[kind]), None)
    given = named if named is not None else node.args[2] if len(node.args) > 2 else None
    rest = [*node.args[:2], *node.args[3:]]
    if given is None:
        if kind == "csv":
            return DictShape(StrShape()), rest
        reader.problem(
            "L203",
            node,
            f"`s3.{kind}` must say what an item is",
            f"write: s3.{kind}(bucket, key, Row), with a TypedDict or dataclass",
        )
        return None, rest
    text = ast.unparse(given)
    try:
        shape = shape_of(eval(text, dict(reader.frame.source.names)))
    except Exception as error:  # noqa: BLE001 - whatever the expression raises is what is wrong with it
        problem = error.problem if isinstance(error, WireError) else str(error)
        reader.problem("L402", given, f"`{text}` is no type of an item: {problem}", "write a class")
        return None, rest
    if kind == "csv" and not _of_text(shape):
        reader.problem(
            "L611",
            given,
            f"the values of a CSV row are text, and `{show(shape)}` has others",
            "declare each field `str`, and convert it in the task",
        )
        return None, rest
    return shape, rest


def _of_text(shape: Shape) -> bool:
    if isinstance(shape, RecordShape):
        return all(isinstance(each.shape, StrShape) for each in shape.fields)
    return shape == DictShape(StrShape())


# ---------------------------------------------------------------------------------------------- options


def far_of(reader: Reader, node: ast.expr, rows: Rows, options: dict[str, ast.expr]) -> Rows:
    """The iterable with the options of `each`; distributed where they say so, or where it lies in S3."""
    constants = {name: known(reader, value) for name, value in options.items() if name != "tolerate"}
    wanted = constants.get("distributed", False)
    if wanted not in (True, False):
        reader.problem("L612", options["distributed"], "`distributed` is True or False", "write True")
        return rows
    if rows.far is None and not wanted:
        for name in options:
            if name != "distributed":
                hint = "write: each(xs, distributed=True, …)"
                reader.problem("L612", options[name], f"`{name}` is for distributed comprehensions", hint)
        return rows
    far = rows.far or form.Far()
    if "express" in constants and constants["express"] not in (True, False):
        reader.problem("L612", options["express"], "`express` is True or False", "write True")
    label = constants.get("label")
    if label is not None and not (isinstance(label, str) and _LABEL.fullmatch(label)):
        hint = "write at most 40 characters, without blanks and signs"
        reader.problem("L612", options["label"], "`label` cannot be the label of a Map Run", hint)
    far = replace(
        far, express=constants.get("express") is True, label=label if isinstance(label, str) else ""
    )
    details = rows.details
    if "tolerate" in options:
        far, more = _tolerate(reader, options["tolerate"], far)
        details += more
    _check_handlers(reader, node)
    return Rows(rows.value, far, details)


def _tolerate(
    reader: Reader, node: ast.expr, far: form.Far
) -> tuple[form.Far, tuple[tuple[str, form.Expr], ...]]:
    value = known(reader, node)
    if value is None:
        return far, ()
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)%", value)
        if match is None or not 0 < float(match[1]) <= 100:
            reader.problem("L612", node, f"`tolerate` is no share: {value!r}", 'write "5%", or a number')
            return far, ()
        percent = float(match[1])
        return replace(far, percent=int(percent) if percent.is_integer() else percent), ()
    count = take(reader, node, reader.expression(node), INT, "L401", "`tolerate` of `each`")
    if isinstance(count, form.Const) and not is_poison(count.shape) and count.value < 0:
        reader.problem("L612", node, "`tolerate` is at least 0", 'write 5, or "5%"')
    return far, () if is_poison(count.shape) else (("tolerate", count),)


def _check_handlers(reader: Reader, node: ast.expr) -> None:
    """A distributed Map fails with an error of its own, whatever its iterations failed with."""
    for taken in reader.taken:
        if taken.errors and (taken.errors != {"States.ALL"} or taken.named):
            reader.problem(
                "L613",
                node,
                "a distributed comprehension fails with States.ExceedToleratedFailureThreshold, whatever an"
                " iteration failed with: this `try` or `retry` would not find it",
                "write `except Exception:` without a name, or give failures as values: attempt(f, x)",
            )
            return


# ---------------------------------------------------------------------------------------------- results


def read_write(reader: Reader, node: ast.Call) -> form.Expr:
    """`s3.write([f(x) for x in s3.csv(…)], bucket, prefix)`: the Map writes its results itself."""
    results = node.args[0] if node.args else None
    if not isinstance(results, ast.ListComp):
        return reader.refuse(
            "L611",
            results or node,
            "`s3.write` takes a distributed comprehension first",
            "write: s3.write([f(x) for x in s3.csv(…)], bucket, prefix)",
        )
    value = reader.expression(results)
    inner = reader.derived(node, lambda: ast.Call(node.func, node.args[1:], node.keywords))
    empty = form.Const(STR, reader.span(node), "")
    where = bind(reader, inner, "s3.write", [Parameter("bucket", STR), Parameter("prefix", STR, empty)])
    last = reader.block[-1] if reader.block else None
    if is_poison(value.shape) or where is None:
        return reader.poison(node)
    if not (
        isinstance(last, form.Map)
        and last.far is not None
        and isinstance(value, form.Read)
        and last.target == value.variable
    ):
        hint = "write: [f(x) for x in each(xs, distributed=True)]"
        return reader.refuse("L611", results, "only a distributed comprehension can be written to S3", hint)
    if (last.keep is not None) + last.flatten + bool(last.batch) > 1:
        hint = "leave the condition, the second `for` or the batches to a task"
        return reader.refuse("L611", results, "the results would be lists of lists", hint)
    shape = shape_of(declare.Written)
    variable = reader.define("written", shape, node, made=True, tag="written")
    details = [("writer.Bucket", where["bucket"])]
    prefix = where["prefix"]
    if not (isinstance(prefix, form.Const) and prefix.value == ""):
        details.append(("writer.Prefix", prefix))
    reader.block[-1] = replace(
        last,
        target=variable,
        far=replace(last.far, writer=True),
        details=(*last.details, *details),
        step=True,
    )
    return reader.value_of(variable, reader.span(node))
