"""Wait: for some seconds, or until an instant. On the virtual clock either takes no time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ladle.engine import expressions, fields
from ladle.engine.clock import to_milliseconds
from ladle.engine.history import json_text
from ladle.engine.limits import MAX_WAIT_SECONDS, too_large
from ladle.engine.scope import JSON, EvaluationFailed
from ladle.engine.states.base import State, evaluation_failed, leave, over_limit, record_entered, size_failure

if TYPE_CHECKING:
    from ladle.engine.strand import Step, Strand

__all__ = ["build_wait", "parse_instant"]


def build_wait(state: State) -> None:
    """Wait, in its six forms."""
    definition, language = state.definition, state.language
    until = _until(definition, language)
    take = None if language == "JSONata" else fields.input_selector(definition)
    give = fields.outlet(definition, language)

    def enter(s: Strand) -> Step | None:
        if s.history.count > s.history.room:
            return over_limit(s)
        record_entered(s, state)
        try:
            at = until(s)
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        if at <= s.history.clock.ms:
            return over(s)
        s.execution.engine.wake_at(s, at, over)
        return None

    def over(s: Strand) -> Step | None:
        try:
            effective = s.input if take is None else take(s)
            output, assigned = (effective, None) if give is None else give(s, effective)
        except EvaluationFailed as failure:
            return evaluation_failed(s, state, failure)
        if output is not s.input and too_large(output):
            return size_failure(s, state)
        return leave(s, state, output, assigned)

    state.enter = state.run = enter


def _until(definition: dict[str, Any], language: str) -> Callable[[Strand], int]:
    """The instant, in milliseconds, at which the wait is over."""
    seconds = fields.number(definition, "Seconds", language, whole=False)
    if seconds is not None:
        source = definition.get("SecondsPath", "Seconds")
        negative = f"The SecondsPath parameter references a negative value: {source} == {{}}"

        def after(s: Strand) -> int:
            value = seconds(s)
            if value < 0:
                raise EvaluationFailed("States.Runtime", negative.format(value))
            if value > MAX_WAIT_SECONDS:
                too_long = f"{source} is over {MAX_WAIT_SECONDS} seconds: {value}"
                raise EvaluationFailed("States.Runtime", too_long)
            return s.history.clock.ms + to_milliseconds(value)

        return after
    if language != "JSONata" and "TimestampPath" in definition:
        text = definition["TimestampPath"]
        evaluate = fields.path_reader(definition, "TimestampPath")

        def read(s: Strand) -> int:
            value = evaluate(s)
            at = parse_instant(value)
            if at is None:
                shown = value if isinstance(value, str) else json_text(value)
                raise EvaluationFailed(
                    "States.Runtime",
                    "The TimestampPath parameter does not reference a valid ISO-8601 extended offset"
                    f" date-time format string: {text} == {shown}",
                )
            return at

        return read
    value = definition["Timestamp"]
    if expressions.is_expression(value):
        compute = expressions.jsonata_template(value, "Timestamp", "string")

        def computed(s: Strand) -> int:
            instant = compute(s)
            at = parse_instant(instant)
            if at is None:
                raise EvaluationFailed(
                    "States.QueryEvaluationError",
                    f"The JSONata expression '{value[2:-2].strip()}' specified for the field 'Timestamp'"
                    f" returned an invalid timestamp: {instant}",
                    location="Timestamp",
                )
            return at

        return computed
    fixed = parse_instant(value) or 0
    return lambda _s: fixed


def parse_instant(value: JSON) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 timestamp with T and an offset, or None."""
    if not isinstance(value, str) or "T" not in value:
        return None
    text = value.strip()
    if text.endswith("Z"):
        text = text[:-1] + "+00:00"
    # Fractions of more than six digits (AWS takes nanoseconds) are cut.
    head, dot, tail = text.partition(".")
    if dot:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[:digits][:6]:0<6}{tail[digits:]}" if digits else text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return round(moment.timestamp() * 1000)
