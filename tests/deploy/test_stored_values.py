"""The bucket of results too large for a state machine: private, expiring, and for those who need it."""

from __future__ import annotations

import pytest

from ladle.compiler import compile_workflow
from ladle.deploy.stored import bucket_name, days_kept, readers, writers
from ladle.project import Project
from tests.cases.map_batches.workflow import map_batches
from tests.deploy.conftest import ACCOUNT, REGION, ROOT, Deployment

BUCKET = f"nyc-flights-dev-values-{ACCOUNT}-{REGION}"


def test_the_bucket_is_private_encrypted_and_expires(shared: Deployment) -> None:
    """Nothing in it is public, and no object outlives its use."""
    client = shared.client("s3")
    access = client.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert len(access) == 4
    assert all(access.values())
    (rule,) = client.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (rule,) = client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule["Expiration"]["Days"] > 14 + 90
    tags = {each["Key"]: each["Value"] for each in client.get_bucket_tagging(Bucket=BUCKET)["TagSet"]}
    assert tags["ladle:stage"] == "dev"


def test_only_tasks_that_need_it_reach_it(shared: Deployment) -> None:
    """A task stores or reads by what the workflows do with it, and its environment says where."""
    found = {}
    for name in ("load_day", "publish_day"):
        full = f"nyc-flights-dev-{name}"
        configured = shared.client("lambda").get_function_configuration(FunctionName=full)
        role = configured["Role"].rpartition("/")[2]
        policy = shared.client("iam").get_role_policy(RoleName=role, PolicyName="ladle")["PolicyDocument"]
        actions = {
            action
            for statement in policy["Statement"]
            if any(BUCKET in resource for resource in statement["Resource"])
            for action in statement["Action"]
        }
        place = configured["Environment"]["Variables"].get("LADLE_VALUES")
        assert (place == f"s3://{BUCKET}/dev") == bool(actions)
        found[name] = actions
    assert found["load_day"] == {"s3:PutObject", "s3:GetObject"}
    assert found["publish_day"] == {"s3:GetObject"}


def test_a_task_that_is_called_in_batches_reads_them() -> None:
    """Though its own argument is a number: the batch may be a reference."""
    compiled = [compile_workflow(map_batches)]
    assert readers(compiled) >= {"weigh", "double", "measure", "total"}
    assert writers(compiled) == {"table", "weigh", "double", "measure"}


def test_values_outlive_redrive_and_replay() -> None:
    """No object is removed while a run that needs it can be redriven, or replayed."""
    workflows = list(Project.load(ROOT).workflows.values())
    longest = max((each.timeout or 365 * 86_400) / 86_400 for each in workflows)
    assert longest + 14 + 90 <= days_kept(workflows) <= longest + 14 + 90 + 1


@pytest.mark.parametrize("app", ["flights", "My_App", "a" * 60, "Ünicode"])
def test_bucket_names_are_legal(app: str) -> None:
    """Whatever the application is called: small letters, digits and hyphens, 63 at most."""
    name = bucket_name(app, "prod").replace("${AWS::AccountId}", ACCOUNT)
    name = name.replace("${AWS::Region}", "ap-southeast-1")
    assert len(name) <= 63
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name[0] != "-"
