"""`ladle replay`, on a small project: the same way, my code from a step on, a test, and newer code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli import conftest as small

project, ladle = small.project, small.ladle


def in_source(path: Path, then: str, now: str) -> None:
    """Changes one place of a source file."""
    text = path.read_text()
    assert then in text
    path.write_text(text.replace(then, now))


def fresh(*words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which reads the sources as they are now."""
    return subprocess.run(
        [sys.executable, "-m", "ladle.cli", *words], capture_output=True, text=True, check=False
    )


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_run_goes_the_same_way(ladle: Any) -> None:
    """Every state and call as recorded; nothing is called."""
    assert ladle("run", "count", "--event", "s3://landing/texts/rose.txt", "--name", "r1").exit_code == 0
    done = ladle("replay", "r1")
    assert done.exit_code == 0
    assert "goes the same way: " in done.output
    assert "succeeded" in done.output
    assert len(json.loads(ladle("runs", "--json").output)) == 1, "a replay is no run of the store"


def test_a_failed_run_goes_on_with_the_present_code(ladle: Any, project: Path) -> None:
    """From the failing step on the tasks are called for real; those before give what they gave."""
    assert ladle("run", "count", "--event", "s3://landing/texts/bad.txt", "--name", "r1").exit_code == 1
    done = fresh("replay", "r1", "--from", "words_of", "--json")
    assert (done.returncode, told(done)["error"]) == (1, "BadFile")
    in_source(project / "functions" / "work.py", 'if "torn" in text', 'if "lost" in text')
    done = fresh("replay", "r1", "--from", "words_of", "--json")
    found = told(done)
    assert (done.returncode, found["status"]) == (0, "SUCCEEDED")
    assert found["called"] == ["words_of", *["length each"] * 4, "publish"]


def test_calls_before_the_step_are_not_made_again(ladle: Any) -> None:
    """Only what comes from the step on is called."""
    assert ladle("run", "count", "--event", "s3://landing/texts/rose.txt", "--name", "r1").exit_code == 0
    found = told(fresh("replay", "r1", "--from", "publish", "--json"))
    assert found["called"] == ["publish"]
    assert found["output"] == "s3://reports/all/index.html"


def test_a_step_that_the_run_did_not_come_to_is_refused(ladle: Any) -> None:
    """With the steps that there are."""
    assert ladle("run", "count", "--event", "s3://landing/texts/bad.txt", "--name", "r1").exit_code == 1
    done = ladle("replay", "r1", "--from", "publish")
    assert done.exit_code == 2
    assert "the run did not come to a step 'publish' that calls something; it called words_of" in done.stderr


def test_a_failure_becomes_a_test_that_the_fix_makes_pass(ladle: Any, project: Path) -> None:
    """The file fails under pytest with the task's own traceback, and passes when the task is mended."""
    assert ladle("run", "count", "--event", "s3://landing/texts/bad.txt", "--name", "r1").exit_code == 1
    done = ladle("replay", "r1", "--save", "tests/torn.run.json")
    assert done.exit_code == 0, done.output
    (project / "conftest.py").write_text('pytest_plugins = ["ladle.testing.pytest_plugin"]\n')

    def pytested() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/torn.run.json"]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=project)

    before = pytested()
    assert before.returncode == 1
    assert "raise BadFile" in before.stdout
    assert "texts/bad.txt is torn" in before.stdout
    in_source(project / "functions" / "work.py", 'if "torn" in text', 'if "lost" in text')
    after = pytested()
    assert after.returncode == 0, after.stdout


def test_a_run_may_be_held_to_its_failure(ladle: Any) -> None:
    """A file that shall be refused: `--as-it-went`."""
    assert ladle("run", "count", "--event", "s3://landing/texts/bad.txt", "--name", "r1").exit_code == 1
    done = ladle("replay", "r1", "--as-it-went", "--save", "torn.run.json", "--json")
    assert json.loads(done.output)["expected"] == {"status": "FAILED", "error": "BadFile"}


def test_newer_code_is_judged_by_the_last_runs(ladle: Any, project: Path) -> None:
    """Those that would make other calls are told with the first of them; what Git has is judged, too."""
    for name, file in (("r1", "rose"), ("r2", "bad")):
        ladle("run", "count", "--event", f"s3://landing/texts/{file}.txt", "--name", name)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], check=True, cwd=project)
    in_source(project / "statemachines" / "flows.py", "publish(sum(lengths))", "publish(sum(lengths) + 1)")
    done = fresh("replay", "--against", ".", "--last", "50", "--json")
    assert done.returncode == 1
    ways = {each["run"]: each["way"] for each in told(done)}
    assert ways == {"r1": "another", "r2": "same"}
    assert fresh("replay", "--against", "HEAD", "--last", "50").returncode == 0
    text = fresh("replay", "--against", ".").stdout
    assert 'now publish is called with {"Payload": {"args": {"total": 13}}}' in text
    assert "1 of 2 runs would go the same way with the code in this folder, 1 another" in text


def test_a_revision_that_git_does_not_know(ladle: Any, project: Path) -> None:
    """Is the user's mistake."""
    subprocess.run(["git", "init", "-q"], check=True, cwd=project)
    done = ladle("replay", "--against", "nowhere")
    assert done.exit_code == 2
    assert "Git has no code at 'nowhere'" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["replay"], "which run?"),
        (["replay", "r", "--pdb"], "--pdb goes with --from"),
        (["replay", "r", "--last", "3"], "--last goes with --against"),
        (["replay", "r", "--from", "a", "--save", "b.run.json"], "--from and --save do not go together"),
    ],
)
def test_options_that_make_no_sense_are_refused(ladle: Any, words: list[str], message: str) -> None:
    """Before anything is read."""
    done = ladle(*words)
    assert done.exit_code == 2
    assert message in done.stderr
