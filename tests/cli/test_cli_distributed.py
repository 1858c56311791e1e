"""Distributed Maps on the command line: a history does not tell how their items stand, the tree does."""

import io
from types import SimpleNamespace

import pytest

from ladle.cli import live
from ladle.cli.live import LineWatch
from ladle.engine import Engine, TaskFailed, TaskSucceeded, compile_machine
from tests.cli.conftest import write

FAR = """
    from functions.work import length
    from ladle import each, workflow


    @workflow
    def far(words: list[str]) -> int:
        return sum([length(word) for word in each(words, distributed=True, tolerate=1)])


    @workflow
    def batches(words: list[str]) -> int:
        return sum([length(word) for word in each(words, distributed=True, batch=2)])
"""


@pytest.mark.parametrize("workflow", ["far", "batches"])
def test_all_items_are_counted_while_it_runs_and_after(ladle, project, workflow):
    """In batches too: an item is one of the list; `ladle show` and `ladle watch` say the same."""
    write(project / "statemachines" / "far.py", FAR)
    result = ladle("run", workflow, "--input", '{"words": ["a", "rose", "is"]}')
    assert result.exit_code == 0, result.output
    for text in (result.output, ladle("show", "last").output, ladle("watch", "last").output):
        assert "length  3 of 3" in text, text


def test_none_is_counted_as_none(ladle, project):
    """A Map over an empty list has run: 0 of 0."""
    write(project / "statemachines" / "far.py", FAR)
    assert "length  0 of 0" in ladle("run", "far", "--input", '{"words": []}').output


def test_figures_of_steps_know_the_items(ladle_json, project):
    """What is kept of a run when it has ended has them too."""
    from ladle.cli.projects import store_of

    write(project / "statemachines" / "far.py", FAR)
    run = ladle_json("run", "far", "--input", '{"words": ["a", "rose"]}')["id"]
    with store_of() as store:
        assert {each.step: each.items for each in store.steps([run])[run]}["length"] == 2


class OneFails:
    """The item 2 fails."""

    def start(self, call, done):
        bad = call.arguments == 2
        done(TaskFailed("BadFile", "torn", 1) if bad else TaskSucceeded(call.arguments, 1))


def test_a_log_tells_how_far_a_distributed_map_is(monkeypatch):
    """Whenever it has been quiet for a while, and at the end with the failures that were tolerated."""
    monkeypatch.setattr(live, "QUIET_SECONDS", -1)
    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": True}
    mode = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    far = {
        "Type": "Map",
        "MaxConcurrency": 1,
        "ToleratedFailureCount": 1,
        "ItemProcessor": {**mode, "StartAt": "t", "States": {"t": task}},
        "End": True,
    }
    watch = LineWatch(io.StringIO())
    engine = Engine(OneFails(), listener=watch)
    engine.run(engine.start(compile_machine({"StartAt": "m", "States": {"m": far}}, name="w"), [1, 2, 3]))
    lines = [" ".join(line.split()[1:]) for line in watch.stream.getvalue().splitlines()]
    assert [line.split("   ")[0][:8] for line in lines] == ["m 0 of 3", "m 1 of 3", "m 2 of 3"]
    assert lines[-1].endswith("1 failed")


def test_items_that_are_not_known_are_not_counted():
    """While a reader reads them, and where nobody says: no `0 of 0`."""
    watch = LineWatch(io.StringIO())
    execution = SimpleNamespace(arn="a", machine=SimpleNamespace(definition=FAR_MAP), map_runs=[])
    happened = [
        ("MapStateEntered", {"name": "m"}),
        ("MapStateStarted", {"length": 0}),
        ("MapRunStarted", {"mapRunArn": "arn"}),
    ]
    for number, (kind, details) in enumerate(happened, 1):
        event = SimpleNamespace(
            id=number, type=kind, ms=number, previous_id=number - 1, state="m", details=details
        )
        watch(execution, event)
    assert [" of " in line for line in watch.lines()] == [False]


FAR_MAP = {
    "StartAt": "m",
    "States": {
        "m": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "t", "States": {"t": {"Type": "Task", "End": True}}},
            "End": True,
        }
    },
}


LISTED = """
    from functions.work import length
    from ladle import s3, workflow


    @workflow
    def listed() -> int:
        return sum([length(object["Key"]) for object in s3.objects("incoming", "a/")])
"""


def test_a_constant_bucket_is_what_the_stage_says(ladle, project):
    """In the committed definition it is a name; a machine that a person wrote may have it, too."""
    write(project / "statemachines" / "listed.py", LISTED)
    local = (project / "infra" / "local.toml").read_text()
    text = local.replace("[buckets]", '[buckets]\nincoming = "ours-incoming"')
    text = text.replace("[local.files]", '[local.files]\nincoming = "incoming"')
    write(project / "infra" / "local.toml", text)
    write(project / "incoming" / "a" / "one.txt", "x")
    result = ladle("run", "listed")
    assert result.exit_code == 0, result.output
    assert "length  1 of 1" in result.output
    assert ladle("compile").exit_code == 0
    committed = (project / "statemachines" / "listed.asl.json").read_text()
    assert '"Bucket": "${buckets.incoming}"' in committed
    assert ladle("check", "statemachines/listed.asl.json").exit_code == 0
    assert "length  1 of 1" in ladle("run", "statemachines/listed.asl.json").output
