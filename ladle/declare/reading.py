"""Reading a function's signature into a door, with every finding about it.

A finding is a code, a message, a remedy, and the part of the declaration that it is about; `problems` gives
it its place in the file.
"""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable
from typing import Any

from ladle.declare.secrets import Source
from ladle.declare.tokens import TaskToken
from ladle.value import Value
from ladle.wire import RecordField, Shape, WireError, encode, shape_of
from ladle.wire.doors import RESERVED, Door

__all__ = ["Finding", "Reading", "read"]


class Finding(Value):
    """One problem. `part` is `parameter:NAME`, `return`, `option:NAME`, or empty for all of it."""

    code: str
    message: str
    hint: str
    part: str = ""


class Reading(Value):
    """What a function's signature says. `token` is the name of the parameter that takes the task token."""

    signature: inspect.Signature
    parameters: dict[str, Any]
    result: Any
    token: str | None
    door: Door | None
    findings: tuple[Finding, ...]
    sources: dict[str, tuple[Source, Shape]]
    """Parameters whose values come from a secret or the like: callers do not see them."""


def read(function: Callable[..., Any], name: str) -> Reading:
    """Reads a function's parameters and result; what cannot be used is in the findings."""
    findings = _about_function(function, name)
    signature = _signature(function)
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        message = f"an annotation of `{name}` names `{error.name}`, which is not there at run time"
        hint = "import it outside `if TYPE_CHECKING:`, and define classes at the top level of their module"
        findings.append(Finding("D106", message, hint))
        return Reading(signature, {}, Any, None, None, tuple(findings), {})
    except (AttributeError, SyntaxError, TypeError) as error:
        message = f"an annotation of `{name}` cannot be evaluated: {error}"
        findings.append(Finding("D106", message, "write types as Python names them"))
        return Reading(signature, {}, Any, None, None, tuple(findings), {})
    given = list(signature.parameters.values())
    token, answer = _token(given, hints, name, findings)
    seen = given[1:] if token else given
    sources = _sources(seen, hints, findings)
    seen = [each for each in seen if not isinstance(each.default, Source)]
    fields = [field for each in seen if (field := _field(each, hints, name, findings)) is not None]
    result = answer if token else hints.get("return", inspect.Parameter.empty)
    shape = None
    if result is inspect.Parameter.empty:
        hint = "write `-> None` when it returns nothing, otherwise the type of what it returns"
        findings.append(Finding("D105", f"`{name}` does not say what it returns", hint, "return"))
    else:
        try:
            shape = shape_of(result)
        except WireError as error:
            findings.append(_type_finding(error, f"the result of `{name}`", "return"))
    door = None if shape is None or findings else Door.of(name, fields, shape)
    parameters = {each.name: hints.get(each.name, Any) for each in seen}
    return Reading(
        signature.replace(parameters=[each.replace(annotation=parameters[each.name]) for each in seen]),
        parameters,
        Any if result is inspect.Parameter.empty else result,
        token,
        door,
        tuple(findings),
        sources,
    )


def _sources(
    given: list[inspect.Parameter], hints: dict[str, Any], findings: list[Finding]
) -> dict[str, tuple[Source, Shape]]:
    """The parameters whose default says where their value is."""
    found: dict[str, tuple[Source, Shape]] = {}
    for each in given:
        source, part = each.default, f"parameter:{each.name}"
        if not isinstance(source, Source):
            continue
        if source.fault:
            hint = 'write it as AWS has it, as in Secret("stripe") or Parameter("/api/url")'
            findings.append(Finding("D110", f"`{each.name}` is {source!r}: {source.fault}", hint, part))
        if each.kind is each.POSITIONAL_ONLY or each.name not in hints:
            hint = f"write `{each.name}: str = {source!r}`"
            findings.append(Finding("D110", f"`{each.name}` needs a name and a type", hint, part))
            continue
        try:
            found[each.name] = source, shape_of(hints[each.name])
        except WireError as error:
            findings.append(_type_finding(error, f"`{each.name}`", part))
    return found


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """The signature, also where annotations name what is not there (Python 3.14 evaluates them here)."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return inspect.signature(function, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(function)


def _about_function(function: Callable[..., Any], name: str) -> list[Finding]:
    """Kinds of function that cannot be called across the wire."""
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return [Finding("D107", f"`{name}` is an `async def`", "write `def`: calls overlap without it")]
    if inspect.isgeneratorfunction(function):
        hint = "return a list: a result travels as one JSON value"
        return [Finding("D107", f"`{name}` is a generator", hint)]
    if getattr(function, "__name__", "") == "<lambda>":
        return [Finding("D107", "a lambda has no name and no annotations", "write it with `def`")]
    return []


def _token(
    given: list[inspect.Parameter], hints: dict[str, Any], name: str, findings: list[Finding]
) -> tuple[str | None, Any]:
    """The name of the token's parameter, if the first is one, and the type of its answer."""
    tokens = [each for each in given if _is_token(hints.get(each.name))]
    for each in tokens:
        if each is not given[0]:
            hint = f"write it first: `def {name}({each.name}: TaskToken[…], …)`"
            findings.append(
                Finding("D109", "a task token must be the first parameter", hint, f"parameter:{each.name}")
            )
    if not tokens or tokens[0] is not given[0]:
        return None, None
    annotation = hints[given[0].name]
    if annotation is TaskToken:
        hint = "write `TaskToken[R]` with the type R of the answer"
        finding = Finding("D109", "a task token must say what answers it", hint, f"parameter:{given[0].name}")
        findings.append(finding)
        return given[0].name, Any
    return given[0].name, typing.get_args(annotation)[0]


def _is_token(annotation: Any) -> bool:
    return annotation is TaskToken or typing.get_origin(annotation) is TaskToken


def _field(
    parameter: inspect.Parameter, hints: dict[str, Any], name: str, findings: list[Finding]
) -> RecordField | None:
    """A parameter as a field of the door; None when something is wrong with it."""
    part = f"parameter:{parameter.name}"
    kind = parameter.kind
    if kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        star, instead = ("*", "list") if kind is parameter.VAR_POSITIONAL else ("**", "dict")
        message = f"`{star}{parameter.name}`: `{name}` must name each of its parameters"
        hint = f"write the parameters one by one, or one parameter that is a {instead}"
        findings.append(Finding("D102", message, hint, part))
        return None
    if kind is parameter.POSITIONAL_ONLY:
        findings.append(
            Finding(
                "D102",
                f"`{parameter.name}` has no name for callers",
                "leave out the `/`: arguments travel by name",
                part,
            )
        )
    if parameter.name == RESERVED:
        message = f"the name `{RESERVED}` carries what Ladle passes beside the arguments"
        findings.append(Finding("D108", message, "give the parameter another name", part))
    if _is_token(hints.get(parameter.name)):
        return None
    if parameter.name not in hints:
        message = f"`{parameter.name}` has no type: what `{name}` takes is checked"
        findings.append(Finding("D101", message, f"write `{parameter.name}: str`, or what it is", part))
        return None
    if hints[parameter.name] is object:
        # To a type checker, a first parameter that takes any object could as well take a token.
        message = f"`{parameter.name}: object` says nothing about the value"
        findings.append(Finding("D103", message, f"write `{parameter.name}: Any` for any JSON value", part))
        return None
    try:
        shape = shape_of(hints[parameter.name])
    except WireError as error:
        findings.append(_type_finding(error, f"`{parameter.name}`", part))
        return None
    if parameter.default is parameter.empty:
        return RecordField(parameter.name, shape)
    try:
        return RecordField(parameter.name, shape, False, encode(parameter.default, shape, parameter.name))
    except WireError as error:
        message = f"the default of `{parameter.name}` does not have its type: {error.problem}"
        findings.append(Finding("D104", message, "change the default or the annotation", part))
        return None


def _type_finding(error: WireError, what: str, part: str) -> Finding:
    """A refused type: the text behind `write` is the remedy."""
    problem, _, remedy = error.problem.rpartition(": ")
    if not problem:
        problem, remedy = error.problem, "write a type that JSON has"
    where = f" (in {error.path})" if error.path else ""
    return Finding("D103", f"the type of {what} cannot travel: {problem}{where}", remedy, part)
