"""Calls of web APIs: `http.get("https://…", connection="partner", result=Quote)`."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Any, Final

from ladle.asl.placeholders import of_stage
from ladle.compiler.language import form
from ladle.compiler.language.arguments import Parameter, bind
from ladle.compiler.language.constants import known
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.services import retry_faults
from ladle.compiler.language.shapes import STR, is_poison
from ladle.declare.checks import is_whole
from ladle.declare.retries import retries
from ladle.declare.web import CONNECTION, METHODS, Http
from ladle.wire import AnyShape, DictShape, RecordShape, Shape, WireError, shape_of

__all__ = ["call_http", "http_method"]

_LISTED: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
"""A name that the stage's file lists under `[connections]`: a bare key of TOML."""
_FIELDS: Final = {"query": "QueryParameters", "headers": "Headers", "body": "RequestBody"}
_OWN: Final = ("result", "timeout", "retry")
MOST_SECONDS: Final = 60
"""The longest that an HTTP Task takes (Step Functions quotas)."""


def http_method(target: Any) -> str:
    """Which method of `http` an object is; empty for none."""
    name = getattr(target, "__name__", "")
    return name if isinstance(getattr(target, "__self__", None), Http) and name in METHODS else ""


def call_http(reader: Reader, node: ast.Call, method: str) -> form.Expr:
    """Lifts the call; the value is the response's body."""
    name = f"http.{method}"
    own = {str(each.arg): each.value for each in node.keywords if each.arg in _OWN}
    given = [each for each in node.keywords if each.arg not in _OWN]
    timeout, policies, good = _options(reader, name, own)
    result = _result(reader, own.get("result"))
    named = {each.arg for each in given}
    for each in given:
        if each.arg not in ("url", "connection", *_FIELDS):
            near = nearest(each.arg or "", ("url", "connection", *_FIELDS, *_OWN))
            hint = (
                f"did you mean `{near}`?"
                if near
                else f"it takes {', '.join(('url', 'connection', *_FIELDS))}"
            )
            reader.problem("L204", each, f"`{name}` has no parameter `{each.arg}`", hint)
            good = False
    text = DictShape(STR)
    shapes: dict[str, Shape] = {"query": text, "headers": text, "body": AnyShape()}
    wanted = [Parameter("url", STR), Parameter("connection", STR, positional=False)]
    wanted += [Parameter(each, shapes[each], positional=False) for each in _FIELDS if each in named]
    inner = reader.derived(
        node,
        lambda: ast.Call(
            node.func,
            node.args,
            [each for each in given if each.arg in ("url", "connection", *_FIELDS)],
        ),
    )
    values = bind(reader, inner, name, wanted, shared=False)
    if values is None or not good or is_poison(result):
        return reader.poison(node)
    for part, pattern, hint in (
        ("url", re.compile(r"https://\S+"), "write: https://…"),
        (
            "connection",
            re.compile(f"{CONNECTION.pattern}|{_LISTED.pattern}", re.ASCII),
            "write a name that the stages list under [connections], or an ARN:"
            " arn:aws:events:…:connection/NAME/ID",
        ),
    ):
        value = values[part]
        if isinstance(value, form.Const) and not pattern.fullmatch(str(value.value)):
            return reader.refuse("L607", node, f"`{part}` of `{name}` is {value.value!r}", hint)
    span = reader.span(node)
    connection = values["connection"]
    if isinstance(connection, form.Const) and _LISTED.fullmatch(connection.value):
        values["connection"] = replace(connection, value=of_stage("connections", connection.value))
    authentication = form.MakeObject(
        RecordShape("Authentication", (), "typeddict", dict), span, (("ConnectionArn", values["connection"]),)
    )
    arguments: list[tuple[str, form.Expr]] = [
        ("ApiEndpoint", values["url"]),
        ("Method", form.Const(STR, span, method.upper())),
        ("Authentication", authentication),
        *((_FIELDS[each], values[each]) for each in _FIELDS if each in values),
    ]
    direct = form.Direct(
        name,
        "arn:aws:states:::http:invoke",
        result,
        "$states.result.ResponseBody",
        timeout=timeout,
        retry=policies,
        guarded=True,
    )
    label = f"{method} {_shown(values['url'])}"
    variable = reader.define(method, result, node, made=True, tag="call")
    reader.emit(form.Call(span, label, variable, direct, tuple(arguments)))
    return reader.value_of(variable, span)


def _shown(url: form.Expr) -> str:
    """A short name of what is called: the host, where it is known."""
    found = re.match(r"https://([A-Za-z0-9.-]+)", str(url.value)) if isinstance(url, form.Const) else None
    return found[1][:40] if found else "http"


def _options(reader: Reader, name: str, own: dict[str, ast.expr]) -> tuple[int | None, tuple[Any, ...], bool]:
    timeout: int | None = None
    policies: tuple[Any, ...] = ()
    if "timeout" in own:
        value = known(reader, own["timeout"])
        if not is_whole(value, 1, MOST_SECONDS):
            hint = f"write whole seconds from 1 to {MOST_SECONDS}, the longest that such a call takes"
            reader.problem("L604", own["timeout"], f"`timeout` of `{name}` is not right", hint)
            return None, (), False
        timeout = value
    if "retry" in own:
        policies = retries(known(reader, own["retry"]))
        faults = [fault for each in policies for fault in retry_faults(each)]
        if faults:
            reader.problem("L604", own["retry"], f"`retry` of `{name}` is not right", faults[0])
            return None, (), False
    return timeout, policies, True


def _result(reader: Reader, node: ast.expr | None) -> Shape:
    if node is None:
        return AnyShape()
    text = ast.unparse(node)
    try:
        return shape_of(eval(text, dict(reader.frame.source.names)))
    except Exception as error:  # noqa: BLE001 - whatever the expression raises is what is wrong with it
        problem = error.problem if isinstance(error, WireError) else str(error)
        reader.problem("L402", node, f"`{text}`: {problem}", "write the type of the response's body")
        return reader.poison(node).shape
