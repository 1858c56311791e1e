"""Calls of AWS services: `aws.glue.start_job_run(JobName=name, wait=True)`.

Service, action, parameters and their types are checked against botocore's models; the value is what the
model says that the action gives.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.arguments import Parameter, bind
from ladle.compiler.language.constants import known
from ladle.compiler.language.names import MISSING, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import is_poison, show
from ladle.declare.checks import is_bool, is_whole
from ladle.declare.integrations import OPTIONS, Action, AwsService
from ladle.declare.retries import retries
from ladle.services import Integration, Unknown, errors_of, integration_of, nearest_name, service_named
from ladle.wire import Shape, WireError, shape_of, union_of

__all__ = ["call_action", "no_such_error", "retry_faults"]

LONGEST: Final = 99_999_999
"""The most seconds of `TimeoutSeconds` and `HeartbeatSeconds` (Amazon States Language)."""


def call_action(reader: Reader, node: ast.Call, action: Action, failed: Shape | None = None) -> form.Expr:
    """Lifts a call of an action; with `failed`, the shape of a failure, that is a value too (`attempt`)."""
    options = {str(each.arg): each.value for each in node.keywords if each.arg in OPTIONS}
    given = [each for each in node.keywords if each.arg not in OPTIONS]
    fields = _options(reader, node, action, options)
    answer = _answer(reader, options)
    try:
        integration = integration_of(
            action.service,
            action.action,
            wait=bool(fields is not None and fields.get("wait")),
            token="answer" in options,
        )
    except Unknown as error:
        for each in given:
            reader.expression(each.value)
        return reader.refuse("L601", node.func, str(error), error.hint)
    values = _arguments(reader, node, action, integration, given)
    result = integration.result if answer is None else answer
    if failed is not None:
        try:
            result = union_of((result, failed))
        except WireError:
            return reader.refuse(
                "L209",
                node,
                f"what `{action.name}` gives ({show(result)}) could be taken for a `Failed`",
                "call it in a try",
            )
    if values is None or fields is None or is_poison(result):
        return reader.poison(node)
    direct = form.Direct(
        action.name,
        integration.resource,
        result if answer is None else answer,
        timeout=fields.get("timeout"),
        heartbeat=fields.get("heartbeat"),
        retry=fields.get("retry", ()),
        guarded=answer is not None,
    )
    label = action.action
    variable = reader.define(label, result, node, made=True, tag="call")
    reader.emit(
        form.Call(
            reader.span(node), label, variable, direct, tuple(values.items()), attempt=failed is not None
        )
    )
    return reader.value_of(variable, reader.span(node))


def _options(
    reader: Reader, node: ast.Call, action: Action, options: dict[str, ast.expr]
) -> dict[str, Any] | None:
    """The options of a call that stand in its state; None where a problem was reported."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name == "answer":
            continue
        constant = known(reader, value)
        problem = ""
        if name == "wait" and not is_bool(constant):
            problem = "write True or False"
        elif name in ("timeout", "heartbeat") and not is_whole(constant, 1, LONGEST):
            problem = f"write whole seconds from 1 to {LONGEST:,}"
        elif name == "retry":
            constant = retries(constant)
            faults = [fault for each in constant for fault in retry_faults(each)]
            problem = faults[0] if faults else ""
        if problem:
            reader.problem("L604", value, f"`{name}` of `{action.name}` is not right", problem)
            return None
        found[name] = constant
    if "heartbeat" in found and "answer" not in options:
        hint = "leave it out, or wait for an answer: answer=…"
        reader.problem("L604", options["heartbeat"], f"`{action.name}` sends no heartbeats", hint)
        return None
    del node
    return found


def retry_faults(policy: Any) -> tuple[str, ...]:
    """What is wrong with a policy of a call."""
    return policy.faults if isinstance(policy, declare.Retry) else ("write Retry(…), or a list of them",)


def _answer(reader: Reader, options: dict[str, ast.expr]) -> Shape | None:
    """The type of the answer that a call waits for; None where it waits for none."""
    node = options.get("answer")
    if node is None:
        return None
    text = ast.unparse(node)
    try:
        return shape_of(eval(text, dict(reader.frame.source.names)))
    except WireError as error:
        reader.problem("L402", node, f"`{text}`: {error.problem}", "write the type of the answer")
    except Exception as error:  # noqa: BLE001 - whatever the expression raises is what is wrong with it
        reader.problem("L402", node, f"`{text}` is no type: {error}", "write the type of the answer")
    return reader.poison(node).shape


def _arguments(
    reader: Reader, node: ast.Call, action: Action, integration: Integration, given: list[ast.keyword]
) -> dict[str, form.Expr] | None:
    """The arguments by name, each under the type of its parameter; None where a problem was reported."""
    good = True
    parameters = {each.name: each for each in integration.parameters.fields}
    if node.args:
        first = integration.parameters.fields[0].name if parameters else ""
        hint = f"write: {first}={reader.text(node.args[0])}" if first else "it takes none"
        reader.problem("L602", node.args[0], f"the arguments of `{action.name}` have names", hint)
        good = False
    for each in given:
        if each.arg is not None and each.arg not in parameters:
            near = nearest_name(each.arg, parameters)
            listed = ", ".join(list(parameters)[:8]) or "no arguments"
            hint = f"did you mean `{near}`?" if near else f"it takes {listed}"
            reader.problem("L602", each, f"`{action.name}` has no parameter `{each.arg}`", hint)
            good = False
        elif each.arg in integration.words:
            good = _word(reader, each, action, integration.words[each.arg]) and good
    if not good:
        for each in given:
            reader.expression(each.value)
        return None
    named = {each.arg for each in given}
    wanted = [
        Parameter(each.name, each.shape, positional=False)
        for each in integration.parameters.fields
        if each.required or each.name in named
    ]
    inner = reader.derived(node, lambda: ast.Call(node.func, [], given))
    outer, reader.token_allowed = reader.token_allowed, integration.pattern == ".waitForTaskToken"
    try:
        return bind(reader, inner, action.name, wanted, shared=False)
    finally:
        reader.token_allowed = outer


def _word(reader: Reader, given: ast.keyword, action: Action, words: tuple[str, ...]) -> bool:
    """Whether a constant argument is one of the words that the parameter takes."""
    value = known(reader, given.value)
    if not isinstance(value, str) or value in words:
        return True
    near = nearest(value, words)
    hint = f'did you mean "{near}"?' if near else f"write one of {', '.join(words[:10])}"
    message = f"`{given.arg}` of `{action.name}` does not take {value!r}"
    reader.problem("L603", given.value, message, hint)
    return False


def no_such_error(reader: Reader, node: ast.expr) -> bool:
    """Reports `aws.glue.Nope`, an error that the service does not have; false for any other expression."""
    if not isinstance(node, ast.Attribute):
        return False
    base = static(reader, node.value)
    if not isinstance(base, AwsService) or static(reader, node) is not MISSING:
        return False
    name = reader.text(node.value)
    service = service_named(name.partition(".")[2])
    if service is None:
        reader.problem("L605", node, f"AWS has no service `{name}`", "write it as boto3's client has it")
        return True
    near = nearest_name(node.attr, errors_of(service))
    hint = f"did you mean `{name}.{near}`?" if near else f"all of them: {name}.{service.prefixes[0]}Exception"
    reader.problem("L605", node, f"`{name}` has no error `{node.attr}`", hint)
    return True
