"""A recorded run as a file that a test can run: `tests/runs/quarantined.run.json`.

It holds the input, and of each call that went well (or whose failure the workflow got over) what it was given
and gave. What is not in it, above all the call that failed the run, is made for real when the file is run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ladle.errors import LadleError
from ladle.local.replay.compare import first_unlike
from ladle.local.replay.live import go_on
from ladle.local.session import LocalSession
from ladle.local.tasks import Report
from ladle.operate.causes import failure_of
from ladle.operate.places import Block, Place
from ladle.operate.recording import Call, Recording, without_envelope

__all__ = ["SUFFIX", "Case", "case_of", "read_case", "run_case"]

SUFFIX: Final = ".run.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A recorded run to hold the code to. `expected` has a `status`, and an `output` or an `error`."""

    workflow: str
    arn: str
    recording: Recording
    expected: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The file's content."""
        return {
            "format": FORMAT,
            "workflow": self.workflow,
            "execution": self.arn,
            "started": self.recording.started,
            "input": self.recording.input,
            "expected": self.expected,
            "calls": [_written(call) for call in self.recording.calls],
        }


def case_of(workflow: str, arn: str, recording: Recording, *, as_it_went: bool = False) -> Case:
    """The case of a recorded run.

    A run that failed shall succeed: the calls that failed it are left out, also where a handler saw their
    error before it ended the run. `as_it_went`, it shall end as it did.
    """
    if recording.status == "SUCCEEDED":
        expected: dict[str, Any] = {"status": "SUCCEEDED", "output": recording.output}
    elif as_it_went:
        expected = {"status": recording.status, "error": recording.error}
    else:
        expected = {"status": "SUCCEEDED"}
    calls = [
        call
        for call in recording.calls
        if call.outcome == "succeeded"
        or (call.outcome and (as_it_went or (call.handled and call.error != recording.error)))
    ]
    kept = Recording(recording.started, recording.input, calls)
    return Case(workflow, arn, kept, expected)


def read_case(path: Path) -> Case:
    """Read a case's file. Raises LadleError for one that is none, with what is wrong."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise LadleError(f"{path}: written by another Ladle (format {found['format']}): save it again")
        calls = [_read(each) for each in found["calls"]]
        recording = Recording(found["started"], found["input"], calls)
        return Case(found["workflow"], found["execution"], recording, dict(found["expected"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LadleError(f"{path}: no recorded run ({type(error).__name__}: {error})") from None


def run_case(case: Case, session: LocalSession, report: Report) -> str | None:
    """Run the project's code on a case; what is not as expected, or None.

    `report` is told of each call that is really made.
    """
    found = go_on(session, case.workflow, case.recording, case.arn, None, report).recording
    ended = {"status": found.status, "error": found.error, "output": found.output}
    for name, value in case.expected.items():
        unlike = first_unlike(value, ended.get(name))
        if unlike is not None:
            path, wanted, got = unlike
            cause = failure_of(found.error, found.cause)
            why = f" ({cause.error}: {cause.message})" if name == "status" and found.error else ""
            return f"the run's {name}{path} should be {wanted}, and is {got}{why}"
    return None


def _written(call: Call) -> dict[str, Any]:
    place = call.place
    found: dict[str, Any] = {"step": place.state, "calls": call.callee}
    if place.scope:
        found["within"] = [list(block) for block in place.scope]
    if place.visit > 1:
        found["entry"] = place.visit
    if call.number:
        found["try"] = call.number
    found["arguments"] = without_envelope(call.arguments)
    if call.was_submitted:
        found["submitted"] = call.submitted
    found["seconds"] = ((call.ended or call.scheduled) - call.scheduled) / 1000
    found["after"] = call.scheduled
    if call.outcome == "succeeded":
        found["output"] = call.output
    else:
        found |= {"outcome": call.outcome, "error": call.error, "cause": call.cause}
    return found


def _read(found: dict[str, Any]) -> Call:
    within = tuple(Block(*block) for block in found.get("within", ()))
    scheduled = found["after"]
    return Call(
        Place(within, found["step"], found.get("entry", 1)),
        found.get("try", 0),
        found["calls"],
        found["arguments"],
        scheduled,
        outcome=found.get("outcome", "succeeded"),
        output=found.get("output"),
        error=found.get("error"),
        cause=found.get("cause"),
        ended=scheduled + round(found["seconds"] * 1000),
        submitted=found.get("submitted"),
        was_submitted="submitted" in found,
        handled=True,
    )
