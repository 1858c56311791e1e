"""Activities in local runs: their own functions are their worker."""

import json
import sys

import pytest

from ladle.testing import plain_run
from tests.cli.conftest import write

ACTIVITIES = """
    import time
    from ladle import Retry, activity


    class Torn(Exception):
        pass


    @activity(timeout=7200, heartbeat=1, retry=Retry(on=[ConnectionError], attempts=2))
    def measure(plate: str) -> int:
        print("measuring", plate)
        if plate == "torn":
            raise Torn(f"{plate} cannot be read")
        return len(plate)
"""
FLOWS = """
    from functions.plates import Torn, measure
    from functions.work import length
    from ladle import workflow


    @workflow
    def plates(names: list[str]) -> int:
        return sum([measure(name) for name in names]) + length("ab")


    @workflow
    def careful(name: str) -> str:
        try:
            return f"{measure(name)} stars"
        except Torn as error:
            return str(error)
"""


@pytest.fixture
def plates(project, ladle):
    write(project / "functions" / "plates.py", ACTIVITIES)
    write(project / "statemachines" / "plates.py", FLOWS)
    return ladle


def test_a_run_does_the_work_of_activities(plates):
    """At once, and what they print is kept with the call, as of tasks."""
    result = plates("run", "plates", "--input", '{"names": ["a", "bcd"]}')
    assert result.exit_code == 0, result.output
    assert "measure  2 of 2" in result.output
    assert "measuring bcd" in plates("logs", "last").output
    events = json.loads(plates("show", "last", "--history", "--json").output)["history"]
    started = [each for each in events if each["type"] == "ActivityStarted"]
    assert [each["activityStartedEventDetails"]["workerName"] for each in started] == ["ladle"] * 2
    assert "ActivitySucceeded" in {each["type"] for each in events}


def test_a_failure_is_that_of_the_function(plates):
    """Caught by its class; else the run fails with the traceback of the function."""
    assert "torn cannot be read" in plates("run", "careful", "--input", '{"name": "torn"}').output
    result = plates("run", "plates", "--input", '{"names": ["torn"]}')
    assert result.exit_code == 1
    assert "Torn" in result.output
    assert "functions/plates.py" in result.output


def test_a_failed_run_goes_on_with_them(plates, project):
    """Redriven, resumed on corrected code, replayed."""
    assert plates("run", "plates", "--input", '{"names": ["a", "torn"]}').exit_code == 1
    path = project / "functions" / "plates.py"
    path.write_text(path.read_text().replace('if plate == "torn"', 'if plate == "gone"'))
    for name in [each for each in sys.modules if each.partition(".")[0] in ("functions", "statemachines")]:
        del sys.modules[name]
    result = plates("resume", "last", "--yes")
    assert result.exit_code == 0, result.output
    result = plates("replay", "last")
    assert result.exit_code == 0, result.output


def test_the_project_lists_them(plates, project):
    """In `ladle list`, in the pages of `ladle docs`, in the month's price."""
    found = json.loads(plates("list", "--json").output)
    assert [each["name"] for each in found["activities"]] == ["measure"]
    assert "measure" in plates("list").output
    assert plates("check").exit_code == 0, plates("check").output
    assert plates("docs").exit_code == 0
    page = (project / "docs" / "workflows" / "plates.md").read_text()
    assert "activity" in page
    priced = json.loads(plates("cost", "--json").output)
    assert "`measure each` is an activity" in json.dumps(priced)


def test_plain_python_calls_the_function(plates, project):
    """With its retries, on the virtual clock."""
    from ladle.project import Project

    found = plain_run(Project.load(project).workflow("plates"), input={"names": ["a", "bcd"]})
    assert found.output == 6
    assert [call.name for call in found.calls] == ["measure", "measure", "length"]
    assert plates("list").exit_code == 0
