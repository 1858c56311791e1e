"""Arguments and parameters: matching the ones to the others, and whether a value fits the type that
its place asks for."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ladle.compiler.language import form
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader, retyped
from ladle.compiler.language.shapes import POISON, assignable, is_poison, kind_of, options, show
from ladle.compiler.language.values import leak, refuse_none
from ladle.wire import DictShape, ListShape, LiteralShape, NullShape, Shape, TupleShape

__all__ = ["Parameter", "bind", "fits", "take"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as a call sees it. `default` is the value of a missing argument; None where it is
    required."""

    name: str
    shape: Shape
    default: form.Const | None = None
    positional: bool = True


def fits(value: form.Expr, target: Shape) -> form.Expr | None:
    """The value under the type `target`; None when it does not fit. Constants fit the literals they are."""
    if assignable(value.shape, target):
        return value
    if isinstance(value, form.Const):
        for option in options(target):
            literal = isinstance(option, LiteralShape) and (type(value.value), value.value) in {
                (type(each), each) for each in option.values
            }
            if literal:
                return retyped(value, LiteralShape((value.value,)))
        return None
    for option in options(target):
        if isinstance(value, form.MakeList) and not any(isinstance(i, form.Spread) for i in value.items):
            wanted: Sequence[Shape] = ()
            if isinstance(option, ListShape) and isinstance(value.shape, ListShape):
                wanted = [option.item] * len(value.items)
            elif isinstance(option, TupleShape) and isinstance(value.shape, TupleShape):
                wanted = option.items
            items = [fits(item, shape) for item, shape in zip(value.items, wanted, strict=False)]
            found = [item for item in items if item is not None]
            if len(found) == len(value.items) == len(wanted):
                return replace(value, items=tuple(found), shape=option)
        if isinstance(value, form.MakeObject) and isinstance(option, DictShape):
            entries = [(key, fits(entry, option.value)) for key, entry in value.entries]
            good = [(key, entry) for key, entry in entries if entry is not None]
            if len(good) == len(entries):
                return replace(value, entries=tuple(good), shape=option)
    if isinstance(value, form.Cond):
        then, otherwise = fits(value.then, target), fits(value.otherwise, target)
        if then is not None and otherwise is not None:
            return replace(value, then=then, otherwise=otherwise, shape=target)
    return None


def take(reader: Reader, node: ast.expr, value: form.Expr, target: Shape, code: str, what: str) -> form.Expr:
    """The value for a place of type `target`, or a problem that starts with `what` ("`key` of
    `load_day`")."""
    if is_poison(value.shape):
        return value
    found = fits(value, target)
    if found is not None:
        return found
    text = reader.text(node)
    shape = value.shape
    if NullShape() in options(shape) and NullShape() not in options(target):
        rest = [option for option in options(shape) if not isinstance(option, NullShape)]
        if rest and all(assignable(option, target) for option in rest):
            refuse_none(reader, node, shape)
            return reader.poison(node)
    message = f"{what} takes `{show(target)}`, not `{show(shape)}`"
    if kind_of(shape) == "any":
        return reader.refuse("L403", node, message, f"annotate where `{text}` comes from: {show(target)}")
    return reader.refuse(code, node, message, _conversion(text, shape, target), f"this is `{show(shape)}`")


def _conversion(text: str, shape: Shape, target: Shape) -> str:
    have, wanted = kind_of(shape), kind_of(target)
    if isinstance(target, LiteralShape):
        near = nearest(text.strip("\"'"), [str(value) for value in target.values])
        return f'did you mean "{near}"?' if near else f"write one of {show(target)}"
    if wanted == "str" and have in ("int", "bool"):
        return f"write: str({text})"
    if wanted == "str" and have in ("date", "datetime"):
        return f"write: {text}.isoformat()"
    if wanted == "str" and have == "float":
        return "format the number in a task"
    if wanted == "str" and have == "enum":
        return f"write: {text}.value"
    if wanted == "int" and have in ("str", "bool"):
        return f"write: int({text})"
    if wanted == "float" and have == "str":
        return f"write: float({text})"
    if wanted == "list" and isinstance(target, ListShape) and assignable(shape, target.item):
        return f"write: [{text}]"
    if wanted == "record" and have == "dict":
        return f"write: {show(target)}(…)"
    return f"pass a value of type {show(target)}"


def bind(
    reader: Reader, node: ast.Call, name: str, parameters: Sequence[Parameter], *, shared: bool = True
) -> dict[str, form.Expr] | None:
    """The value of every parameter, in their order, defaults filled in; None when a problem was reported.

    Arguments are read in the order in which they stand, as Python evaluates them. `shared` is false where the
    callee gets copies, as tasks do.
    """
    given: list[tuple[Parameter | None, ast.expr]] = []
    seen: set[str] = set()
    good = True
    places = _meant(node, [parameter for parameter in parameters if parameter.positional])
    by_name = {parameter.name: parameter for parameter in parameters}
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            reader.problem(
                "L206", argument, "`*` in a call hides which argument is which", "write them one by one"
            )
            good = False
            reader.expression(argument.value)
            continue
        if place >= len(places):
            if place == len(places):
                much = f"`{name}` takes {_count(len(places))}, {len(node.args)} given"
                kept = ", ".join(reader.text(each) for each in node.args[:place])
                reader.problem("L202", argument, much, f"write: {name}({kept})", "too many from here")
            good = False
            given.append((None, argument))
            continue
        seen.add(places[place].name)
        given.append((places[place], argument))
    for keyword in node.keywords:
        if keyword.arg is None:
            reader.problem(
                "L206", keyword, "`**` in a call hides which argument is which", "write them one by one"
            )
            good = False
            reader.expression(keyword.value)
        elif keyword.arg not in by_name:
            near = nearest(keyword.arg, by_name.keys() - seen) or nearest(keyword.arg, by_name)
            hint = f"did you mean `{near}`?" if near else f"it takes {', '.join(by_name) or 'no arguments'}"
            reader.problem("L204", keyword, f"`{name}` has no parameter `{keyword.arg}`", hint)
            if near:
                seen.add(near)
            good = False
            given.append((None, keyword.value))
        elif keyword.arg in seen:
            reader.problem("L205", keyword, f"`{keyword.arg}` is given twice", "leave one out")
            good = False
            given.append((None, keyword.value))
        else:
            seen.add(keyword.arg)
            given.append((by_name[keyword.arg], keyword.value))
    missing = [each for each in parameters if each.name not in seen and each.default is None]
    hidden = any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords)
    if missing and not hidden:
        _report_missing(reader, node, name, parameters, missing, good)
        good = False
    values: dict[str, form.Expr] = {}
    for parameter, argument in given:
        expected = parameter.shape if parameter is not None and parameter.shape != POISON else None
        value = reader.expression(argument, expected)
        if shared:
            leak(reader, argument)
        if parameter is None:
            continue
        taken = take(reader, argument, value, parameter.shape, "L401", f"`{parameter.name}` of `{name}`")
        good = good and not is_poison(taken.shape)
        values[parameter.name] = taken
    if not good:
        return None
    result: dict[str, form.Expr] = {}
    for parameter in parameters:
        if parameter.name in values:
            result[parameter.name] = values[parameter.name]
        elif parameter.default is not None:
            result[parameter.name] = replace(parameter.default, span=reader.span(node))
    return result


def _meant(node: ast.Call, places: list[Parameter]) -> list[Parameter]:
    """The parameters in the order in which the positional arguments stand for them.

    Where arguments are missing in any case, one that is called like a parameter further on was meant for
    that one, so that the report names what was left out: `count(bucket, word)` lacks `key`.
    """
    required = sum(place.default is None for place in places)
    if len(node.args) >= required or node.keywords:
        return places
    names = [place.name for place in places]
    found: list[Parameter] = []
    at = 0
    for place, argument in enumerate(node.args):
        if isinstance(argument, ast.Name) and argument.id in names[at:]:
            at = names.index(argument.id)
        found.append(places[at])
        at += 1
        if len(node.args) - place - 1 > len(places) - at:
            return places
    return [*found, *(each for each in places if each not in found)]


def _count(number: int) -> str:
    return f"{number} argument" if number == 1 else f"{number} arguments"


def _report_missing(
    reader: Reader,
    node: ast.Call,
    name: str,
    parameters: Sequence[Parameter],
    missing: Sequence[Parameter],
    good: bool,
) -> None:
    required = [parameter for parameter in parameters if parameter.default is None]
    given = len(node.args) + len(node.keywords)
    least = "" if len(required) == len(parameters) else "at least "
    listed = ", ".join(_declared(parameter) for parameter in missing)
    hint = f"add {listed}"
    if good:
        texts = [reader.text(argument) for argument in (*node.args, *node.keywords)]
        used = {word for text in texts for word in (text, text.partition("=")[2])}
        for parameter in missing:
            guess = _guess(reader, parameter, used)
            used.add(guess)
            named = node.keywords or not parameter.positional
            place = len(texts) if named else min(list(parameters).index(parameter), len(texts))
            texts.insert(place, f"{parameter.name}={guess}" if named else guess)
        hint = f"write: {name}({', '.join(texts)})"
    message = f"`{name}` takes {least}{_count(len(required))}, {given} given"
    reader.problem("L203", node, message, hint, f"missing: {listed}")


def _declared(parameter: Parameter) -> str:
    return parameter.name if parameter.shape == POISON else f"{parameter.name}: {show(parameter.shape)}"


def _guess(reader: Reader, parameter: Parameter, used: set[str]) -> str:
    """The name that was probably meant for a missing argument: of the same name, or the
    comprehension's item."""
    if parameter.name in reader.env.names and parameter.name not in used:
        return parameter.name
    inner = sorted(reader.comprehended[-1]) if reader.comprehended else []
    for name in inner:
        if name not in used and reader.env.names[name].shape == parameter.shape:
            return name
    return parameter.name
