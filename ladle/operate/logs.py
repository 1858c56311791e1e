"""What tasks on AWS wrote during a run: the lines of their functions' logs that name it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ladle.asl.model import walk
from ladle.operate.records import TaskLog

__all__ = ["task_logs"]

LATE: Final = 60
"""Seconds after the end of a run within which CloudWatch is given the last of its lines."""

_OWN: Final = frozenset(
    {
        *("at", "attempt", "cold_start", "function_arn", "function_memory_size", "function_name"),
        *("function_request_id", "item", "level", "location", "message", "outer", "redrive", "root", "run"),
        *("service", "step", "task", "timestamp", "trigger", "workflow", "xray_trace_id"),
    }
)
"""What every line has, or is shown otherwise."""


def task_logs(
    client: Any, arn: str, definition: Mapping[str, Any], started: float, stopped: float | None
) -> list[TaskLog]:
    """The calls of tasks that belong to the run with that ARN, with what each wrote, in order of their ends.

    `definition` names the functions, whose log groups are read for the time of the run only.
    """
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for function in _functions(definition):
        for line in _lines(client, f"/aws/lambda/{function}", arn, started, stopped):
            key = (line.get("step"), line.get("item"), line.get("attempt"), line.get("redrive"))
            found.setdefault(key, []).append(line)
    calls = [_call(lines) for lines in found.values()]
    return sorted(calls, key=lambda call: call.started + call.seconds)


def _functions(definition: Mapping[str, Any]) -> list[str]:
    names: dict[str, None] = {}
    for visit in walk(definition):
        arguments = visit.state.get("Arguments")
        function = arguments.get("FunctionName") if isinstance(arguments, dict) else None
        if isinstance(function, str) and function.startswith("arn:"):
            names[function.split(":")[6]] = None
    return list(names)


def _lines(
    client: Any, group: str, arn: str, started: float, stopped: float | None
) -> Iterator[dict[str, Any]]:
    until = {} if stopped is None else {"endTime": int((stopped + LATE) * 1000)}
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=group,
        startTime=int(started * 1000) - 1000,
        filterPattern=f'{{ $.run = "{arn}" }}',
        **until,
    )
    try:
        for page in pages:
            for event in page["events"]:
                line = _parsed(event["message"])
                if line is not None and line.get("run") == arn:
                    yield {**line, "at": event["timestamp"] / 1000}
    except client.exceptions.ResourceNotFoundException:
        return  # the function has never been called, or its log was removed


def _parsed(message: str) -> dict[str, Any] | None:
    """A structured line; the platform's own lines are none."""
    try:
        line = json.loads(message)
    except ValueError:
        return None
    return line if isinstance(line, dict) and "message" in line else None


def _call(lines: list[dict[str, Any]]) -> TaskLog:
    last = next((line for line in lines if line["message"] in ("task succeeded", "task failed")), lines[-1])
    seconds = float(last.get("seconds") or 0.0)
    failed = last["message"] == "task failed"
    said = [line for line in lines if line is not last]
    return TaskLog(
        step=str(last.get("step")),
        task=str(last.get("task", last.get("function_name", ""))),
        attempt=int(last.get("attempt", 1)) - 1,
        item=last.get("item"),
        started=last["at"] - seconds,
        seconds=seconds,
        error=str(last.get("error")) if failed else None,
        message=str(last.get("exception_name", "")) if failed else None,
        traceback=last.get("exception") if failed else None,
        log="".join(f"{_text(line)}\n" for line in said),
    )


def _text(line: Mapping[str, Any]) -> str:
    more = {name: value for name, value in line.items() if name not in _OWN}
    facts = f" {json.dumps(more, ensure_ascii=False)}" if more else ""
    return f"{line.get('level', 'INFO')} {line['message']}{facts}"
