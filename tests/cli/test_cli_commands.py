"""The other commands: what they print, what they write, and their exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ladle.cli.app import COMMANDS, cli

WRONG = """
    from functions.work import length, words_of
    from ladle import workflow


    @workflow
    def broken(bucket: str) -> int:
        words = words_of(bucket)
        return size(words)
"""


@pytest.fixture
def broken(project):
    (project / "statemachines" / "broken.py").write_text(__import__("textwrap").dedent(WRONG))
    return project


def test_check_finds_nothing_in_a_good_project(ladle):
    """And says how much it looked at."""
    result = ladle("check")
    assert (result.exit_code, result.stdout) == (0, "no problems in 9 workflows\n")


@pytest.mark.usefixtures("broken")
def test_check_shows_every_problem_with_its_line_and_a_caret(ladle):
    """Place, code, message, excerpt, what to write; all at once; exit code 1."""
    result = ladle("check", "broken")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("statemachines/broken.py:8:")
    assert "  L203  " in lines[0]
    assert lines[1] == "    8 |     words = words_of(bucket)"
    assert lines[2].startswith("      |             ^")
    assert any("  L201  " in line or "  L301  " in line for line in lines)
    assert lines[-1].startswith("2 problems in 1 workflow.  ladle explain L")


@pytest.mark.usefixtures("broken")
def test_check_prints_json_for_tools(ladle):
    """The same facts as fields."""
    result = ladle("check", "--json")
    found = json.loads(result.stdout)["problems"]
    assert result.exit_code == 1
    assert [(p["path"], p["line"], p["severity"]) for p in found] == [
        ("statemachines/broken.py", 8, "error"),
        ("statemachines/broken.py", 9, "error"),
    ]


def test_check_takes_hand_written_machines(ladle, project):
    """Those of the project, and any file that is named; outside of a project, too."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}'
    (project / "statemachines" / "hand.asl.json").write_text(text)
    whole = ladle("check")
    assert whole.exit_code == 1
    assert "statemachines/hand.asl.json:1:" in whole.stdout
    assert "  A301  " in whole.stdout
    assert "9 workflows and 1 state machine" in whole.stdout
    one = ladle("check", "statemachines/hand.asl.json", "--json")
    assert {p["code"] for p in json.loads(one.stdout)["problems"]} == {"A301", "A303"}
    assert ladle("check", "nothing.asl.json").exit_code == 2


def test_a_module_that_cannot_be_imported_is_a_problem_and_the_rest_is_checked(ladle, project):
    """One torn file must not hide the others."""
    (project / "functions" / "torn.py").write_text("def f(:\n")
    result = ladle("check")
    assert result.exit_code == 1
    assert "functions/torn.py:1:7  L001  not valid Python" in result.stdout


def test_compile_writes_machines_and_check_tells_when_they_are_stale(ladle, project):
    """Beside the workflow; the second time nothing changes."""
    assert ladle("compile", "--check").exit_code == 1
    result = ladle("compile")
    assert result.exit_code == 0
    path = project / "statemachines" / "count.asl.json"
    assert json.loads(path.read_text())["QueryLanguage"] == "JSONata"
    assert ladle("compile", "--check").exit_code == 0
    assert "unchanged  statemachines/count.asl.json" in ladle("compile").stdout
    path.write_text(path.read_text().replace("words_of", "words", 1))
    stale = ladle("compile", "--check")
    assert (stale.exit_code, "stale      statemachines/count.asl.json" in stale.stdout) == (1, True)
    assert ladle("compile", "count", "--stdout").stdout.startswith("{")


def test_compile_profile_measures_recorded_runs(ladle, project):
    """The file is written for who commits it; without it, or a run, nothing changes."""
    ran = ladle("run", "count", "--event", "s3://landing/texts/rose.txt")
    assert ran.exit_code == 0, ran.output
    measured = ladle("compile", "--profile")
    assert (measured.exit_code, "no run that succeeded" in measured.stderr) == (0, True)
    seconds = json.loads((project / "statemachines" / "count.profile.json").read_text())["seconds"]
    assert set(seconds) == {"words_of", "length", "publish"}  # `keep` was not called
    assert all(value > 0 for value in seconds.values())
    steps = json.loads(ladle("graph", "count", "--schedule", "--json").stdout)["steps"]
    taken = {step["label"]: step["seconds"] for step in steps}
    assert taken == seconds
    assert ladle("compile", "--profile", "--check").exit_code == 2
    assert ladle("compile", "--stage", "dev").exit_code == 2


def test_compile_of_a_wrong_workflow_writes_nothing(ladle, broken):
    """All problems on stderr, exit code 1."""
    result = ladle("compile")
    assert result.exit_code == 1
    assert "L203" in result.stderr
    assert not list((broken / "statemachines").glob("*.asl.json"))


def test_graph_draws_workflows_and_files(ladle, project):
    """Mermaid to stdout, SVG to a file by its name."""
    assert ladle("graph", "count").stdout.startswith("flowchart TD\n")
    assert ladle("graph", "count", "-o", "count.svg").exit_code == 0
    assert (project / "count.svg").read_text().startswith("<svg ")
    ladle("compile")
    assert ladle("graph", "statemachines/count.asl.json").stdout == ladle("graph", "count").stdout
    assert ladle("graph", "nothing.asl.json").exit_code == 2


def test_graph_shows_the_schedule(ladle):
    """Waves and critical path."""
    text = ladle("graph", "count", "--schedule").stdout
    assert text.startswith("count\n")
    assert "critical path " in text
    assert json.loads(ladle("graph", "count", "--schedule", "--json").stdout)["workflow"] == "count"


def test_list_shows_workflows_with_their_triggers_and_tasks(ladle):
    """And how often each ran."""
    ladle("run", "wait_long", "times=0")
    text = ladle("list").stdout
    assert "count(bucket: str, key: str)\n    Counts the letters of a text.\n" in text
    assert "on upload to landing: texts/*.txt" in text
    assert "runs: 1 succeeded" in text
    assert "words_of" in text
    assert json.loads(ladle("list", "--json").stdout)["workflows"][0]["name"] == "count"


def test_runs_and_show_read_what_was_kept(ladle):
    """Newest first; by status and workflow; the tree again, logs and history on request."""
    ladle("run", "wait_long", "times=0", "--name", "one")
    ladle("run", "count", "--event", "s3://landing/texts/bad.txt", "--name", "two")
    text = ladle("runs").stdout.splitlines()
    assert [line.split()[1] for line in text] == ["two", "one"]
    assert "BadFile" in text[0]
    assert "one" not in ladle("runs", "--status", "failed").stdout
    assert "no runs of decide yet" in ladle("runs", "decide").stdout
    shown = ladle("show", "two").stdout
    assert "▲ words_of" in shown
    assert "words_of: BadFile\n  texts/bad.txt is torn" in shown
    assert "again    ladle run count --event s3://landing/texts/bad.txt" in shown
    assert "reading texts/bad.txt" in ladle("show", "two", "--logs").stdout
    assert "TaskStateEntered" in ladle("show", "two", "--history").stdout
    assert json.loads(ladle("show", "two", "--json", "--history").stdout)["history"][0]["id"] == 1
    missing = ladle("show", "three")
    assert (missing.exit_code, "there is no run 'three'" in missing.stderr) == (2, True)


def test_open_prints_where_the_report_lies(ladle, project):
    """The object that the result names."""
    ladle("run", "count", "--event", "s3://landing/texts/rose.txt")
    result = ladle("open")
    assert result.stdout.strip() == str(project / ".ladle/aws/reports/all/index.html")
    assert Path(result.stdout.strip()).read_text() == "<h1>12</h1>"


def test_explain_tells_of_every_kind_of_code(ladle):
    """Projects, the language, state machines; the nearest for a typing error."""
    for code in ("L002", "L203", "A301", "a301"):
        result = ladle("explain", code)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"{code.upper()}  ")
    wrong = ladle("explain", "L2O3")
    assert wrong.exit_code == 2
    assert "did you mean" in wrong.stderr


def test_a_new_project_works_at_once(tmp_path, monkeypatch):
    """Its workflow runs, its check is clean, its own test passes."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new", "word-count"]).exit_code == 0
    folder = tmp_path / "word-count"
    root = Path(__file__).parents[2]
    environment = {**__import__("os").environ, "PYTHONPATH": str(root)}
    for words in (
        ["-m", "ladle", "check"],
        ["-m", "ladle", "compile"],
        ["-m", "ladle", "run", "word_count", "--event", "s3://landing/texts/rose.txt"],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider"],
    ):
        result = subprocess.run(
            [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert result.returncode == 0, result.stdout + result.stderr
    assert (folder / ".ladle/aws/reports/texts/rose.json").exists()
    assert 'Chalice(app_name="word-count")' in (folder / "app.py").read_text()
    assert json.loads((folder / ".chalice/config.json").read_text())["app_name"] == "word-count"
    again = CliRunner().invoke(cli, ["new", "word-count"])
    assert again.exit_code == 2
    assert CliRunner().invoke(cli, ["new", "Ä b"]).exit_code == 2


def test_outside_of_a_project_every_command_says_how_to_begin_one(tmp_path, monkeypatch):
    """Exit code 2, one line."""
    monkeypatch.chdir(tmp_path)
    for words in (
        ["run", "x"],
        ["check"],
        ["compile"],
        ["list"],
        ["runs"],
        ["show", "x"],
        ["graph", "x"],
        ["open"],
    ):
        result = CliRunner().invoke(cli, words)
        assert (result.exit_code, "ladle new NAME" in result.stderr) == (2, True), (words, result.output)


def test_an_unknown_command_is_answered_with_the_nearest():
    """As every other name is."""
    result = CliRunner().invoke(cli, ["chek"])
    assert result.exit_code == 2
    assert "Did you mean 'check'?" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists_and_explains_itself(name):
    """The table of the help and the modules agree."""
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Usage: ")


def test_a_mistake_of_ladles_own_shows_its_traceback_and_asks_for_a_report(ladle, monkeypatch):
    """And has an exit code of its own, so that scripts do not take it for a failed run."""

    def fall(*_: object, **__: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr("ladle.cli.projects.load", fall)
    result = ladle("list")
    assert result.exit_code == 70
    assert "ZeroDivisionError: inside" in result.stderr
    assert "a mistake in Ladle" in result.stderr


def test_a_missing_part_of_the_installation_is_named_with_the_remedy(ladle, monkeypatch):
    """A Lambda package has no moto; a developer who installed only that is told what to install."""
    monkeypatch.setitem(sys.modules, "jlens", None)
    for module in [
        name for name in sys.modules if name.startswith(("ladle.jsonata", "ladle.engine", "ladle.local"))
    ]:
        monkeypatch.delitem(sys.modules, module)
    result = ladle("run", "count")
    assert (result.exit_code, "pip install 'ladle[dev]'" in result.stderr) == (2, True), result.output


def test_names_are_completed(ladle, monkeypatch):
    """Workflows, runs, codes and commands; outside of a project nothing, and no traceback."""

    def offered(*words):
        monkeypatch.setenv("COMP_WORDS", " ".join(["ladle", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        result = CliRunner().invoke(cli, [], prog_name="ladle", env={"_LADLE_COMPLETE": "bash_complete"})
        return [line.partition(",")[2] for line in result.stdout.split()]

    ladle("run", "wait_long", "times=0", "--name", "mine")
    assert offered("run", "wa") == ["wait_long"]
    assert offered("show", "") == ["mine"]
    assert offered("explain", "a30") == ["A301", "A302", "A303", "A304", "A305"]
    assert offered("comp") == ["compile", "completion"]
    monkeypatch.chdir("/")
    assert offered("run", "wa") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell):
    """For each of the three shells."""
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_LADLE_COMPLETE" in result.stdout
