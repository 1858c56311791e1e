"""How far an execution of ours agrees with the recording of the same execution on AWS.

Four levels, each including the one before: the status; the output, or the error's name; the types of the
history's events, in order; every event in full. Where branches overlap, the order is compared within a
state, and ids are not compared. What differs from run to run (times, ids, tokens) was replaced by
placeholders when the executions were recorded: a placeholder stands for anything of its kind.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LEVELS = ("status", "output", "types", "events")
NOT_COMPARED = {"SdkHttpMetadata", "SdkResponseMetadata"}
_PLACEHOLDER = re.compile(r"<<?[A-Za-z][\w\-. ]*>?(?::\d+)?>")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
_ANY_TIME = ("date", "timestamp", "datetime")


@dataclass(frozen=True)
class Agreement:
    """The levels that a case reaches (None where nothing was recorded), and the first difference."""

    status: bool
    output: bool = False
    types: bool | None = None
    events: bool | None = None
    difference: str | None = None

    @property
    def full(self) -> bool:
        """Whether nothing differs."""
        return self.difference is None


class Different(Exception):
    """Two values differ; the message says where and how."""


def cases(
    kinds: tuple[str, ...] = ("execution", "sync_execution", "express_async"),
) -> Iterator[dict[str, Any]]:
    """The recorded cases of some kinds, from the folder that CONFORMANCE_CASES names."""
    for path in sorted(Path(os.environ["CONFORMANCE_CASES"]).glob("*.json")):
        case = json.loads(path.read_text())
        recorded_on_aws = case.get("provenance") != "localstack"
        if case["kind"] in kinds and recorded_on_aws and "incomplete-history" not in case["needs"]:
            yield case


def agree(case: dict[str, Any], actual: dict[str, Any]) -> Agreement:
    """Compare what we gave with what AWS gave."""
    expected = case["expected"]
    wild = frozenset(case.get("wildcards") or ())
    history = expected.get("events")
    none = None if history is None else False
    if actual["status"] != expected["status"]:
        text = f"status {actual['status']} ({actual.get('error')}: {actual.get('cause')})"
        return Agreement(False, False, none, none, text)
    try:
        if expected["status"] == "SUCCEEDED":
            compare(expected.get("output"), actual.get("output"), wild, "output")
        else:
            compare(expected.get("error"), actual.get("error"), wild, "error")
    except Different as error:
        return Agreement(True, False, none, none, str(error))
    difference = None
    try:
        if expected["status"] != "SUCCEEDED":
            compare(expected.get("cause"), actual.get("cause"), wild, "cause")
    except Different as error:
        difference = str(error)
    if history is None:
        return Agreement(True, True, None, None, difference)
    overlap = "concurrency" in case["needs"] or bool(case.get("parallel_sorted"))
    ours = _as_recorded(case, actual["events"])
    order = _types_by_state if overlap else _types
    if order(history) != order(ours):
        return Agreement(True, True, False, False, difference or f"types {_types(ours)}")
    try:
        _compare_overlapping(history, ours, wild) if overlap else _compare_events(history, ours, wild)
    except Different as error:
        return Agreement(True, True, True, False, difference or str(error))
    return Agreement(True, True, True, difference is None, difference)


# Histories -------------------------------------------------------------------------------------------------


def _types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def _types_by_state(events: list[dict[str, Any]]) -> dict[str, Counter[str] | list[str]]:
    """The types of the events that name a state, in order for each name; of the others, how many of each."""
    named: dict[str, Any] = defaultdict(list)
    rest: Counter[str] = Counter()
    for event in events:
        name = next((d["name"] for d in event.values() if isinstance(d, dict) and "name" in d), None)
        if name is None:
            rest[event["type"]] += 1
        else:
            named[name].append(event["type"])
    return {**{name: sorted(found) for name, found in named.items()}, "": rest}


def _as_recorded(case: dict[str, Any], events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some recordings lost all but the last of the events with which nested Parallels end."""
    if not case.get("parallel_sorted"):
        return events
    ending = ("ParallelStateSucceeded", "ParallelStateFailed", "ParallelStateExited")
    return [
        event
        for event, following in zip(events, [*events[1:], {"type": ""}], strict=True)
        if not (event["type"] in ending and following["type"] in ending)
    ]


def _compare_events(expected: list[Any], actual: list[Any], wild: frozenset[str]) -> None:
    for theirs, ours in zip(expected, actual, strict=True):
        place = f"{theirs['id']} {theirs['type']}"
        compare(_without(theirs, "timestamp"), _without(ours, "timestamp"), wild, place)


def _compare_overlapping(expected: list[Any], actual: list[Any], wild: frozenset[str]) -> None:
    left = [_without(event, "timestamp", "id", "previousEventId") for event in actual]
    for theirs in expected:
        wanted = _without(theirs, "timestamp", "id", "previousEventId")
        for position, ours in enumerate(left):
            if _same(wanted, ours, wild):
                del left[position]
                break
        else:
            raise Different(f"no event like {json.dumps(wanted)[:200]}")


def _without(event: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in keys}


# Values ----------------------------------------------------------------------------------------------------


def _same(expected: Any, actual: Any, wild: frozenset[str]) -> bool:
    try:
        compare(expected, actual, wild, "")
    except Different:
        return False
    return True


def compare(expected: Any, actual: Any, wild: frozenset[str], place: str) -> None:
    """Raise Different unless `actual` is a value that the recorded one stands for."""
    if isinstance(expected, str) and _stands_for_anything(expected, wild, place):
        return
    if isinstance(actual, str) and (isinstance(expected, (dict, list)) or _is_json(expected)):
        expected, actual = _decoded(expected), _decoded(actual)
    if isinstance(expected, dict) and isinstance(actual, dict):
        _compare_objects(expected, actual, wild, place)
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            raise Different(f"{place}: {len(actual)} items, not {len(expected)}")
        for index, (theirs, ours) in enumerate(zip(expected, actual, strict=True)):
            compare(theirs, ours, wild, f"{place}[{index}]")
    elif isinstance(expected, str) and isinstance(actual, str):
        if not _texts_agree(expected, actual):
            raise Different(f"{place}: {actual[:160]!r}, not {expected[:160]!r}")
    elif type(expected) is not type(actual) and not _both_numbers(expected, actual):
        raise Different(f"{place}: {actual!r}, not {expected!r}"[:300])
    elif expected != actual:
        raise Different(f"{place}: {actual!r}, not {expected!r}")


def _compare_objects(expected: Any, actual: Any, wild: frozenset[str], place: str) -> None:
    theirs = {key: value for key, value in expected.items() if key not in NOT_COMPARED}
    ours = {_TIME.sub("date", key): value for key, value in actual.items() if key not in NOT_COMPARED}
    if theirs.keys() != ours.keys():
        missing, more = sorted(theirs.keys() - ours.keys()), sorted(ours.keys() - theirs.keys())
        if len(missing) != 1 or len(more) != 1 or not _PLACEHOLDER.search(missing[0]):
            raise Different(f"{place}: missing {missing}, unexpected {more}")
        ours[missing[0]] = ours.pop(more[0])
    for key, value in theirs.items():
        compare(value, ours[key], wild, f"{place}.{key}")


def _stands_for_anything(expected: str, wild: frozenset[str], place: str) -> bool:
    if expected in wild:
        return True
    return expected in _ANY_TIME and (expected == "date" or "time" in place.lower())


def _texts_agree(expected: str, actual: str) -> bool:
    if expected == actual:
        return True
    plain = _TIME.sub("date", actual)
    if expected == plain or _TIME.sub("date", expected) == plain:
        return True
    if not _PLACEHOLDER.search(expected):
        return False
    pattern = ".+?".join(re.escape(part) for part in _PLACEHOLDER.split(expected))
    return any(re.fullmatch(pattern, text, re.DOTALL) for text in (plain, actual))


def _both_numbers(expected: Any, actual: Any) -> bool:
    return not any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in (expected, actual))


def _is_json(value: Any) -> bool:
    return isinstance(value, str) and value[:1] in ("{", "[")


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
