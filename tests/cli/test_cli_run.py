"""`ladle run`: what a person sees, what is kept, and every way in which it can go wrong."""

import json
import sys

import pytest

from ladle.local.store import Store

ROSE = ("--event", "s3://landing/texts/rose.txt")
BAD = ("--event", "s3://landing/texts/bad.txt")


def test_a_run_shows_its_steps_its_result_and_where_the_report_is(ladle, project):
    """The whole of the main job, on a terminal that is none."""
    result = ladle("run", "count", *ROSE)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("count  run rose-")
    run = lines[0].rpartition(" ")[2]
    assert [line.split()[1] for line in lines[1:4]] == ["words_of", "length", "publish"]
    assert "5 of 5" in lines[2]
    assert "9 transitions ($0.000225 on AWS)" in lines[4] or "transitions" in lines[4]
    assert lines[5] == 'result   "s3://reports/all/index.html"'
    assert lines[6] == f"report   s3://reports/all/index.html        ladle open {run.rpartition('-')[2]}"
    assert (project / ".ladle/aws/reports/all/index.html").read_text() == "<h1>12</h1>"


def test_the_run_is_kept_as_it_was(ladle_json, project):
    """Input, output, status, history, objects, what started it."""
    printed = ladle_json("run", "count", *ROSE)
    with Store(project / ".ladle") as store:
        record = store.find(printed["id"])
        events = list(store.events(record.id))
        objects = store.objects(record.id)
    assert record.status == printed["status"] == "SUCCEEDED"
    assert record.input == {"bucket": "landing", "key": "texts/rose.txt"}
    assert record.output == "s3://reports/all/index.html"
    assert (record.via["kind"], record.via["uri"]) == ("S3Upload", "s3://landing/texts/rose.txt")
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionSucceeded")
    assert [o.path for o in objects] == [".ladle/aws/reports/all/index.html"]


def test_a_failure_tells_step_error_traceback_log_and_how_to_try_again(ladle):
    """What a newcomer needs, in this order; nothing of Ladle's own frames."""
    result = ladle("run", "count", *BAD)
    assert result.exit_code == 1
    text = result.stdout
    assert "words_of: BadFile\n  texts/bad.txt is torn\n" in text
    assert '  File "functions/work.py", line ' in text
    assert "functions.work.BadFile: texts/bad.txt is torn" in text
    assert "  it printed\n  │ reading texts/bad.txt\n" in text
    assert "again    ladle run count --event s3://landing/texts/bad.txt\n" in text
    assert "details  ladle show " in text
    assert "ladle/runtime" not in text
    assert "ladle/local" not in text


def test_what_a_handler_took_is_not_the_failure_of_the_run(ladle):
    """The step is shown as handled, and what the handler did as a step of its own."""
    lines = ladle("run", "count", *BAD).stdout.splitlines()
    assert any("words_of" in line and "BadFile, handled" in line for line in lines)
    assert any("✓ keep" in line for line in lines)


def test_waits_and_retries_take_no_time(ladle_json):
    """A day's sleep and two backoffs of ten and twenty minutes."""
    record = ladle_json("run", "wait_long")
    assert record["output"] == 3
    assert record["seconds"] == pytest.approx(86400 + 600 + 1200, abs=400)
    assert record["wall"] < 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["count", "bucket=landing"], "key: missing (expected str)"),
        (
            ["count", "bucket=landing", "key=k", "kei=2"],
            "kei: count has no such parameter; did you mean key?",
        ),
        (["wait_long", "times=soon"], "times: expected int, got str ('soon')"),
        (["wait_long", "--input", "{"], "--input: not JSON"),
        (["wait_long", "--input", "3"], "--input must be a JSON object"),
        (["wait_long", "--input", "@nothing.json"], "nothing.json"),
        (["wait_longer"], "did you mean 'wait_long'"),
        (["count", "--event", "texts/rose.txt"], "s3://bucket/key"),
        (["count", "--event", "s3://landing/texts/roses.txt"], "did you mean s3://landing/texts/rose.txt?"),
        (["wait_long", "--event", "s3://landing/texts/rose.txt"], "not started by uploads"),
        (["decide", "question=x", "--answer", "ask=3"], "--answer ask: expected bool, got int (3)"),
        (
            ["decide", "question=x", "--answer", "asks=true"],
            "no task of that name waits for an answer; ask does",
        ),
        (["decide", "question=x", "--answer", "ask"], "TASK=JSON"),
        (["wait_long", "--name", "a b"], "letters, digits"),
        (["wait_long", "--stage", "prod"], "no stage 'prod'"),
    ],
)
def test_wrong_input_is_refused_before_anything_runs(ladle, project, words, said):
    """Exit code 2, the field named on stderr, no traceback, no run in the store."""
    result = ladle("run", *words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    with Store(project / ".ladle") as store:
        assert store.runs() == []


def test_input_comes_from_a_file_from_stdin_and_from_words(ladle, project):
    """Words win over the file."""
    (project / "in.json").write_text('{"times": 1}')
    for words, stdin in (
        (["--input", "@in.json"], None),
        (["--input", "-"], '{"times": 1}'),
        (["times=1"], None),
    ):
        result = ladle("run", "wait_long", *words, "--json", stdin=stdin)
        assert json.loads(result.stdout)["input"] == {"times": 1}
    result = ladle("run", "wait_long", "--input", "@in.json", "times=0", "--json")
    assert json.loads(result.stdout)["input"] == {"times": 0}


def test_answers_are_taken_in_order_of_calls(ladle_json):
    """A value, or an error that the workflow could handle."""
    assert ladle_json("run", "decide", "question=now", "--answer", "ask=true")["output"] == "yes"
    assert ladle_json("run", "decide", "question=now", "--answer", "ask=false")["output"] == "no"
    failed = ladle_json("run", "decide", "question=now", "--answer", "ask=!Refused: not today", code=1)
    assert (failed["error"], failed["cause"]) == ("Refused", "not today")


def test_a_task_that_nobody_answers_stops_the_run_and_says_how_to_answer(ladle):
    """Not the timeout an hour later on the virtual clock, which nobody meant."""
    result = ladle("run", "decide", "question=now")
    assert result.exit_code == 1
    assert "ask waits for an answer (bool), and none was given." in result.stdout
    assert "--answer ask=true" in result.stdout


def test_silence_lets_the_task_time_out(ladle_json):
    """The virtual clock skips to it."""
    record = ladle_json("run", "decide", "question=now", "--answer", "ask=!silence", code=1)
    assert (record["error"], record["seconds"] >= 600, record["wall"] < 5) == ("States.Timeout", True, True)


def test_a_workflow_over_its_own_limit_says_so(ladle):
    """Not a nameless failure: AWS gives such a run neither error nor cause."""
    result = ladle("run", "too_long")
    assert result.exit_code == 1
    assert "States.Timeout\n  the run was over its own time limit (timeout=60)" in result.stdout
    assert "timed out in 1 min 0 s" in result.stdout


def test_a_task_that_hangs_is_reported_and_does_not_hold_the_command(ladle):
    """Its second of time really passes; then the run fails, and the thread is given up."""
    result = ladle("run", "hang")
    assert result.exit_code == 1
    assert "endless: States.Timeout" in result.stdout
    assert "given up after 1." in result.stdout


def test_a_result_of_the_wrong_type_fails_the_run_naming_the_type(ladle):
    """The wrapper checks, so that the machine may trust what it gets."""
    result = ladle("run", "mistyped")
    assert result.exit_code == 1
    assert "expected int, got str ('text')" in result.stdout


def test_a_task_that_leaves_the_process_fails_its_run_and_nothing_else(ladle):
    """`sys.exit` in a task ends a Lambda sandbox, and here just the call."""
    result = ladle("run", "exits")
    assert result.exit_code == 1
    assert "leaves: SystemExit" in result.stdout or "leaves: Runtime.ExitError" in result.stdout


def test_what_a_task_prints_stays_out_of_the_output(ladle, project):
    """A hundred thousand lines: the JSON is JSON, and the log keeps beginning and end."""
    result = ladle("run", "shout", "--json")
    assert json.loads(result.stdout)["output"] == 1
    with Store(project / ".ladle") as store:
        (call,) = store.calls(store.find("last").id)
    assert call.log.startswith("line 0\n")
    assert call.log.endswith("line 99999\n")
    assert call.dropped > 0


def test_nested_runs_are_kept_under_their_root(ladle, project):
    """`ladle show` reads each; a failure inside is told as what it was."""
    result = ladle("run", "outer", "key=texts/bad.txt")
    assert result.exit_code == 1
    assert "words_of: BadFile\n  texts/bad.txt is torn" in result.stdout
    with Store(project / ".ladle") as store:
        root = store.find("last")
        (child,) = store.children(root.id)
    assert (child.id, child.workflow, child.status) == (f"{root.id}.1", "count", "FAILED")
    assert ladle("show", child.id).exit_code == 0


def test_nested_runs_count_in_the_price_of_their_root(ladle, ladle_json, project):
    """In its record and in the list, as at its end: AWS bills the transitions of all of them."""
    ladle("run", "outer", "key=texts/bad.txt")
    with Store(project / ".ladle") as store:
        root = store.find("last")
        (child,) = store.children(root.id)
    assert root.billed == root.transitions + child.transitions
    assert child.billed == child.transitions > 0
    assert ladle_json("runs")[0]["transitions"] == root.billed


def test_names_are_used_once(ladle):
    """So that a name always means one run."""
    assert ladle("run", "wait_long", "--name", "mine").exit_code == 0
    again = ladle("run", "wait_long", "--name", "mine")
    assert (again.exit_code, "ladle show mine" in again.stderr) == (2, True)


def test_the_same_seed_gives_the_same_history(ladle_json, project):
    """Ids, jitter and order; times of real work differ."""

    def history():
        for module in ("functions.work", "statemachines.flows"):
            sys.modules.pop(module, None)  # `patient` counts its tries in a global
        run = ladle_json("run", "wait_long", "--seed", "7")["id"]
        with Store(project / ".ladle") as store:
            return [(e["id"], e["type"], e["previousEventId"]) for e in store.events(run)]

    assert history() == history()


def test_real_aws_is_announced_before_anything_else(ladle, monkeypatch):
    """On stderr, with whose account it is."""
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    result = ladle("run", "wait_long", "times=0", "--aws", "real")
    assert result.stderr.startswith("--aws real: tasks reach your own AWS account (mine, eu-central-1;")
