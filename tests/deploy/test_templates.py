"""`chalice package`: the same stage as CloudFormation and as Terraform."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ladle.deploy.chalice.building import build
from ladle.deploy.resources import StateMachine
from tests.deploy.conftest import Deployment
from tests.deploy.terraform_schema import faults

FULL = """
[subscriptions]
ops = ["email:ops@example.org"]
[tags]
team = "data"
[tracing]
enabled = true
[schedules]
window = 5
[vpc]
subnets = ["subnet-0a1b2c3d"]
security_groups = ["sg-0a1b2c3d"]
[roles]
permissions_boundary = "arn:aws:iam::123456789012:policy/boundary"
path = "/data/"
[tasks.delays]
concurrency = 5
storage = 1024
"""

ENCRYPTED = """
[encryption]
key = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d"
"""


def packaged(deployment: Deployment, kind: str, out: Path) -> dict[str, Any]:
    deployment.chalice("package", "--stage", "dev", "--pkg-format", kind, str(out))
    (found,) = out.glob("*.json")
    template: dict[str, Any] = json.loads(found.read_text())
    return template


@pytest.mark.parametrize("settings", ["", FULL])
def test_the_cloudformation_template_is_one_that_aws_takes(
    deployment: Deployment, tmp_path: Path, settings: str
) -> None:
    """As far as cfn-lint knows AWS's schemas: no error and no warning."""
    from cfnlint import ManualArgs, lint_file

    with (deployment.root / "infra" / "dev.toml").open("a") as file:
        file.write(settings)
    packaged(deployment, "cloudformation", tmp_path / "out")
    matches = lint_file(tmp_path / "out" / "sam.json", config=ManualArgs(regions=["eu-central-1"]))
    assert [f"{each.rule.id} {'/'.join(map(str, each.path or []))}: {each.message}" for each in matches] == []
    assert (tmp_path / "out" / "deployment.zip").is_file()


def test_the_cloudformation_template_has_every_resource(deployment: Deployment, tmp_path: Path) -> None:
    """One each, under the names that a deploy would give; a bucket's flag is told as a command."""
    template = packaged(deployment, "cloudformation", tmp_path / "out")
    resources = build(deployment.root, "dev").assembly.resources
    text = json.dumps(template)
    for resource in resources:
        if resource.kind not in ("permission", "subscription"):
            assert f'"{resource.name}"' in text or resource.kind == "bucket_notice", resource
    count = sum(each["Type"] != "AWS::SQS::QueuePolicy" for each in template["Resources"].values())
    assert count == sum(each.kind != "bucket_notice" for each in resources)
    (output,) = template["Outputs"].values()
    assert "--bucket nyc-flights-landing-dev" in output["Value"]


def test_a_definition_in_cloudformation_is_the_definition(deployment: Deployment, tmp_path: Path) -> None:
    """Once the placeholders are filled in; other text with `${` in it stays what it is."""
    template = packaged(deployment, "cloudformation", tmp_path / "out")
    found = {
        each["Properties"]["StateMachineName"]: each["Properties"]["DefinitionString"]["Fn::Sub"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::StepFunctions::StateMachine"
    }
    for resource in build(deployment.root, "dev").assembly.resources:
        if isinstance(resource, StateMachine):
            assert found[resource.name].replace("${!", "${") == resource.text


def test_the_terraform_template_has_every_resource(deployment: Deployment, tmp_path: Path) -> None:
    """Everything that something depends on is there, and no placeholder of CloudFormation is left."""
    template = packaged(deployment, "terraform", tmp_path / "out")
    text = json.dumps(template)
    assert "${AWS::" not in text
    addresses = {f"{kind}.{label}" for kind, each in template["resource"].items() for label in each}
    for each in template["resource"].values():
        for body in each.values():
            assert set(body.get("depends_on", [])) <= addresses
    for kind, label in re.findall(r"\$\{(aws_\w+)\.(\w+)\.\w+\}", text):
        assert f"{kind}.{label}" in addresses
    kinds = {kind: len(each) for kind, each in template["resource"].items()}
    resources = build(deployment.root, "dev").assembly.resources
    assert kinds["aws_sfn_state_machine"] == 2
    assert kinds["aws_lambda_function"] == sum(each.kind == "function" for each in resources)
    assert kinds["aws_iam_role_policy"] == kinds["aws_iam_role"]
    assert len(addresses) == sum(each.kind != "bucket_notice" for each in resources) + kinds[
        "aws_iam_role_policy"
    ] + kinds["aws_cloudwatch_event_target"] + sum(kind.startswith("aws_s3_bucket_") for kind in kinds)


@pytest.mark.parametrize("settings", ["", FULL, ENCRYPTED])
def test_terraform_takes_every_argument(deployment: Deployment, tmp_path: Path, settings: str) -> None:
    """Each resource has the arguments that its type requires, and none that it does not know."""
    with (deployment.root / "infra" / "dev.toml").open("a") as file:
        file.write(settings)
    assert list(faults(packaged(deployment, "terraform", tmp_path / "out"))) == []


def test_a_wrong_argument_would_be_seen(deployment: Deployment, tmp_path: Path) -> None:
    """The table tells what is missing, unknown or of another type."""
    template = packaged(deployment, "terraform", tmp_path / "out")
    function = next(iter(template["resource"]["aws_lambda_function"].values()))
    del function["role"]
    function["memory"] = 512
    function["timeout"] = "60"
    assert [fault.partition(": ")[2] for fault in faults(template)] == [
        "role is required",
        "timeout is str, not int",
        "memory is no argument of it",
    ]


def test_texts_are_literal_in_terraform() -> None:
    """What Terraform would take for an expression of its own is written so that it does not."""
    from ladle.deploy.templates.terraform import _text

    assert (
        _text("a ${b} %{c} {% d %} ${AWS::Region}") == "a $${b} %%{c} {% d %} ${data.aws_region.chalice.name}"
    )
