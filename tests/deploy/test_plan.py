"""`ladle plan`: what a deploy would do, before anything is touched."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from ladle.cli.app import cli
from tests.deploy.conftest import ACCOUNT, REGION, Deployment


def planned(deployment: Deployment, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(deployment.root)
    return CliRunner().invoke(cli, ["plan", "--stage", "dev", *arguments])


def test_a_new_stage_is_all_to_be_made(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which it will be."""
    result = planned(deployment, monkeypatch)
    assert result.exit_code == 0, result.output
    assert "create  machine nyc-flights-dev-daily_delays" in result.output
    assert result.output.splitlines()[-1].endswith(" to create")
    assert deployment.client("lambda").list_functions()["Functions"] == []


def test_after_a_deploy_there_is_nothing_to_do(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code says so, for CI."""
    result = planned(deployed, monkeypatch, "--check")
    assert (result.exit_code, result.output) == (0, "nothing to do\n")


def test_changes_are_shown_as_a_diff(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a function's settings, a machine's definition, and what leaves the project."""
    with (deployed.root / "infra" / "dev.toml").open("a") as file:
        file.write("\n[tasks.delays]\nmemory = 1024\n")
    deployed.edit(
        "statemachines/daily_delays.py", '"""Delay report of one day, per carrier."""', '"""Another."""'
    )
    (deployed.root / "statemachines" / "monthly_report.py").unlink()
    result = planned(deployed, monkeypatch, "--check")
    assert result.exit_code == 1
    lines = [line.strip() for line in result.output.splitlines()]
    assert "update  function nyc-flights-dev-delays" in lines
    assert '- "memory": 256,' in lines
    assert '+ "memory": 1024,' in lines
    assert '+Comment: "Another."' in lines
    assert "delete  machine nyc-flights-dev-monthly_report" in lines
    assert not [line for line in lines if line.startswith("drift")]


def test_a_changed_workflow_is_shown_as_a_graph(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which steps come and go and where they lead now, then what is said otherwise, by its whole path."""
    deployed.edit(
        "statemachines/daily_delays.py",
        "    if not found:\n",
        "    weather = join_weather(day)\n    if not found:\n",
    )
    deployed.edit(
        "functions/flights.py", "@task(timeout=60, memory=256)\ndef delays", "@task(timeout=90)\ndef delays"
    )
    result = planned(deployed, monkeypatch, "--json")
    (machine,) = [each for each in json.loads(result.output) if each["kind"] == "machine"]
    assert "-join_weather and delays: Parallel -> if not found" in machine["lines"]
    assert "+delays and join_weather: Parallel -> if not found" in machine["lines"]
    assert "-delays each.TimeoutSeconds: 60" in machine["lines"]
    assert "+delays each.TimeoutSeconds: 90" in machine["lines"]


def test_what_somebody_changed_by_hand_is_drift(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function's memory, a machine's definition, a role's policy; and a bucket whose flag is off."""
    deployed.client("lambda").update_function_configuration(
        FunctionName="nyc-flights-dev-delays", MemorySize=3008
    )
    role = "nyc-flights-dev-function-delays"
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    deployed.client("iam").put_role_policy(
        RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(everything)
    )
    deployed.client("s3").put_bucket_notification_configuration(
        Bucket="nyc-flights-landing-dev", NotificationConfiguration={}
    )
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-daily_delays"
    text = deployed.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["definition"]
    changed = text.replace('"TimeoutSeconds":21600', '"TimeoutSeconds":60')
    deployed.client("stepfunctions").update_state_machine(stateMachineArn=arn, definition=changed)
    found = json.loads(planned(deployed, monkeypatch, "--json").output)
    assert [(each["action"], each["kind"], each["name"]) for each in found] == [
        ("create", "bucket_notice", "nyc-flights-landing-dev"),
        ("drift", "role", role),
        ("drift", "function", "nyc-flights-dev-delays"),
        ("drift", "machine", "nyc-flights-dev-daily_delays"),
    ]
    deployed.chalice("deploy", "--stage", "dev")
    assert json.loads(planned(deployed, monkeypatch, "--json").output) == []
    assert any('"policy by-hand"' in line for line in found[1]["lines"])
    assert any("3008" in line and line.startswith("-") for line in found[2]["lines"])
