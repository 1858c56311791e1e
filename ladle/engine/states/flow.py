"""Pass, Succeed and Fail: states that end the moment they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ladle.engine import expressions, fields
from ladle.engine.history import passed
from ladle.engine.limits import too_large
from ladle.engine.scope import JSON, EvaluationFailed
from ladle.engine.states.base import (
    State,
    evaluation_failed,
    over_limit,
    record_entered,
    size_failure,
)

if TYPE_CHECKING:
    from ladle.engine.strand import Step, Strand

__all__ = ["build_fail", "build_pass", "build_succeed"]


def build_pass(state: State) -> None:
    """Pass: hands on its input, or a fixed Result, shaped."""
    definition, language = state.definition, state.language
    take = fields.inlet(definition, language)
    give = fields.outlet(definition, language)
    has_result = "Result" in definition and language != "JSONata"
    result: JSON = definition.get("Result")
    if take is None and give is None and not has_result:
        _bare(state)
        return
    if has_result and too_large(result):
        fixed_too_large = True
    else:
        fixed_too_large = False

    def enter(s: Strand) -> Step | None:
        h = s.history
        if h.count > h.room:
            return over_limit(s)
        value = s.input
        ms = s.entered_ms = h.clock.ms
        s.state = state
        try:
            output = value if take is None else take(s)
            if has_result:
                output = result
            assigned = None
            if give is not None:
                output, assigned = give(s, output)
        except EvaluationFailed as failure:
            record_entered(s, state)
            return evaluation_failed(s, state, failure)
        if output is not value and (fixed_too_large or too_large(output)):
            record_entered(s, state)
            return size_failure(s, state)
        s.emit((passed, s.prev, ms, state, value, output, assigned))
        h.count = s.prev = h.count + 2
        s.input = output
        if assigned:
            s.variables = {**s.variables, **assigned}
        return state.after

    state.enter = state.run = enter


def _bare(state: State) -> None:
    """A Pass (or Succeed) with nothing to do: one record."""

    def enter(s: Strand) -> Step | None:
        h = s.history
        value = s.input
        n = h.count + 2
        if n >= h.limit:
            return over_limit(s)
        s.emit((passed, s.prev, h.clock.ms, state, value, value, None))
        h.count = s.prev = n
        return state.after

    state.enter = state.run = enter


def build_succeed(state: State) -> None:
    """Succeed: ends its strand with its input, shaped. The same work as a Pass that ends."""
    build_pass(state)


def build_fail(state: State) -> None:
    """Fail: ends its strand with an error. It has no Exited event, and nothing in it can be caught there."""
    definition, language = state.definition, state.language
    error = _text(definition, "Error", language)
    cause = _text(definition, "Cause", language)

    def enter(s: Strand) -> Step | None:
        if s.history.count > s.history.room:
            return over_limit(s)
        record_entered(s, state)
        try:
            error_name = error(s) if callable(error) else error
            cause_text = cause(s) if callable(cause) else cause
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        return s.join.failed(s, error_name, cause_text)

    state.enter = state.run = enter


def _text(definition: dict[str, Any], field: str, language: str) -> Any:
    """Error or Cause: a text, or a closure that gives one."""
    if language != "JSONata" and definition.get(field + "Path") is not None:
        return fields.path_reader(definition, field + "Path")
    value = definition.get(field)
    if language == "JSONata" and isinstance(value, str) and expressions.is_expression(value):
        return expressions.jsonata_template(value, field)
    return value
