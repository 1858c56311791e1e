"""Executions recorded on AWS, replayed: the histories are AWS's own, so nothing here was made to fit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ladle.local.replay import replay
from ladle.operate.recording import record

ARN = "arn:aws:states:us-east-1:111111111111:execution:m:r"
FOLDER = Path(os.environ.get("CONFORMANCE_CASES", "no such folder"))
JSON_TEXTS = ("input", "output", "parameters")


def recordings() -> Iterator[tuple[str, dict[str, Any]]]:
    """The Standard executions with a whole history."""
    for path in sorted(FOLDER.glob("*.json")):
        case = json.loads(path.read_text())
        events = (case.get("expected") or {}).get("events") if case.get("kind") == "execution" else None
        whole = events and all(isinstance(event["id"], int) for event in events)
        if whole and case.get("type") != "EXPRESS":
            yield path.stem, case


def as_aws_gave_it(event: dict[str, Any]) -> dict[str, Any]:
    """The recordings have values parsed and times masked: texts again, and an instant for each event."""
    found: dict[str, Any] = json.loads(json.dumps(event))
    found["timestamp"] = 1_700_000_000_000 + found["id"] * 10
    for name, details in found.items():
        if not name.endswith("EventDetails"):
            continue
        for key in JSON_TEXTS:
            if key in details:
                details[key] = _text(details[key])
        if "cause" in details:
            cause = details["cause"]
            details["cause"] = _cause(cause if isinstance(cause, str) else json.dumps(cause))
        for variable, value in details.get("assignedVariables", {}).items():
            details["assignedVariables"][variable] = _text(value)
    return found


def _text(value: Any) -> str:
    """JSON text of a value that the recording may have as text already."""
    return json.dumps(_compact(json.loads(value) if _is_json(value) else value))


def _compact(value: Any) -> Any:
    """JSON within texts in one form: the recordings keep its spaces in some places only."""
    if isinstance(value, dict):
        return {
            key: _cause(item) if key in ("Cause", "cause") else _compact(item) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_compact(item) for item in value]
    return value


def _cause(value: Any) -> Any:
    return json.dumps(json.loads(value)) if _is_json(value) else value


def _is_json(value: Any) -> bool:
    try:
        json.loads(value)
    except (TypeError, ValueError):
        return False
    return True


@pytest.mark.skipif(not FOLDER.is_dir(), reason="CONFORMANCE_CASES names no folder of recorded executions")
def test_recorded_executions_replay() -> None:
    """Each goes as it went on AWS. Where it does not, what AWS had is masked in the recording: `<…>`."""
    same, different = 0, {}
    for name, case in recordings():
        history = record(case["definition"], map(as_aws_gave_it, case["expected"]["events"]))
        found = replay(history, case["definition"], ARN)
        if found.difference is None:
            same += 1
        elif "<" not in found.difference.then:
            different[name] = str(found.difference)
    assert different == {}
    assert same > 280
