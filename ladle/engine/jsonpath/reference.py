"""ResultPath: putting a state's result into its input at a reference path.

A reference path (https://states-language.net/#ref-paths) names one place: names and single indexes only.
Missing objects on the way are made; the input itself is never changed.
"""

from __future__ import annotations

from collections.abc import Callable

from ladle.engine.jsonpath.path import parse_path
from ladle.engine.jsonpath.template import PathTemplateError
from ladle.engine.jsonpath.text import InvalidPath, compact
from ladle.engine.scope import JSON, EvaluationFailed

__all__ = ["compile_result_path"]


class _Conflict(Exception):
    """The place does not exist and cannot be made."""


def compile_result_path(text: str, *, field: str = "ResultPath") -> Callable[[JSON, JSON], JSON]:
    """Return `put(input, result)`, which gives the input with the result at `text`.

    Raises PathTemplateError unless `text` is a reference path. `put` fails with
    States.ReferencePathConflict where the input has something else on the way.
    """
    try:
        path = parse_path(text)
    except InvalidPath as error:
        raise PathTemplateError(field, text, error.reason) from error
    steps = path.reference
    if steps is None or path.root != "$":
        raise PathTemplateError(field, text, "it must be a reference path: names and single indexes under $")
    if not steps:
        return lambda _raw, result: result

    def put(raw: JSON, result: JSON) -> JSON:
        try:
            return _put(raw, steps, result)
        except _Conflict:
            raise EvaluationFailed(
                "States.ReferencePathConflict",
                f"Unable to apply ReferencePath {text} to input {compact(raw)}",
                bare=True,
            ) from None

    if len(steps) == 1 and isinstance(steps[0], str):
        only = steps[0]

        def put_one(raw: JSON, result: JSON) -> JSON:
            return {**raw, only: result} if type(raw) is dict else put(raw, result)

        return put_one
    return put


def _put(value: JSON, steps: tuple[str | int, ...], result: JSON) -> JSON:
    if not steps:
        return result
    step, rest = steps[0], steps[1:]
    if isinstance(step, str):
        if type(value) is not dict:
            raise _Conflict
        inner = value.get(step)
        return {**value, step: _put({} if inner is None and rest else inner, rest, result)}
    if type(value) is not list or not -len(value) <= step < len(value):
        raise _Conflict
    copy = list(value)
    copy[step] = _put(value[step], rest, result)
    return copy
