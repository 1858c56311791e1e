"""A run on the page: rows, pieces, the graph, and where it opens."""

from __future__ import annotations

from typing import Any

from ladle.web.items import items_of
from ladle.web.visits import History


def rows_of(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["step"]: row for row in view["rows"]}


def words(row: dict[str, Any]) -> list[str]:
    return [piece[2] for piece in row["segments"]]


def test_every_try_is_a_piece_with_the_time_between(get: Any, made: Any) -> None:
    """Two failures, two backoffs, then success: and the run is one that succeeded after a retry."""
    view = get(f"/api/runs/{made.runs['good']}")
    assert view["status"] == "retried"
    row = rows_of(view)["flaky"]
    assert row["status"] == "retried"
    assert words(row) == ["failed", "backoff", "failed", "backoff", "succeeded"]
    ends = [piece[1] for piece in row["segments"]]
    starts = [piece[0] for piece in row["segments"]]
    assert starts[1:] == ends[:-1]  # nothing between them is left out


def test_waiting_is_no_work(get: Any, made: Any) -> None:
    """A minute of sleep is a minute of waiting on the run's own clock."""
    row = rows_of(get(f"/api/runs/{made.runs['good']}"))["sleep(60)"]
    ((start, end, status, _),) = row["segments"]
    assert status == "waiting"
    assert round(end - start, 3) == 60


def test_a_failed_run_opens_on_its_first_real_failure(get: Any, made: Any) -> None:
    """Not on the Map, not on what was stopped because of it, not on what was to be tried again."""
    view = get(f"/api/runs/{made.runs['bad']}")
    rows = rows_of(view)
    assert view["focus"] == "double[7]"
    assert view["error"]["error"] == "Bad"
    assert view["error"]["message"] == "no 7"
    assert view["error"]["frame"]["file"] == "functions/work.py"
    assert rows["double[7]"]["status"] == "failed"
    assert rows["double"]["status"] == "failed"
    assert rows["flaky"]["status"] in ("stopped", "retried")
    assert rows["sleep(60)"]["status"] == "pending"
    assert rows["sleep(60)"]["segments"] == []


def test_a_handled_failure_is_told_from_a_failure(get: Any, made: Any) -> None:
    view = get(f"/api/runs/{made.runs['caught']}")
    assert view["status"] == "succeeded"
    assert rows_of(view)["double"]["status"] == "caught"
    taken = {(edge["from"], edge["to"]) for edge in view["graph"]["edges"] if edge["kind"] == "catch"}
    assert [(e["from"], e["to"]) for e in view["graph"]["edges"] if e["kind"] == "catch" and e["taken"]]
    assert taken


def test_a_nested_run_is_one_click_away(get: Any, made: Any) -> None:
    """The row of its step names it, and the error says through which run it came."""
    view = get(f"/api/runs/{made.runs['nested']}")
    nested = [row["nested"] for row in view["rows"] if row["nested"]]
    assert len(nested) == 2
    (through,) = view["error"]["nested"]
    assert through in nested
    inner = get(f"/api/runs/{through}")
    assert inner["parent"] == {"id": made.runs["nested"], "workflow": "outer"}
    assert inner["focus"] == "double[7]"


def test_the_graph_is_placed_without_overlaps(get: Any, made: Any) -> None:
    """Boxes of one frame do not touch, frames hold what is in them, and a Map of one step is one box."""
    graph = get(f"/api/runs/{made.runs['good']}")["graph"]
    nodes = {node["id"]: node for node in graph["nodes"]}
    assert nodes["double"]["frame"] is False
    assert nodes["double"]["map"] == {"total": 5, "counts": {"succeeded": 5}, "items": "sssss"}
    for a in nodes.values():
        if a["parent"]:
            frame = nodes[a["parent"]]
            assert frame["x"] <= a["x"]
            assert frame["y"] <= a["y"]
            assert a["x"] + a["w"] <= frame["x"] + frame["w"] + 0.2
            assert a["y"] + a["h"] <= frame["y"] + frame["h"] + 0.2
        for b in nodes.values():
            if a is not b and a["parent"] == b["parent"]:
                apart = (
                    a["x"] + a["w"] <= b["x"]
                    or b["x"] + b["w"] <= a["x"]
                    or a["y"] + a["h"] <= b["y"]
                    or b["y"] + b["h"] <= a["y"]
                )
                assert apart, (a["id"], b["id"])


def test_the_critical_path_covers_the_run(get: Any, made: Any) -> None:
    """Its spans follow each other from the beginning to the end, without a hole of a tenth."""
    view = get(f"/api/runs/{made.runs['good']}")
    spans = sorted(span for row in view["rows"] for span in row["critical"])
    covered = sum(end - start for start, end in spans)
    assert covered >= 0.9 * view["span"]
    assert view["critical"] == ["flaky", "sleep(60)"]


def test_a_redriven_run_goes_on_where_it_stopped(made: Any) -> None:
    """Each call that was not done has one more try, in the item that it was for; what was done has none."""
    events = list(made.store.events(made.runs["bad"]))
    history = History().see_all(events)
    undone = [v for v in history.visits["double each"] if v.status in ("failed", "stopped")]
    done = len(history.visits["double each"]) - len(undone)
    last, at = len(events), events[-1]["timestamp"] + 60_000

    def add(type: str, before: int, state: str | None = None, **details: Any) -> int:
        event = {
            "id": len(events) + 1,
            "previousEventId": before,
            "timestamp": at,
            "type": type,
            "state": state,
        }
        name = "stateExited" if type.endswith("StateExited") else f"{type[0].lower()}{type[1:]}"
        events.append({**event, f"{name}EventDetails": details})
        return len(events)

    redriven = add("ExecutionRedriven", last, redriveCount=1)
    begun = [(v, add("TaskScheduled", redriven, "double each", parameters="{}")) for v in undone]
    for visit, scheduled in begun:
        succeeded = add("TaskSucceeded", scheduled, "double each", output="{}")
        left = add("TaskStateExited", succeeded, "double each", name="double each", output="1")
        add("MapIterationSucceeded", left, "double", name="double", index=visit.scope.index)
    add("MapStateSucceeded", len(events), "double")
    add("MapStateExited", len(events), "double", name="double", output="[]")
    history.see_all(events[last:])
    items = items_of(history, "double")
    assert len(items) == 12
    assert {item.status for item in items} == {"succeeded", "retried"}
    assert [len(v.attempts) for v in undone] == [2] * len(undone)
    assert sum(len(v.attempts) == 1 for v in history.visits["double each"]) == done
    (visit,) = history.visits["double"]
    assert visit.status == "retried"
    assert [attempt.status for attempt in visit.attempts] == ["failed", "succeeded"]
    assert history.status == "running"
