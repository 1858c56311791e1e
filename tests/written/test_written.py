"""A state machine that a person wrote is a workflow like any other: run, checked, called, deployed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ladle.deploy.assemble import assemble
from ladle.deploy.resources import StateMachine
from ladle.deploy.stage import read_stage
from ladle.errors import LadleError
from ladle.project import Project
from ladle.testing import plain_run
from tests.cli import conftest as small

project, ladle = small.project, small.ladle

NIGHTLY = """
{
  "Comment": "Measures one word; written by hand, in JSONPath.",
  "StartAt": "Measure",
  "States": {
    "Measure": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Parameters": {"FunctionName": "${length}", "Payload": {"args": {"word.$": "$.word"}}},
      "ResultSelector": {"letters.$": "$.Payload"},
      "OutputPath": "$.letters",
      "End": true
    }
  }
}
"""
FLOWS = """
    from functions.work import length
    from ladle import Cron, workflow


    @workflow(definition="nightly.asl.json", on=Cron("0 6 * * ? *", input={"word": "rose"}))
    def nightly(word: str) -> int:
        \"\"\"How long a word is.\"\"\"
        ...


    @workflow
    def twice(word: str) -> int:
        return nightly(word) * 2
"""


@pytest.fixture
def written(project: Path) -> Path:
    """The project with one machine that was written by hand, and a workflow that calls it."""
    small.write(project / "statemachines" / "nightly.asl.json", NIGHTLY)
    small.write(project / "statemachines" / "more.py", FLOWS)
    return project


@pytest.mark.usefixtures("written")
def test_it_runs_by_its_name(ladle: Any) -> None:
    """Its input is checked against the function's parameters, as for any workflow."""
    done = ladle("run", "nightly", "word=rose", "--json")
    assert json.loads(done.output)["output"] == 4
    assert "word: expected str, got int" in ladle("run", "nightly", "--input", '{"word": 4}').stderr


@pytest.mark.usefixtures("written")
def test_a_workflow_calls_it(ladle: Any) -> None:
    """As a nested run."""
    done = ladle("run", "twice", "word=rose", "--json")
    found = json.loads(done.output)
    assert found["output"] == 8
    children = json.loads(ladle("show", "last", "--json").output)["children"]
    assert [each["workflow"] for each in children] == ["nightly"]


def test_it_is_drawn_and_checked_like_any_other(ladle: Any, written: Path) -> None:
    """Once: its file is no stray machine, and nothing is compiled over it."""
    assert "Measure" in ladle("graph", "nightly").output
    assert ladle("check").exit_code == 0, ladle("check").output
    before = (written / "statemachines" / "nightly.asl.json").read_text()
    assert ladle("compile").exit_code == 0
    assert (written / "statemachines" / "nightly.asl.json").read_text() == before
    done = ladle("graph", "nightly", "--schedule")
    assert (done.exit_code, "was written by hand" in done.stderr) == (2, True)


def test_its_mistakes_are_told_with_their_place(ladle: Any, written: Path) -> None:
    """A name that the project has not, and whatever AWS would refuse."""
    path = written / "statemachines" / "nightly.asl.json"
    path.write_text(NIGHTLY.replace("${length}", "${lenght}").replace('"End": true', '"Next": "Nowhere"'))
    done = ladle("check")
    assert done.exit_code == 1
    assert re.search(r"statemachines/nightly\.asl\.json:9:\d+ +L005", done.output), done.output
    assert "Nowhere" in done.output


def test_a_file_that_is_not_there(ladle: Any, written: Path) -> None:
    """Is told at the function."""
    (written / "statemachines" / "nightly.asl.json").unlink()
    done = ladle("check")
    assert "L004" in done.output
    assert "statemachines/more.py:7" in done.output


def test_as_plain_python_it_says_that_it_has_no_meaning(written: Path) -> None:
    """Rather than to give None."""
    with pytest.raises(LadleError, match="is a state machine that was written by hand"):
        plain_run(Project.load(written).workflow("twice"), input={"word": "rose"})


def test_its_python_meaning_may_be_its_body(written: Path) -> None:
    """For a test without the engine."""
    path = written / "statemachines" / "more.py"
    path.write_text(path.read_text().replace("    ...\n", "    return length(word)\n"))
    found = plain_run(Project.load(written).workflow("twice"), input={"word": "rose"})
    assert found.output == 8


def test_it_is_deployed_with_the_functions_it_calls(written: Path) -> None:
    """Under a role that allows exactly these, with its schedule."""
    stage = written / "infra" / "dev.toml"
    stage.write_text('[buckets]\nlanding = "l-dev"\nreports = "r-dev"\n')
    found = assemble(Project.load(written), read_stage("dev", stage, "infra/dev.toml"), "letters")
    machines = {each.logical: each for each in found.resources if isinstance(each, StateMachine)}
    parameters = machines["nightly"].definition["States"]["Measure"]["Parameters"]
    assert parameters["FunctionName"].endswith(":function:letters-dev-length")
    role = next(each for each in found.resources if each.key == "role.machine-nightly")
    allowed = json.dumps(role.policies)  # type: ignore[attr-defined]
    assert "lambda:InvokeFunction" in allowed
    assert ":function:letters-dev-length" in allowed
    assert ":function:letters-dev-words_of" not in allowed
    assert "schedule.nightly-1" in {each.key for each in found.resources}


def test_editors_see_its_types(written: Path) -> None:
    """The function's signature is what callers are checked against."""
    (written / "use.py").write_text("from statemachines.more import nightly\nx: str = nightly(4)\n")
    command = [sys.executable, "-m", "mypy", "--ignore-missing-imports", "--explicit-package-bases", "use.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=written)
    assert 'Argument 1 to "__call__" of "Workflow" has incompatible type "int"; expected "str"' in done.stdout
