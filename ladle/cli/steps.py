"""One step of a run, printed: each time it was entered, what it got, called, gave and wrote."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from ladle.asl.model import walk
from ladle.cli.paint import duration, paint, wants_colour
from ladle.cli.report import short
from ladle.errors import LadleError
from ladle.operate.causes import failure_of
from ladle.operate.recording import without_envelope
from ladle.operate.visits import Visit, visits

if TYPE_CHECKING:
    from ladle.operate.ends import Runs
    from ladle.operate.records import RunRecord

__all__ = ["show_step"]

SHOWN = 5
"""So many entries are shown; those that failed come first."""
LINES = 12
"""Of a value."""


def show_step(store: Runs, record: RunRecord, step: str, item: int | None, *, as_json: bool) -> None:
    """Print a step. Raises LadleError for one that the machine has not, or that the run did not come to."""
    definition = store.definition(record.id)
    names = [visit.name for visit in walk(definition)]
    if step not in names:
        near = get_close_matches(step, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names)}"
        raise LadleError(f"{record.workflow} had no step {step!r} in run {record.id}: {hint}")
    found = visits(definition, store.events(record.id), step, store.calls(record.id))
    if not found:
        raise LadleError(f"{record.id} did not come to {step}")
    if item is not None:
        found = [visit for visit in found if visit.item == item]
        if not found:
            raise LadleError(f"{step} has no item {item} in {record.id}")
    if as_json:
        click.echo(json.dumps([visit.as_json() for visit in found], indent=2, ensure_ascii=False))
        return
    colour = wants_colour()
    shown = sorted(found, key=lambda visit: not visit.failed)[:SHOWN]
    for visit in sorted(shown, key=found.index):
        for line in _lines(visit, colour):
            click.echo(line, color=colour)
    if len(found) > len(shown):
        click.echo(f"{len(shown)} of {len(found):,} entries.  One item: --item N; all of them: --json")


def _lines(visit: Visit, colour: bool) -> list[str]:
    word, style = _standing(visit)
    lines = [f"{paint(visit.where, 'bold', colour)}  {paint(word, style, colour)}"]
    lines += _value("input", visit.input, colour)
    for call in visit.tries:
        took = "" if call.ended is None else f" in {duration((call.ended - call.scheduled) / 1000)}"
        lines += _value(f"try {call.number + 1}", f"{call.callee} {call.outcome or 'cut off'}{took}", colour)
        lines += _value("", _given(call.arguments), colour)
        if call.outcome in ("failed", "timed out"):
            failure = failure_of(call.error, call.cause)
            lines += _value("", f"{failure.error}: {failure.message}", colour)
    if visit.left:
        lines += _value("output", _gave(visit.output), colour)
        for name, value in visit.assigned.items():
            lines += _value(name, value, colour)
    for log in visit.logs:
        if log.log or log.error is not None:
            lines += _value(
                "wrote" if not log.attempt else f"wrote {log.attempt + 1}", log.log.rstrip(), colour
            )
            lines += _value("", (log.traceback or "").rstrip(), colour) if log.error is not None else []
    return [*lines, ""]


def _given(arguments: Any) -> Any:
    """What a call was given: of a task its arguments, without what the integration wants around them."""
    payload = arguments.get("Payload") if isinstance(arguments, dict) else None
    if isinstance(payload, dict) and "args" in payload:
        return payload["args"]
    return without_envelope(arguments)


def _gave(output: Any) -> Any:
    """What a step gave: of a call of a function its result, without the facts about the call."""
    if isinstance(output, dict) and {"Payload", "SdkHttpMetadata"} <= output.keys():
        return output["Payload"]
    return output


def _standing(visit: Visit) -> tuple[str, str]:
    if visit.left:
        return ("failed, handled", "warn") if visit.failed else ("succeeded", "good")
    return ("failed", "bad") if visit.failed else ("not left", "busy")


def _value(word: str, value: Any, colour: bool) -> list[str]:
    text = value if isinstance(value, str) and word != "input" else short(value, LINES)
    if not text:
        return []
    head = paint(word, "dim", colour) + " " * max(1, 9 - len(word))
    first, *rest = text.splitlines()
    return [f"  {head}{first}", *(f"  {' ' * 9}{line}" for line in rest)]
