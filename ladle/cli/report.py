"""How the end of a run is told: result or failure, the task's own traceback, what to do next."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ladle.cli.paint import dollars, duration, paint, plural
from ladle.graph.outline import Row
from ladle.operate.causes import Failure, failure_of
from ladle.operate.progress import Progress
from ladle.operate.records import KeptObject, RunRecord, TaskLog

__all__ = [
    "again",
    "failure_lines",
    "hash_of",
    "log_lines",
    "published",
    "result_lines",
    "short",
    "verdict",
    "written_lines",
]

WORDS: Final = {
    "SUCCEEDED": ("succeeded", "good"),
    "FAILED": ("failed", "bad"),
    "TIMED_OUT": ("timed out", "bad"),
    "ABORTED": ("stopped", "warn"),
    "INTERRUPTED": ("interrupted", "warn"),
    "RUNNING": ("running", "busy"),
}
LOG_LINES: Final = 40
UNTOLD: Final = {  # errors to which AWS gives no cause
    "States.Timeout": "it was not done when its timeout was over",
    "States.HeartbeatTimeout": "no heartbeat came in time",
}


def verdict(
    record: RunRecord, children: Sequence[RunRecord], progress: Progress, rows: Sequence[Row], colour: bool
) -> str:
    """`succeeded in 0.82 s, 22 transitions ($0.00055 on AWS), critical path load_day > delays > publish`

    Transitions and price are those of the run and of the runs that it started.
    """
    word, style = WORDS.get(record.status, (record.status.lower(), "warn"))
    text = paint(word, style, colour)
    seconds = record.seconds
    if seconds is not None:
        text += f" in {duration(seconds)}"
        if record.wall is not None and seconds > 2 * record.wall + 1:
            text += f" on its own clock ({duration(record.wall)} here)"
    transitions = (record.transitions or progress.transitions) + sum(c.own_billed for c in children)
    runs = f" in {len(children) + 1} runs" if children else ""
    text += f", {plural(transitions, 'transition')}{runs} ({dollars(transitions)} on AWS)"
    path = progress.critical_path(rows)
    if len(path) > 1 and record.status == "SUCCEEDED":
        text += f", critical path {' > '.join(path)}"
    return text


def result_lines(record: RunRecord, objects: Sequence[KeptObject], colour: bool) -> list[str]:
    """The output, and where what was published can be looked at."""
    lines = []
    if record.output is not None:
        lines += _aligned("result", short(record.output), colour)
    links = published(record, objects)
    for found in links[:3]:
        uri = f"s3://{found.bucket}/{found.key}"
        lines.append(f"{paint('report', 'bold', colour)}   {uri}        ladle open {hash_of(record)}")
    return lines if links else lines + written_lines(record, objects, colour)


def written_lines(record: RunRecord, objects: Sequence[KeptObject], colour: bool) -> list[str]:
    """What the run wrote to S3: the first object, and how many more."""
    if not objects:
        return []
    first = f"s3://{objects[0].bucket}/{objects[0].key}"
    more = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
    head = paint("wrote", "bold", colour)
    return [f"{head}    {first}{more}        ladle open {hash_of(record)} --all"]


def _aligned(word: str, text: str, colour: bool) -> list[str]:
    head = paint(word, "bold", colour) + " " * (9 - len(word))
    first, *rest = text.splitlines() or [""]
    return [head + first, *(" " * 9 + line for line in rest)]


def published(record: RunRecord, objects: Iterable[KeptObject]) -> list[KeptObject]:
    """What a person wants to open: the objects that the output names, else a web page that was written."""
    named = set(_links(record.output))
    found = [o for o in objects if f"s3://{o.bucket}/{o.key}" in named]
    return found or [o for o in objects if o.key.endswith((".html", ".htm"))][:1]


def _links(value: Any) -> Iterable[str]:
    if isinstance(value, str) and value.startswith("s3://"):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _links(each)
    elif isinstance(value, list):
        for each in value:
            yield from _links(each)


def failure_lines(
    record: RunRecord,
    progress: Progress,
    calls: Sequence[TaskLog],
    colour: bool,
    limit_seconds: float | None = None,
) -> list[str]:
    """The step, the error, its text; the traceback of the task's own code; what that call printed.

    `limit_seconds` is the machine's own TimeoutSeconds.
    """
    failure = failure_of(record.error, record.cause)
    if record.status == "TIMED_OUT" and not failure.message:
        limit = f" (timeout={limit_seconds:g})" if limit_seconds else ""
        failure = Failure("States.Timeout", f"the run was over its own time limit{limit}")
    call = failed_call(failure, progress, calls)
    step = call.step if call is not None else progress.failed_step
    if record.status == "TIMED_OUT" and call is None:
        step = None  # the run was too slow as a whole
    raised = step in progress.steps and progress.steps[step].kind == "Fail"
    head = f"{step}: {failure.error}" if step and not raised else failure.error or "failed"
    lines = ["", paint(head, "bad bold", colour)]
    told = failure.message or UNTOLD.get(failure.error or "", "no cause was given")
    lines += [f"  {line}" for line in told.splitlines()]
    if failure.nested:
        lines.append(f"  (in the nested run {' > '.join(failure.nested)})")
    if call is None:
        lines += [f"  {line}" for cause in failure.causes for line in cause.splitlines()]
    if call is not None:
        lines += _call_lines(call, colour)
    elif failure.frames:
        lines += ["", *(f"  {line}" for frame in failure.frames for line in frame.rstrip().splitlines())]
    return lines


def failed_call(failure: Failure, progress: Progress, calls: Sequence[TaskLog]) -> TaskLog | None:
    """The call whose failure ended the run: the last one with that error."""
    failed = [call for call in calls if call.error is not None and call.error != "Stopped"]
    same = [call for call in failed if call.error == failure.error and call.message == failure.message]
    if same:
        return same[-1]
    hung = [c for c in calls if c.error == "Stopped" and c.step == progress.failed_step]
    if hung and failure.error in ("States.Timeout", "States.HeartbeatTimeout"):
        return hung[-1]
    return None


def _call_lines(call: TaskLog, colour: bool) -> list[str]:
    lines = []
    where = [f"try {call.attempt + 1}"] if call.attempt else []
    where += [f"item {call.item}"] if call.item is not None else []
    if where:
        lines.append(f"  ({', '.join(where)})")
    if call.error == "Stopped" and call.message:
        lines.append(f"  the task was {call.message}")
    if call.traceback:
        lines += ["", *(f"  {line}" for line in call.traceback.rstrip().splitlines())]
    if call.log:
        lines += [
            "",
            paint("  it printed", "bold", colour),
            *log_lines(call, "  │ "),
        ]
    return lines


def log_lines(call: TaskLog, margin: str, most: int = LOG_LINES) -> list[str]:
    """What a call printed, the last lines of it."""
    found = call.log.rstrip("\n").splitlines()
    left_out = len(found) - most
    head = [f"{margin}… {plural(left_out, 'line')} before: ladle show RUN --logs"] if left_out > 0 else []
    return head + [margin + line for line in found[-most:]]


def again(record: RunRecord) -> str:
    """The command that starts the same run again."""
    via = dict(record.via or {})
    words = ["ladle", "run", str(via.get("file") or record.workflow)]
    if via.get("kind") == "S3Upload":
        words += ["--event", str(via["uri"])]
        words += [f"{name}={_word(value)}" for name, value in dict(via.get("more", {})).items()]
    elif record.input:
        words += ["--input", json.dumps(record.input, ensure_ascii=False, separators=(",", ":"))]
    return shlex.join(words + list(via.get("options", [])))


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def hash_of(record: RunRecord) -> str:
    """The short name of a run: the hash at the end of its id, when Ladle made the id."""
    tail = record.id.rpartition("-")[2]
    made = len(tail) == 6 and all(c in "0123456789abcdef" for c in tail)
    return tail if made else record.id


def short(value: Any, most: int = 24) -> str:
    """A JSON value on one line if it fits in 100 characters, else on several, at most so many."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) <= 100:
        return text
    lines = json.dumps(value, ensure_ascii=False, indent=2).splitlines()
    return "\n".join(
        [*lines[:most], *(["… (all of it: ladle show RUN --json)"] if len(lines) > most else [])]
    )


def duration_or_dash(seconds: float | None) -> str:
    """A duration; a dash where there is none."""
    return "-" if seconds is None else duration(seconds)
