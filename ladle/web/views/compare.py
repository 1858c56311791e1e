"""Two runs beside each other: the first difference, then durations, input, code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from ladle.asl.model import walk
from ladle.operate.causes import failure_of
from ladle.web.ends import End
from ladle.web.http import Request
from ladle.web.loaded import Loaded, load
from ladle.web.timeline import Timeline
from ladle.web.views.runs import head

__all__ = ["compare_view"]

LINES: Final = 400
"""So many lines of a value or a definition are compared; so many of the difference are shown."""
AROUND: Final = 3
SLOWER: Final = 2.0
LEAST: Final = 1.0
"""A step counts as slower from twice the time on, and from a second more."""


def compare_view(end: End, request: Request) -> dict[str, Any]:
    """The view of runs `a` and `b` of the query."""
    a, b = load(end, request.required("a")), load(end, request.required("b"))
    rows = _rows(a.timeline(), b.timeline())
    return {
        "a": head(a.record, a.drawing.version),
        "b": head(b.record, b.drawing.version),
        "first": _first(a, b, rows),
        "rows": rows,
        "input": _diff(a.record.input, b.record.input),
        "results": _results(a, b),
        "code": _code(a.definition, b.definition),
        "facts": _facts(a, b),
    }


def _rows(a: Timeline, b: Timeline) -> list[dict[str, Any]]:
    """The rows of both, those of the second where it has other steps after those of the first."""
    first = {str(row["step"]): row for row in a.rows if row["item"] is None}
    second = {str(row["step"]): row for row in b.rows if row["item"] is None}
    found: list[dict[str, Any]] = []
    for step in dict.fromkeys([*first, *second]):
        either = first.get(step) or second[step]
        found.append(
            {
                "step": step,
                "label": either["label"],
                "depth": either["depth"],
                **_side("a", first.get(step)),
                **_side("b", second.get(step)),
            }
        )
    return found


def _side(name: str, row: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        name: row["segments"] if row else [],
        f"{name}_status": row["status"] if row else None,
        f"{name}_seconds": _seconds(row["segments"]) if row else None,
    }


def _seconds(segments: Sequence[Sequence[Any]]) -> float | None:
    ended = [piece[1] for piece in segments if piece[1] is not None]
    return round(max(ended) - segments[0][0], 3) if ended else None


# ------------------------------------------------------------------------------------- the first difference


def _first(a: Loaded, b: Loaded, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The earliest thing that differs: what went in, what a step did or gave, how long it took."""
    if a.record.workflow != b.record.workflow:
        return {"step": None, "text": f"they are runs of {a.record.workflow} and of {b.record.workflow}"}
    if a.record.input != b.record.input:
        names = _names(a.record.input, b.record.input)
        return {"step": None, "text": f"the input differs{f' in {names}' if names else ''}"}
    for row in rows:
        one, other = row["a_status"], row["b_status"]
        if one is None or other is None:
            return {"step": row["step"], "text": f"only {'B' if one is None else 'A'} has {row['step']}"}
        if one != other:
            text = f"{row['step']} {_word(one)} in A and {_word(other)} in B"
            bad = next(
                (each for each, word in ((a, one), (b, other)) if word in ("failed", "timed_out")), None
            )
            error = failure_of(bad.record.error, bad.record.cause) if bad is not None else None
            return {"step": row["step"], "text": f"{text}: {error.error}" if error and error.error else text}
    for row in rows:
        one, other = row["a_seconds"], row["b_seconds"]
        if one is None or other is None:
            continue
        low, high = sorted((one, other))
        if high - low >= LEAST and high >= SLOWER * low:
            slow = "A" if one > other else "B"
            times = f"{high / low:.1f} times as long" if low else f"{high:.1f} s"
            return {"step": row["step"], "text": f"{row['step']} took {times} in {slow}"}
    if a.drawing.version != b.drawing.version:
        return {"step": None, "text": "the code differs; both went the same way"}
    if a.record.output != b.record.output:
        return {"step": None, "text": "the results differ; both went the same way"}
    return None


def _word(status: str) -> str:
    words = {"pending": "was not reached", "retried": "succeeded after a retry", "caught": "failed, handled,"}
    return words.get(status, status.replace("_", " ") if status != "stopped" else "was stopped")


def _names(a: Any, b: Any) -> str:
    if not isinstance(a, dict) or not isinstance(b, dict):
        return ""
    return ", ".join(name for name in dict.fromkeys([*a, *b]) if a.get(name) != b.get(name))


# ------------------------------------------------------------------------------------------- differing lines


def _diff(a: Any, b: Any) -> list[list[str]]:
    """The lines of two JSON values: those of both, of the first (-), of the second (+)."""
    return _lines(_printed(a), _printed(b))


def _printed(value: Any) -> list[str]:
    return json.dumps(value, ensure_ascii=False, indent=2).splitlines()[:LINES]


def _lines(a: list[str], b: list[str]) -> list[list[str]]:
    found: list[list[str]] = []
    for what, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            found += [[" ", line] for line in a[i:j]]
        else:
            found += [["-", line] for line in a[i:j]] + [["+", line] for line in b[k:m]]
    return found[:LINES]


def _results(a: Loaded, b: Loaded) -> list[dict[str, Any]]:
    """How the results of the runs differ; none where one of them has none."""
    if a.record.status != "SUCCEEDED" or b.record.status != "SUCCEEDED":
        return []
    if a.record.output == b.record.output:
        return []
    return [{"step": None, "diff": _diff(a.record.output, b.record.output)}]


def _code(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[list[str]]:
    """The states that differ, with some lines around each difference."""
    if a == b:
        return []
    first = {visit.name: visit.state for visit in walk(a)}
    second = {visit.name: visit.state for visit in walk(b)}
    found: list[list[str]] = []
    for name in dict.fromkeys([*first, *second]):
        one, other = _own(first.get(name)), _own(second.get(name))
        if one != other:
            found += [[" ", name], *_near(_lines(_printed(one), _printed(other)))]
    return found[:LINES]


def _own(state: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A state without those within it, which are compared by themselves."""
    if state is None:
        return None
    return {
        key: value for key, value in state.items() if key not in ("Branches", "ItemProcessor", "Iterator")
    }


def _near(lines: list[list[str]]) -> list[list[str]]:
    changed = [number for number, (mark, _) in enumerate(lines) if mark != " "]
    near = {near for number in changed for near in range(number - AROUND, number + AROUND + 1)}
    return [line for number, line in enumerate(lines) if number in near]


def _facts(a: Loaded, b: Loaded) -> list[list[Any]]:
    """What can be told of each in a word."""
    pairs = [(head(each.record, each.drawing.version)) for each in (a, b)]
    names = ("workflow", "status", "started", "duration", "trigger", "code", "transitions", "cost")
    return [[name, pairs[0][name], pairs[1][name]] for name in names]
