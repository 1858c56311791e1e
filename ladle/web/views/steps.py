"""A step: what went in, what came out, each try with its error and traceback, what it wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ladle.asl.model import walk
from ladle.operate.causes import failure_of
from ladle.operate.progress import details_of
from ladle.operate.records import TaskLog
from ladle.web.ends import End
from ladle.web.frames import frames_of
from ladle.web.http import Refusal, Request, Response
from ladle.web.loaded import Loaded, load
from ladle.web.places import Place, place_of
from ladle.web.texts import log_page, shown, shown_text, traceback_frames
from ladle.web.timeline import word_of
from ladle.web.visits import Attempt, Visit

__all__ = ["item_view", "log_view", "step_view", "value_view"]


def step_view(end: End, request: Request, run: str) -> dict[str, Any]:
    """The view of one step of a run."""
    loaded = load(end, run)
    return _view(end, request, place_of(end, loaded, request.required("step")))


def item_view(end: End, request: Request, run: str) -> dict[str, Any]:
    """The view of one item of a Map: that of its step that matters, with the item's own times."""
    loaded = load(end, run)
    step, index = request.required("step"), request.number("index", -1, 1 << 30)
    place = place_of(end, loaded, f"{step}[{index}]")
    item = place.item
    if item is None:
        raise Refusal(404, f"{step} has no item {index}")
    start = loaded.history.started or 0
    return {
        "index": index,
        "run": item.run,
        **_view(end, request, place),
        "status": item.status,
        "start": None if item.started is None else (item.started - start) / 1000,
        "end": None if item.ended is None else (item.ended - start) / 1000,
        "duration": item.seconds,
    }


def log_view(end: End, request: Request, run: str) -> dict[str, Any]:
    """A page of what a step wrote."""
    place = place_of(end, load(end, run), request.required("step"))
    visit = _entry(request, place)
    return log_page(_calls(end, place, visit, _number(request, visit)), request.number("after", 0, 1 << 40))


def value_view(end: End, request: Request, run: str) -> Response:
    """The whole input or output of a step, or of the run, as JSON text."""
    which = request.query.get("which", "output")
    if which not in ("input", "output"):
        raise Refusal(400, "`which` is input or output")
    loaded = load(end, run)
    if not request.query.get("step"):
        record = loaded.record
        value = record.input if which == "input" else record.output
        text = json.dumps(value, ensure_ascii=False)
    else:
        place = place_of(end, loaded, request.required("step"))
        visit = _entry(request, place)
        given, result = _texts(place, visit, _number(request, visit))
        text = (given if which == "input" else result) or "null"
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{which}.json"',
    }
    return Response(200, headers, text.encode())


# -------------------------------------------------------------------------------------------------- the view


def _view(end: End, request: Request, place: Place) -> dict[str, Any]:
    loaded, visit = place.loaded, _entry(request, place)
    state = _state(loaded, place.name)
    number = _number(request, visit)
    function = _function(state)
    task = end.task_of(function) if function else None
    calls = _calls(end, place, visit, number)
    given, result = _texts(place, visit, number)
    attempt = visit.attempts[number - 1] if visit is not None and visit.attempts else None
    return {
        "step": request.query.get("step", place.name),
        "state": place.name,
        "status": visit.state() if visit is not None else word_of(()),
        "kind": state.get("Type"),
        "function": function,
        "source": {"file": task.file, "line": task.line} if task is not None else None,
        "memory": task.memory if task is not None else None,
        "timeout": state.get("TimeoutSeconds") if isinstance(state.get("TimeoutSeconds"), int) else None,
        "comment": state.get("Comment", ""),
        "entries": len(place.visits),
        "entry": place.visits.index(visit) + 1 if visit is not None else None,
        "attempts": _attempts(loaded, visit, number, calls),
        "attempt": number if attempt is not None else None,
        "nested": _nested(loaded, attempt),
        "input": shown_text(given) if given is not None else None,
        "output": shown_text(result) if result is not None else None,
        "log": log_page(calls, 0),
    }


def _entry(request: Request, place: Place) -> Visit | None:
    """The visit that is shown: the one asked for, else the one that failed, else the last."""
    if not place.visits:
        return None
    wanted = request.number("entry", 0, 1 << 30)
    if wanted:
        if wanted > len(place.visits):
            raise Refusal(404, f"the step was entered {len(place.visits)} times")
        return place.visits[wanted - 1]
    bad = [each for each in place.visits if each.status in ("failed", "timed_out")]
    return next(iter([*bad[-1:], place.visits[-1]]))


def _number(request: Request, visit: Visit | None) -> int:
    """The try that is shown, counted from 1."""
    most = len(visit.attempts) if visit is not None else 0
    wanted = request.number("attempt", most, 1 << 30)
    if wanted > most or (wanted == 0 and most):
        raise Refusal(404, f"the step was tried {most} times")
    return wanted


def _attempts(
    loaded: Loaded, visit: Visit | None, shown_number: int, calls: list[TaskLog]
) -> list[dict[str, Any]]:
    if visit is None:
        return []
    start = loaded.history.started or 0
    found: list[dict[str, Any]] = []
    for number, each in enumerate(visit.attempts, 1):
        failure = failure_of(each.error, each.cause)
        following = visit.attempts[number] if number < len(visit.attempts) else None
        frames = traceback_frames(calls) if number == shown_number else []
        found.append(
            {
                "number": number,
                "status": each.status,
                "start": (each.started - start) / 1000,
                "end": None if each.ended is None else (each.ended - start) / 1000,
                "error": failure.error or None,
                "message": failure.message or None,
                "cause": (each.cause or None) and str(each.cause)[:4000],
                "frames": frames or frames_of("".join(failure.frames)),
                "backoff": (
                    (following.started - each.ended) / 1000
                    if following is not None and each.ended is not None
                    else None
                ),
            }
        )
    return found


def _nested(loaded: Loaded, attempt: Attempt | None) -> str | None:
    if attempt is None or attempt.child is None:
        return None
    known = {child.arn: child.id for child in loaded.children}
    return known.get(attempt.child, attempt.child.rpartition(":")[2])


def _state(loaded: Loaded, name: str) -> Mapping[str, Any]:
    for visited in walk(loaded.definition):
        if visited.name == name:
            return visited.state
    return {}


def _function(state: Mapping[str, Any]) -> str | None:
    """The name of the function that a state invokes, or of the activity."""
    arguments = state.get("Arguments") or state.get("Parameters")
    named = arguments.get("FunctionName") if isinstance(arguments, dict) else None
    if not isinstance(named, str):
        resource = str(state.get("Resource", ""))
        named = resource if ":function:" in resource or ":activity:" in resource else None
    if named is None or named.startswith("{%"):
        return None
    return named.split(":")[6] if named.count(":") >= 6 else named


# ------------------------------------------------------------------------------------------- values and logs


def _calls(end: End, place: Place, visit: Visit | None, number: int) -> list[TaskLog]:
    """What the shown try wrote. Calls are kept by step, item and try, not by entry: of a step that was
    entered several times, the one at the same place in the order is meant where all of them are kept."""
    if visit is None or visit.kind != "Task":
        return []
    found = [
        call
        for call in end.runs.calls(place.loaded.record.id)
        if call.step == visit.name
        and call.attempt == max(0, number - 1)
        and (place.index is None or call.item is None or call.item == place.index)
    ]
    tried = [each for each in place.visits if len(each.attempts) >= number]
    if len(found) == len(tried) and visit in tried:
        return [found[tried.index(visit)]]
    return found


def _texts(place: Place, visit: Visit | None, number: int) -> tuple[str | None, str | None]:
    """The JSON text of what went into the shown try, and of what came out of the step."""
    if visit is None:
        return None, None
    attempt = visit.attempts[number - 1] if visit.attempts else None
    wanted = {visit.event, visit.left}
    if attempt is not None and visit.kind == "Task":
        wanted |= {attempt.event, attempt.result}
    found: dict[int, Mapping[str, Any]] = {}
    last = max(wanted)
    for event in place.loaded.events_from(min(each for each in wanted if each)):
        if event["id"] in wanted:
            found[event["id"]] = {**(details_of(event) or {}), "type": event["type"]}
        if event["id"] >= last:
            break
    given = found.get(visit.event, {}).get("input")
    result = found.get(visit.left, {}).get("output") if visit.status not in ("failed", "timed_out") else None
    if attempt is not None and visit.kind == "Task":
        given = _arguments(found.get(attempt.event, {}).get("parameters")) or given
        if attempt.status == "succeeded":
            result = _payload(found.get(attempt.result, {}).get("output")) or result
        else:
            result = None
    return given, result


def _arguments(text: str | None) -> str | None:
    """What a task was called with: its own arguments, without what Ladle passes beside them."""
    if text is None:
        return None
    document = _object(text)
    if document is None:
        return text
    payload = document.get("Payload")
    if isinstance(payload, dict) and "args" in payload and "ladle" in payload:
        return json.dumps(payload["args"], ensure_ascii=False)
    return json.dumps(payload, ensure_ascii=False) if "FunctionName" in document else text


def _payload(text: str | None) -> str | None:
    """What a task gave: the payload of Lambda's answer."""
    document = _object(text or "")
    if document is None:
        return text
    return json.dumps(document["Payload"], ensure_ascii=False) if "Payload" in document else text


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def run_values(loaded: Loaded) -> dict[str, Any]:
    """Input and output of the run itself."""
    record = loaded.record
    return {
        "input": shown(record.input),
        "output": shown(record.output) if record.status == "SUCCEEDED" else None,
    }
