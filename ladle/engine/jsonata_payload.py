"""JSON templates with `{% … %}` expressions, compiled to closures.

`Arguments`, `Output`, `Assign`, `Items` and the single-valued fields of JSONata states
(https://states-language.net/#jsonata-fields). The texts of causes are AWS's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from ladle.engine.scope import JSON, MISSING, Evaluate, EvaluationFailed, Scope, context_getter
from ladle.errors import LadleError
from ladle.jsonata import JsonataError, UnsupportedResult
from ladle.jsonata.expression import Expression
from ladle.jsonata.syntax import NotPlain

__all__ = ["TemplateError", "compile_template", "expression_text", "is_expression"]

_ERROR: Final = "States.QueryEvaluationError"
_STATES: Final = {
    "input": attrgetter("input"),
    "context": attrgetter("context"),
    "result": attrgetter("result"),
    "errorOutput": attrgetter("error_output"),
}


class TemplateError(LadleError):
    """An expression that Step Functions would refuse when the machine is created.

    `field` is its place inside the state (`Output/total`), `reason` the expression's own problem.
    """

    def __init__(self, field: str, text: str, reason: JsonataError) -> None:
        super().__init__(f"{field}: the JSONata expression '{text}' cannot be used: {reason}")
        self.field = field
        self.text = text
        self.reason = reason


def is_expression(value: JSON) -> bool:
    """Tell whether `value` is a string that holds a JSONata expression, `{% … %}`."""
    return type(value) is str and value.startswith("{%") and value.endswith("%}") and len(value) > 3


def expression_text(value: str) -> str:
    """Return the expression inside `{% … %}`, without the blanks around it."""
    return value[2:-2].strip()


def compile_template(template: JSON, *, field: str, expected: str | None = None) -> Evaluate:
    """Compile a JSON value that may contain expressions.

    `field` is the template's place in the state as AWS names it in causes: `Output`, `Arguments`,
    `Choices[0]/Condition`, `Catch[1]/Assign`. `expected`, when given, is the JSON type that the whole
    value must have (`array`, `boolean`, `number`, `string`, `object`; several as `array|object`); a
    value of another type fails as on AWS. Raises TemplateError.

    The closure gives a value, never MISSING; it fails with States.QueryEvaluationError.
    """
    run = _compile(template, field)
    if run is None:
        return _constant(template)
    if expected is None or not is_expression(template):
        return run
    return _checked(run, expression_text(template), field, expected)


def _constant(value: JSON) -> Evaluate:
    return lambda _scope: value


def _compile(template: JSON, field: str) -> Evaluate | None:
    """Return the closure, or None where the template is constant."""
    if isinstance(template, str):
        return _compile_expression(expression_text(template), field) if is_expression(template) else None
    if isinstance(template, dict):
        parts = {key: _compile(value, f"{field}/{key}") for key, value in template.items()}
        return None if _all_constant(parts.values()) else _compile_object(template, parts)
    if isinstance(template, list):
        items = [_compile(value, f"{field}[{index}]") for index, value in enumerate(template)]
        return None if _all_constant(items) else _compile_list(template, items)
    return None


def _all_constant(parts: Any) -> bool:
    return all(part is None for part in parts)


def _compile_object(template: dict[str, JSON], parts: dict[str, Evaluate | None]) -> Evaluate:
    running = [(key, run) for key, run in parts.items() if run is not None]
    if len(running) == len(template):
        if len(running) == 1:
            only_key, only_run = running[0]
            return lambda scope: {only_key: only_run(scope)}
        return lambda scope: {key: run(scope) for key, run in running}

    def build(scope: Scope) -> JSON:
        result = dict(template)
        for key, run in running:
            result[key] = run(scope)
        return result

    return build


def _compile_list(template: list[JSON], items: list[Evaluate | None]) -> Evaluate:
    running = [(index, run) for index, run in enumerate(items) if run is not None]

    def build(scope: Scope) -> JSON:
        result = list(template)
        for index, run in running:
            result[index] = run(scope)
        return result

    return build


def _fetch(name: str, path: tuple[str, ...]) -> tuple[Callable[[Any], JSON], int]:
    """Read `$states` and the variables out of a Scope (see ladle.jsonata.plain.Fetch)."""
    if name == "states":
        if len(path) > 1 and path[0] == "input":
            return _input_field(path[1]), 2
        if path[:1] == ("context",):
            get, taken = context_getter(path[1:])
            return get, taken + 1
        if path:
            return _STATES.get(path[0], _nothing), 1
        return _whole_states, 0

    def variable(scope: Scope) -> JSON:
        return scope.variables.get(name, MISSING)

    return variable, 0


def _input_field(field: str) -> Callable[[Scope], JSON]:
    def get(scope: Scope) -> JSON:
        value = scope.input
        if type(value) is dict:
            return value.get(field, MISSING)
        if type(value) is list:
            raise NotPlain
        return MISSING

    return get


def _nothing(_scope: Scope) -> JSON:
    return MISSING


def _whole_states(scope: Scope) -> JSON:
    values = {key: get(scope) for key, get in _STATES.items()}
    return {key: value for key, value in values.items() if value is not MISSING}


def _clock(scope: Scope) -> float:
    return scope.clock()


def _seed(scope: Scope) -> int:
    return scope.seed_source()


def _compile_expression(text: str, field: str) -> Evaluate:
    try:
        expression = Expression(text, _fetch, clock=_clock, seed=_seed)
    except JsonataError as error:
        raise TemplateError(field, text, error) from error
    opening = f"The JSONata expression '{text}' specified for the field '{field}'"
    evaluate, plain = expression.evaluate, expression.plain_run

    def run(scope: Scope) -> JSON:
        try:
            value = evaluate(scope)
        except UnsupportedResult:
            raise EvaluationFailed(_ERROR, f"{opening} returned an unsupported result type.") from None
        except JsonataError as error:
            tail = f". {error.code}: {error.message}" if error.code else f": {error.message}"
            raise EvaluationFailed(_ERROR, f"{opening} threw an error during evaluation{tail}") from None
        if value is MISSING:
            raise EvaluationFailed(_ERROR, f"{opening} returned nothing (undefined).")
        return value

    if plain is None:
        return run

    def run_plain(scope: Scope) -> JSON:
        try:
            value = plain(scope)
        except NotPlain:
            return run(scope)
        if value is MISSING or type(value) is float:  # a failure to tell, or perhaps no finite number
            return run(scope)
        return value

    return run_plain


_TYPE_NAMES: Final = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


def _checked(run: Evaluate, text: str, field: str, expected: str) -> Evaluate:
    allowed = expected.split("|")

    def check(scope: Scope) -> JSON:
        value = run(scope)
        actual = _TYPE_NAMES[type(value)]
        if actual not in allowed:
            shown = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            raise EvaluationFailed(
                _ERROR,
                f"The JSONata expression '{text}' specified for the field '{field}' returned an unexpected"
                f" result type. Expected '{allowed[0]}', but was '{actual}' for value: {shown}",
                location=field,
            )
        return value

    return check
