"""The starter and the deployment agree: on the project's file, on events, on names."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from ladle.deploy.assemble import Assembly, assemble
from ladle.deploy.package import PROJECT_FILE, contents
from ladle.deploy.resources import EventRule, Schedule, StateMachine
from ladle.deploy.stage import load_stage
from ladle.project import Project
from ladle.runtime import project_file
from ladle.runtime.run_names import scheduled_name
from ladle.runtime.starter import handler
from tests.starter.stage import ACCOUNT, REGION, WAITING, Call, uploaded

ROOT = Path(__file__).parents[2]


@pytest.fixture
def deployed(stage: Any, tmp_path: Path) -> Assembly:
    """The sample project's machines under their real names, and its real file in the package."""
    assembly = assemble(Project.load(ROOT), load_stage(ROOT, "prod"), "nyc-flights")
    (tmp_path / PROJECT_FILE).write_text(contents(assembly).generated[PROJECT_FILE])
    project_file._document.cache_clear()
    for each in assembly.resources:
        if isinstance(each, StateMachine):
            stage.create_state_machine(
                name=each.name,
                definition=json.dumps(WAITING),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
            )
    return assembly


def of(assembly: Assembly, kind: type[Any], logical: str) -> Any:
    """A resource of the stage."""
    [found] = [each for each in assembly.resources if isinstance(each, kind) and each.logical == logical]
    return found


def test_the_file_is_read_as_it_is_written(deployed: Assembly, call: Call) -> None:
    """Machines and topics as ARNs, every workflow with its input."""
    project = project_file.project_file(call)
    assert (project.app, project.stage, set(project.workflows)) == (
        "nyc-flights",
        "prod",
        set(deployed.machines),
    )
    daily = project.workflow("daily_delays")
    assert (
        daily.machine == f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{deployed.machines['daily_delays']}"
    )
    assert daily.topic == f"arn:aws:sns:{REGION}:{ACCOUNT}:nyc-flights-ops-prod"
    assert daily.parameters == ("bucket", "key")


def test_the_event_that_the_rule_makes_starts_the_run(deployed: Assembly, call: Call) -> None:
    """EventBridge puts the values of the event where the rule's template names them."""
    rule = of(deployed, EventRule, "daily_delays-1")
    sent = uploaded("flights/2013 01 01.csv")
    text = rule.template
    for name in rule.paths:
        value = sent.get(name, f"some {name}")
        text = text.replace(f"<{name}>", json.dumps(value) if isinstance(value, dict) else value)
    [run] = handler(json.loads(text), call)["runs"]
    assert (run["workflow"], run["started"]) == ("daily_delays", True)
    states = boto3.client("stepfunctions", region_name=REGION)
    given = json.loads(states.describe_execution(executionArn=run["execution"])["input"])
    assert given["key"] == "flights/2013 01 01.csv"


def test_the_event_that_a_schedule_sends_gives_the_name_that_a_deadline_looks_for(
    deployed: Assembly, call: Call
) -> None:
    """Scheduler puts the time where the input names it."""
    schedule = of(deployed, Schedule, "monthly_report-1")
    text = schedule.payload.replace("<aws.scheduler.scheduled-time>", "2013-02-01T11:00:00Z")
    [run] = handler(json.loads(text), call)["runs"]
    [trigger] = project_file.project_file(call).workflow("monthly_report").triggers
    when = datetime.fromisoformat("2013-02-01T11:00:00+00:00")
    assert run["run"] == scheduled_name("monthly_report", trigger["input"], when)
