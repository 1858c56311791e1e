"""`ladle adopt`: a lost record is rebuilt from what is in the account."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ladle.cli.app import cli
from tests.deploy.conftest import Deployment
from tests.deploy.test_deploying import calls, left


def test_a_lost_record_is_rebuilt(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what has left the project meanwhile, so that the next deploy removes that too."""
    monkeypatch.chdir(deployed.root)
    path = deployed.root / ".chalice" / "deployed" / "dev.json"
    before = {each["name"] for each in json.loads(path.read_text())["resources"]}
    path.unlink()
    result = CliRunner().invoke(cli, ["adopt", "--stage", "dev"])
    assert result.exit_code == 0, result.output
    assert {each["name"] for each in json.loads(path.read_text())["resources"]} == before
    path.unlink()
    (deployed.root / "statemachines" / "monthly_report.py").unlink()
    deployed.edit("functions/months.py", "@task", "#")
    assert CliRunner().invoke(cli, ["adopt", "--stage", "dev"]).exit_code == 0
    assert before - {each["name"] for each in json.loads(path.read_text())["resources"]} == set()
    deployed.chalice("deploy", "--stage", "dev")
    names = {each["FunctionName"] for each in deployed.client("lambda").list_functions()["Functions"]}
    assert "nyc-flights-dev-ask_approval" not in names
    assert "nyc-flights-dev-load_day" in names
    deployed.chalice("delete", "--stage", "dev")
    assert left(deployed) == {}


def test_the_machine_of_resumed_runs_is_not_taken_for_what_left_the_project(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next deploy would remove it, with the runs that go on there."""
    monkeypatch.chdir(deployed.root)
    path = deployed.root / ".chalice" / "deployed" / "dev.json"
    before = {each["name"] for each in json.loads(path.read_text())["resources"]}
    states = deployed.client("stepfunctions")
    (own,) = (
        each["stateMachineArn"]
        for each in states.list_state_machines()["stateMachines"]
        if each["name"].endswith("-daily_delays")
    )
    found = states.describe_state_machine(stateMachineArn=own)
    states.create_state_machine(
        name=f"{found['name']}-resume",
        definition=found["definition"],
        roleArn=found["roleArn"],
        tags=[
            {"key": "ladle:app", "value": "nyc-flights"},
            {"key": "ladle:stage", "value": "dev"},
            {"key": "ladle:key", "value": "resume.daily_delays"},
        ],
    )
    path.unlink()
    assert CliRunner().invoke(cli, ["adopt", "--stage", "dev"]).exit_code == 0
    assert {each["name"] for each in json.loads(path.read_text())["resources"]} == before


def test_adopting_changes_nothing(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the account nor a record that is there."""
    monkeypatch.chdir(deployed.root)
    refused = CliRunner().invoke(cli, ["adopt", "--stage", "dev"])
    assert refused.exit_code == 2
    assert ".chalice/deployed/dev.json exists" in refused.output
    (deployed.root / ".chalice" / "deployed" / "dev.json").unlink()
    with calls(monkeypatch) as found:
        assert CliRunner().invoke(cli, ["adopt", "--stage", "dev"]).exit_code == 0
    assert found == {}


def test_what_a_smaller_project_has_no_use_for_is_found(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The alarm, the bucket of stored values, Ladle's own functions: of every kind that may be left over."""
    monkeypatch.chdir(deployed.root)
    (deployed.root / ".chalice" / "deployed" / "dev.json").unlink()
    for path in (deployed.root / "statemachines").glob("*.py"):
        path.unlink()
    adopted = CliRunner().invoke(cli, ["adopt", "--stage", "dev"])
    assert adopted.exit_code == 0, adopted.output
    deployed.chalice("delete", "--stage", "dev")
    assert left(deployed) == {}
    buckets = [each["Name"] for each in deployed.client("s3").list_buckets()["Buckets"]]
    assert not [name for name in buckets if "values" in name]
    assert deployed.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
