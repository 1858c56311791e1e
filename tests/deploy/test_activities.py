"""Activities of a stage: made, tagged, changed, swept, deleted, in templates, and worked off."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ladle.cli.app import cli
from ladle.compiler import compile_workflow
from ladle.deploy.account import here
from ladle.deploy.adopt import adopt
from ladle.deploy.assemble import Assembly, assemble
from ladle.deploy.resources import ActivityResource, Role, StateMachine
from ladle.deploy.stage import load_stage
from ladle.deploy.working import work_of
from ladle.errors import LadleError
from ladle.project import Project
from ladle.testing import mock_stepfunctions
from tests.deploy.conftest import ACCOUNT, REGION, Deployment
from tests.deploy.terraform_schema import faults
from tests.deploy.test_deploying import calls

FUNCTIONS = """
from ladle import Secret, activity


@activity(timeout=7200, heartbeat=60)
def measure(plate: str, key: str = Secret("telescope")) -> int:
    return len(plate)


@activity
def archive(plate: str) -> None: ...
"""
WORKFLOWS = """
from functions.plates import archive, measure
from ladle import workflow


@workflow
def plates(name: str) -> int:
    stars = measure(name)
    archive(name)
    return stars
"""
KEY = "arn:aws:kms:eu-central-1:123456789012:key/abc"
ARN = f"arn:aws:states:{REGION}:{ACCOUNT}:activity:nyc-flights-dev-measure"


def add(root: Path) -> None:
    (root / "functions" / "plates.py").write_text(FUNCTIONS)
    (root / "statemachines" / "plates.py").write_text(WORKFLOWS)


def assembled(root: Path, **changes: Any) -> Assembly:
    add(root)
    project = Project.load(root)
    return assemble(project, replace(load_stage(root, "dev"), **changes), "nyc-flights")


def test_a_machine_names_the_activity_of_its_stage(project: Path) -> None:
    """It needs no permission for it; the committed definition has only its name."""
    found = assembled(project)
    by_key = {each.key: each for each in found.resources}
    machine, role = by_key["machine.plates"], by_key["role.machine-plates"]
    assert isinstance(machine, StateMachine)
    assert isinstance(role, Role)
    resource = machine.definition["States"]["measure"]["Resource"]
    assert resource == by_key["activity.measure"].arn
    assert resource.endswith(":activity:nyc-flights-dev-measure")
    assert "activity" not in json.dumps(list(role.policies.values()))
    committed = compile_workflow(found.project.workflow("plates")).definition
    assert committed["States"]["measure"]["Resource"] == "${measure}"


def test_the_stage_reaches_activities(project: Path) -> None:
    """Its tags, and its key: with another one an activity is replaced."""
    found = assembled(project, kms_key=KEY, tags={"team": "data"})
    (activity,) = [each for each in found.resources if each.key == "activity.measure"]
    assert isinstance(activity, ActivityResource)
    assert activity.kms_key == KEY
    assert activity.tags["team"] == "data"
    assert "kms_key" in type(activity).immutable


def test_they_come_and_go_with_the_code(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Created with the stage's tags, left alone when nothing changes, swept, deleted."""
    states = deployment.client("stepfunctions")
    add(deployment.root)
    deployment.chalice("deploy", "--stage", "dev")
    assert {each["name"] for each in states.list_activities()["activities"]} == {
        "nyc-flights-dev-measure",
        "nyc-flights-dev-archive",
    }
    recorded = json.loads((deployment.root / ".chalice" / "deployed" / "dev.json").read_text())["resources"]
    assert ARN in {each.get("arn") for each in recorded}
    with calls(monkeypatch) as made:
        deployment.chalice("deploy", "--stage", "dev")
    assert not made["CreateActivity"] + made["DeleteActivity"]
    (deployment.root / "statemachines" / "plates.py").write_text(
        WORKFLOWS.replace("    archive(name)\n", "").replace("archive, ", "")
    )
    deployment.edit("functions/plates.py", "\n\n@activity\ndef archive(plate: str) -> None: ...\n", "\n")
    deployment.chalice("deploy", "--stage", "dev")
    assert [each["name"] for each in states.list_activities()["activities"]] == ["nyc-flights-dev-measure"]
    deployment.chalice("delete", "--stage", "dev")
    assert states.list_activities()["activities"] == []


def test_a_lost_record_is_rebuilt_with_them(deployment: Deployment) -> None:
    """Also with those that have left the code since."""
    add(deployment.root)
    deployment.chalice("deploy", "--stage", "dev")
    for path in ("functions/plates.py", "statemachines/plates.py"):
        (deployment.root / path).unlink()
    deployment.edit("infra/dev.toml", "[buckets]", "[buckets]")
    project = Project.load(deployment.root)
    found = adopt(assemble(project, load_stage(deployment.root, "dev"), "nyc-flights"), here())
    kinds = {(each["kind"], each["aws_name"]) for each in found}
    assert ("activity", "nyc-flights-dev-measure") in kinds


def packaged(deployment: Deployment, kind: str, out: Path) -> dict[str, Any]:
    add(deployment.root)
    deployment.edit("infra/dev.toml", "[buckets]", f'[encryption]\nkey = "{KEY}"\n[buckets]')
    deployment.chalice("package", "--stage", "dev", "--pkg-format", kind, str(out))
    (file,) = out.glob("*.json")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_cloudformation_makes_them(deployment: Deployment, tmp_path: Path) -> None:
    """With tags and key; the machine depends on them."""
    resources = packaged(deployment, "cloudformation", tmp_path / "out")["Resources"]
    made = {name: each for name, each in resources.items() if each["Type"] == "AWS::StepFunctions::Activity"}
    names = {each["Properties"]["Name"]: name for name, each in made.items()}
    assert set(names) == {"nyc-flights-dev-measure", "nyc-flights-dev-archive"}
    properties = made[names["nyc-flights-dev-measure"]]["Properties"]
    assert properties["EncryptionConfiguration"] == {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY}
    assert {"Key": "ladle:key", "Value": "activity.measure"} in properties["Tags"]
    (machine,) = [
        each
        for each in resources.values()
        if each["Properties"].get("StateMachineName") == "nyc-flights-dev-plates"
    ]
    assert set(names.values()) <= set(machine["DependsOn"])


def test_terraform_makes_them(deployment: Deployment, tmp_path: Path) -> None:
    """In a form that its provider takes."""
    template = packaged(deployment, "terraform", tmp_path / "out")
    made = template["resource"]["aws_sfn_activity"]
    assert {each["name"] for each in made.values()} == {"nyc-flights-dev-measure", "nyc-flights-dev-archive"}
    assert list(faults(template)) == []


def test_a_worker_finds_its_work(project: Path) -> None:
    """Where to ask, what handlers look for, what the stage says; and what it may do, which is no more."""
    add(project)
    stage = replace(
        load_stage(project, "dev"), secrets={"telescope": "prod/telescope"}, environment={"A": "1"}
    )
    work = work_of(Project.load(project), stage, "nyc-flights", "measure")
    assert work.arn.endswith(":activity:nyc-flights-dev-measure")
    assert (work.environment["A"], work.environment["LADLE_STAGE"]) == ("1", "dev")
    assert "prod/telescope" in work.environment["LADLE_SOURCES"]
    assert {(each.actions, each.resources) for each in work.statements} == {
        (("states:GetActivityTask",), (work.arn,)),
        (("states:SendTaskSuccess", "states:SendTaskFailure", "states:SendTaskHeartbeat"), ("*",)),
        (
            ("secretsmanager:GetSecretValue",),
            (
                "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
                "prod/telescope-??????",
            ),
        ),
    }


def test_the_command_does_the_work(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the activity of the stage, with the names that the project's handlers look for."""
    add(deployment.root)
    monkeypatch.chdir(deployment.root)
    monkeypatch.setenv("LADLE_SECRET_TELESCOPE", "k")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with mock_stepfunctions():
        states = deployment.client("stepfunctions")
        states.create_activity(name="nyc-flights-dev-measure")
        project = Project.load(deployment.root)
        found = assemble(project, load_stage(deployment.root, "dev"), "nyc-flights")
        (machine,) = [each for each in found.resources if each.key == "machine.plates"]
        assert isinstance(machine, StateMachine)
        definition = json.loads(here().text(machine.text))
        definition["States"]["measure"].update(Next=None, End=True)
        del definition["States"]["measure"]["Next"], definition["States"]["archive"]
        arn = states.create_state_machine(
            name="plates", definition=json.dumps(definition), roleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
        )["stateMachineArn"]
        run = states.start_execution(stateMachineArn=arn, name="one", input='{"name": "abc"}')["executionArn"]
        result = CliRunner().invoke(cli, ["worker", "measure", "--stage", "dev", "--idle", "0"])
        assert result.exit_code == 0, result.output
        assert "one: measure succeeded after" in result.output
        assert states.describe_execution(executionArn=run)["status"] == "SUCCEEDED"


def test_an_unknown_activity_names_the_nearest(project: Path) -> None:
    add(project)
    with pytest.raises(LadleError, match="no activity 'mesure': did you mean 'measure'"):
        work_of(Project.load(project), load_stage(project, "dev"), "nyc-flights", "mesure")


def test_the_command_prints_the_policy_of_a_worker(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the account's ARNs: ready to be put on whatever runs the worker."""
    add(deployment.root)
    monkeypatch.chdir(deployment.root)
    result = CliRunner().invoke(cli, ["worker", "measure", "--stage", "dev", "--policy"])
    assert result.exit_code == 0, result.output
    statements = json.loads(result.stdout)["Statement"]
    assert {"Effect": "Allow", "Action": ["states:GetActivityTask"], "Resource": [ARN]} in statements
