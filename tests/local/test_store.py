"""The store of runs keeps everything, finds it again, and counts without reading."""

import json
import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.errors import LadleError
from ladle.local.schema import MIGRATIONS
from ladle.local.store import Store
from ladle.operate.records import KeptObject, TaskLog


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / ".ladle") as opened:
        yield opened


def begin(store, run, workflow="daily", **more):
    given = {"arn": f"arn:{run}", "input": {"key": run}, "created": 1.0, "started": 1.0, "definition": "{}"}
    store.begin(id=run, workflow=workflow, **(given | more))


def event(number, kind="PassStateEntered"):
    return {"id": number, "type": kind, "timestamp": 1000 + number, "previousEventId": number - 1}


def test_a_run_is_kept_from_beginning_to_end(store):
    """Input, output, times and transitions come back as they were."""
    begin(store, "2013-01-01-7f3a41", via={"kind": "input"}, seed=7)
    store.append([("2013-01-01-7f3a41", [event(1), event(2)])])
    store.append([("2013-01-01-7f3a41", [event(3)])])
    store.finish(
        "2013-01-01-7f3a41", status="SUCCEEDED", output={"é": [1, None]}, stopped=4.5, wall=0.2, transitions=3
    )
    record = store.find("2013-01-01-7f3a41")
    assert (record.status, record.input, record.output) == (
        "SUCCEEDED",
        {"key": "2013-01-01-7f3a41"},
        {"é": [1, None]},
    )
    assert (record.seconds, record.wall, record.transitions, record.events, record.seed) == (
        3.5,
        0.2,
        3,
        3,
        7,
    )
    assert [each["id"] for each in store.events(record.id)] == [1, 2, 3]


@pytest.mark.parametrize("reference", ["2013-01-01-7f3a41", "7f3a41", "2013-01-01", "last"])
def test_a_run_is_found_by_what_a_person_types(store, reference):
    """The id, the hash at its end, the start of it, or `last`."""
    begin(store, "other-aaaaaa")
    begin(store, "2013-01-01-7f3a41")
    assert store.find(reference).id == "2013-01-01-7f3a41"


def test_what_may_mean_several_runs_is_refused_with_their_names(store):
    """Guessing would show the wrong run."""
    begin(store, "day-aaaaaa")
    begin(store, "day-bbbbbb")
    with pytest.raises(LadleError, match="several runs: day-bbbbbb, day-aaaaaa"):
        store.find("day")


@pytest.mark.parametrize("reference", ["%", "_ay-aaaaaa", "nothing", ""])
def test_characters_that_sql_takes_for_patterns_find_nothing(store, reference):
    """`%` and `_` are themselves."""
    begin(store, "day-aaaaaa")
    begin(store, "night-aaaaab")
    with pytest.raises(LadleError):
        store.find(reference)


def test_an_id_is_used_once(store):
    """The second run of a name is refused before anything of it is stored."""
    begin(store, "a")
    with pytest.raises(LadleError, match="run a already"):
        begin(store, "a")
    assert len(store.runs()) == 1


def test_runs_are_listed_newest_first_and_go_on_where_a_page_ended(store):
    """Nested runs are not listed; they belong to their root."""
    for number in range(5):
        begin(store, f"r{number}", workflow="odd" if number % 2 else "even")
    begin(store, "r4.1", root="r4", parent="r4")
    assert [r.id for r in store.runs(limit=2)] == ["r4", "r3"]
    assert [r.id for r in store.runs(limit=2, before="r3")] == ["r2", "r1"]
    assert [r.id for r in store.runs(workflow="odd")] == ["r3", "r1"]
    assert [r.id for r in store.children("r4")] == ["r4.1"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(["RUNNING", "SUCCEEDED", "FAILED"])), max_size=12
    )
)
def test_counts_always_agree_with_the_runs(tmp_path_factory, runs):
    """Triggers keep them, whatever happens to runs."""
    with Store(tmp_path_factory.mktemp("store")) as store:
        for number, (workflow, status) in enumerate(runs):
            begin(store, f"r{number}", workflow=workflow)
            if status != "RUNNING":
                store.finish(f"r{number}", status=status)
        expected = {}
        for workflow, status in runs:
            by_status = expected.setdefault(workflow, {})
            by_status[status] = by_status.get(status, 0) + 1
        assert store.counts() == expected


def test_logs_and_objects_come_back(store):
    """What a call printed and how it failed; what a run wrote to S3."""
    begin(store, "a")
    log = TaskLog("load", "load_day", 1, 3, 5.0, 0.5, "BadFile", "line 3", "Traceback…", "hello\n", 7)
    store.add_calls([("a", 1, log)])
    store.add_objects("a", [KeptObject("reports", "x.html", 3, ".ladle/aws/reports/x.html")])
    assert store.calls("a") == [log]
    assert store.objects("a") == [KeptObject("reports", "x.html", 3, ".ladle/aws/reports/x.html")]


def test_definitions_are_kept_once(store):
    """A thousand runs of a machine hold its text once, and a run shows the machine that it ran."""
    begin(store, "a", definition='{"v": 1}')
    begin(store, "b", definition='{"v": 1}')
    begin(store, "c", definition='{"v": 2}')
    assert (store.definition("a"), store.definition("c")) == ({"v": 1}, {"v": 2})
    (count,) = sqlite3.connect(store.path).execute("SELECT count(*) FROM definitions").fetchone()
    assert count == 2


def test_a_reader_sees_a_run_while_it_is_written(store, tmp_path):
    """Another process can look at it at any time."""
    begin(store, "a")
    store.append([("a", [event(1)])])
    with Store(tmp_path / ".ladle") as other:
        assert other.find("a").status == "RUNNING"
        assert [each["id"] for each in other.events("a")] == [1]


def test_a_store_from_a_newer_ladle_is_refused(tmp_path):
    """Reading it could show wrong things silently."""
    with Store(tmp_path) as store:
        path = store.path
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(LadleError, match="newer Ladle"):
        Store(tmp_path)


def test_a_file_that_is_no_store_is_refused_with_its_name(tmp_path):
    """Not a traceback of SQLite's."""
    (tmp_path / "runs.db").write_text("this is no database, " * 100)
    with pytest.raises(LadleError, match=r"runs\.db"):
        Store(tmp_path)


def test_many_runs_stay_quick(store):
    """Listing and finding use indexes: among 20,000 runs they take milliseconds."""
    connection = sqlite3.connect(store.path)
    connection.execute("INSERT INTO definitions VALUES ('h', '{}')")
    connection.executemany(
        "INSERT INTO runs (id, root, workflow, arn, via, input, status, created, started, definition)"
        " VALUES (?, ?, ?, '', '{}', '{}', 'SUCCEEDED', 0, 0, 'h')",
        [(f"r-{n:06x}", f"r-{n:06x}", f"w{n % 7}") for n in range(20_000)],
    )
    connection.commit()
    began = time.perf_counter()
    assert len(store.runs(workflow="w3", limit=20)) == 20
    assert store.find("004e1f").id == "r-004e1f"
    assert sum(by["SUCCEEDED"] for by in store.counts().values()) == 20_000
    assert time.perf_counter() - began < 0.2


def test_a_large_history_is_small_and_quick(store):
    """A Map of 10,000 items: some 50,000 events in batches, a few bytes each."""
    begin(store, "a")
    events = [
        event(n) | {"stateEnteredEventDetails": {"name": "each", "input": "{}"}} for n in range(1, 50_001)
    ]
    for start in range(0, len(events), 5_000):
        store.append([("a", events[start : start + 5_000])])
    assert sum(1 for _ in store.events("a")) == 50_000
    (size,) = sqlite3.connect(store.path).execute("SELECT sum(length(events)) FROM history").fetchone()
    assert size < len(json.dumps(events)) / 10
