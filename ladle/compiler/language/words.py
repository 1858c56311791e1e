"""Ladle's own words inside expressions and statements: `now`, `sleep`, `sleep_until`, `retry`, `run`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle import declare
from ladle.compiler.language import form
from ladle.compiler.language.arguments import take
from ladle.compiler.language.constants import known
from ladle.compiler.language.names import MISSING, marker, static
from ladle.compiler.language.problems import nearest
from ladle.compiler.language.reading import Reader
from ladle.compiler.language.shapes import DATETIME, FLOAT, is_poison
from ladle.wire import Shape

__all__ = ["EXPRESSION_WORDS", "STATEMENT_WORDS", "is_retry", "retry_policy"]


def read_now(reader: Reader, node: ast.Call, expected: Shape | None) -> form.Expr:
    """`now()`: the time at which its own place is reached, so it is put into a variable there."""
    del expected
    if node.args or node.keywords:
        return reader.refuse("L202", node, "`now` takes no arguments", "write: now()")
    span = reader.span(node)
    variable = reader.define("now", DATETIME, node, made=True, tag="now")
    reader.emit(form.Assign(span, "now", variable, form.Context(DATETIME, span, "State.EnteredTime")))
    return reader.value_of(variable, span)


def do_sleep(reader: Reader, node: ast.Call) -> None:
    argument = _only_argument(reader, node, "seconds", "sleep(60)")
    if argument is None:
        return
    seconds = take(reader, argument, reader.expression(argument), FLOAT, "L401", "`seconds` of `sleep`")
    if is_poison(seconds.shape):
        return
    if isinstance(seconds, form.Const) and not 0 <= seconds.value <= 99_999_999:
        reader.problem("L401", argument, "a wait lasts from 0 to 99,999,999 seconds", "use sleep_until(…)")
        return
    reader.emit(form.Sleep(reader.span(node), reader.text(node), seconds))


def do_sleep_until(reader: Reader, node: ast.Call) -> None:
    argument = _only_argument(reader, node, "instant", "sleep_until(day.opens)")
    if argument is None:
        return
    instant = take(
        reader, argument, reader.expression(argument), DATETIME, "L401", "`instant` of `sleep_until`"
    )
    if not is_poison(instant.shape):
        reader.emit(form.SleepUntil(reader.span(node), reader.text(node), instant))


def _only_argument(reader: Reader, node: ast.Call, name: str, example: str) -> ast.expr | None:
    if len(node.args) == 1 and not node.keywords:
        return node.args[0]
    if not node.args and len(node.keywords) == 1 and node.keywords[0].arg == name:
        return node.keywords[0].value
    given = len(node.args) + len(node.keywords)
    called = reader.text(node.func)
    reader.problem(
        "L203" if not given else "L202",
        node,
        f"`{called}` takes 1 argument, {given} given",
        f"write: {example}",
    )
    return None


EXPRESSION_WORDS: Final[Mapping[str, Callable[[Reader, ast.Call, Shape | None], form.Expr]]] = {
    "now": read_now
}
STATEMENT_WORDS: Final[Mapping[str, Callable[[Reader, ast.Call], None]]] = {
    "sleep": do_sleep,
    "sleep_until": do_sleep_until,
}


# ---------------------------------------------------------------------------------------------- retry


def is_retry(reader: Reader, node: ast.expr) -> bool:
    """Whether `node` is `retry(…)(…)`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Call)
        and marker(static(reader, node.func.func)) == "retry"
    )


def retry_policy(reader: Reader, node: ast.Call) -> Any | None:
    """The `Retry` of `retry(…)(helper)`; None when a problem was reported."""
    inner = node.func
    assert isinstance(inner, ast.Call)
    if len(node.args) != 1 or node.keywords:
        reader.problem("L209", node, "`retry(…)` takes one helper", "write: retry(attempts=3)(helper)(args)")
        return None
    names = ("on", "attempts", "interval", "backoff", "max_delay", "jitter")
    options: dict[str, Any] = {}
    pairs = [(name, value) for name, value in zip(names, inner.args, strict=False)]
    for keyword in inner.keywords:
        if keyword.arg not in names:
            near = nearest(keyword.arg or "", names)
            hint = f"did you mean `{near}`?" if near else f"it takes {', '.join(names)}"
            reader.problem("L204", keyword, f"`retry` has no parameter `{keyword.arg}`", hint)
            return None
        pairs.append((keyword.arg, keyword.value))
    for name, value in pairs:
        found = known(reader, value)
        if found is MISSING:
            reader.problem(
                "L209", value, f"`{name}` of `retry` must be known when compiling", "write a constant"
            )
            return None
        options[name] = found
    policy = declare.Retry(**options)
    if policy.faults:
        reader.problem("L209", inner, f"retry: {policy.faults[0]}", "change the option")
        return None
    return policy
