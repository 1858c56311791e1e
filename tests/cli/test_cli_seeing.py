"""What is asked of runs on the command line: lists, one step, logs, figures, a live view."""

import json
import re

import pytest


@pytest.fixture
def runs(ladle):
    """A run that went well, and one whose file was torn."""
    assert ladle("run", "count", "bucket=landing", "key=texts/rose.txt", "--name", "good").exit_code == 0
    assert ladle("run", "count", "--event", "s3://landing/texts/bad.txt", "--name", "bad").exit_code == 1
    return ladle


def listed(ladle, *words):
    return [line.split()[1] for line in ladle("runs", *words).stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([], ["bad", "good"]),
        (["--status", "failed"], ["bad"]),
        (["--error", "BadFile"], ["bad"]),
        (["--step", "words_of"], ["bad"]),
        (["--trigger", "upload"], ["bad"]),
        (["--trigger", "manual"], ["good"]),
        (["--since", "1h"], ["bad", "good"]),
        (["count", "--until", "2013-01-31", "--limit", "5"], ["runs"]),  # no runs of count …
        (["--not-redriven", "-n", "1"], ["bad", "of"]),  # 1 of 2.
    ],
)
def test_runs_are_found_by_what_one_knows_of_them(runs, words, found):
    """Each option narrows the list down."""
    assert listed(runs, *words) == found


def test_a_list_says_why_runs_failed_and_what_started_them(runs):
    """In one line each."""
    line = runs("runs", "--status", "failed").stdout
    assert "upload" in line
    assert "BadFile in words_of" in line
    nothing = runs("runs", "--error", "TypeError").stdout
    assert nothing == "no runs like that\n"
    wrong = runs("runs", "--since", "yesterday")
    assert wrong.exit_code == 2
    assert "--since 'yesterday': write a day, a time, or how long ago" in wrong.output


def test_a_step_is_shown_with_all_that_went_through_it(runs):
    """What it got, called, gave, assigned and wrote; of one that failed the error and the traceback."""
    good = runs("show", "good", "words_of").stdout
    assert '{"bucket": "landing", "key": "texts/rose.txt"}' in good
    assert re.search(r'output +\["a", "rose", "is", "a", "rose"\]', good)
    assert "reading texts/rose.txt" in good
    bad = runs("show", "bad", "words_of").stdout
    assert "failed, handled" in bad
    assert "BadFile: texts/bad.txt is torn" in bad
    assert 'raise BadFile(f"{key} is torn")' in bad


def test_an_item_of_a_map_is_shown_alone(runs):
    """Among thousands one is asked for by its index."""
    found = json.loads(runs("show", "good", "length each", "--item", "1", "--json").stdout)
    assert [(visit["item"], visit["output"], visit["tries"][0]["outcome"]) for visit in found] == [
        (1, 4, "succeeded")
    ]
    missing = runs("show", "good", "length each", "--item", "99")
    assert (missing.exit_code, "length each has no item 99 in good" in missing.output) == (2, True)


def test_a_step_that_there_is_not_is_named(runs):
    """With one that was perhaps meant, or because the run did not come to it."""
    wrong = runs("show", "good", "words")
    assert "did you mean 'words_of'?" in wrong.output
    not_reached = runs("show", "good", "keep")
    assert not_reached.exit_code == 2
    assert "good did not come to keep" in not_reached.output


def test_logs_are_those_of_a_run_or_of_a_step(runs):
    """In the order in which calls ended."""
    everything = runs("logs", "bad").stdout
    assert everything.index("reading texts/bad.txt") < everything.index("kept texts/bad.txt")
    keep = runs("logs", "bad", "keep").stdout
    assert "kept texts/bad.txt" in keep
    assert "reading" not in keep
    assert runs("logs", "bad", "--follow").stdout == everything


def test_figures_of_a_workflow(runs, ladle_json):
    """How many succeeded, how long runs and steps took, what made them so long."""
    told = runs("stats", "count").stdout
    assert "2 runs: 1 failed, 1 succeeded" in told
    assert "50.0% of those that ended succeeded" in told
    assert re.search(r"words_of .*1 of 2  BadFile 1", told)
    assert "critical path: " in told
    found = ladle_json("stats", "count")
    assert (found["runs"], found["success"], found["sampled"]) == ({"FAILED": 1, "SUCCEEDED": 1}, 0.5, 2)
    assert {step["step"] for step in found["steps"]} >= {"words_of", "length", "publish", "keep"}
    assert abs(sum(step["critical"] for step in found["steps"]) - 1) < 0.01
    assert runs("stats", "decide").stdout == "no runs of decide yet\n"


def test_a_run_that_has_ended_is_watched_to_its_end(runs):
    """Its steps, its failure, and what to do next; the exit code says how it ended."""
    good = runs("watch", "good")
    assert good.exit_code == 0
    assert "succeeded in" in good.stdout
    bad = runs("watch", "bad")
    assert bad.exit_code == 1
    assert "BadFile" in bad.stdout
    assert "again    ladle run count" in bad.stdout
