"""What `chalice deploy` and `chalice delete` do over time, in an AWS in memory."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.client
import pytest
from botocore.exceptions import ClientError
from chalice.awsclient import TypedAWSClient

from ladle.deploy.policies import statements
from tests.deploy.conftest import ACCOUNT, REGION, Deployment

READS = ("Describe", "Get", "List", "Head")


@contextmanager
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Every call that changes something, by its name."""
    found: Counter[str] = Counter()
    original = botocore.client.BaseClient._make_api_call

    def record(self: Any, operation: str, arguments: Any) -> Any:
        if not operation.startswith(READS):
            found[operation] += 1
        return original(self, operation, arguments)

    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", record)
        yield found


def test_other_notifications_of_the_bucket_stay(deployment: Deployment) -> None:
    """The bucket is not ours: only the flag for EventBridge is added to what it has."""
    queue = deployment.client("sqs").create_queue(QueueName="others")
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:others"
    del queue
    deployment.client("s3").put_bucket_notification_configuration(
        Bucket="nyc-flights-landing-dev",
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    deployment.chalice("deploy", "--stage", "dev")
    found = deployment.client("s3").get_bucket_notification_configuration(Bucket="nyc-flights-landing-dev")
    assert "EventBridgeConfiguration" in found
    assert found["QueueConfigurations"][0]["QueueArn"] == arn


def test_a_bucket_of_another_region_is_refused(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EventBridge would never hear of its uploads; the message says the way round. Nothing is made before."""
    client = boto3.client("s3", region_name="us-east-1")
    client.delete_bucket(Bucket="nyc-flights-landing-dev")
    client.create_bucket(Bucket="nyc-flights-landing-dev")
    with calls(monkeypatch) as found:
        refused = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert "'nyc-flights-landing-dev' is in us-east-1, and the stage in eu-central-1" in refused.output
    assert "send the bucket's events to the event bus of eu-central-1" in refused.output
    assert found == {}


def test_a_bucket_of_another_account_is_refused(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may not look at a bucket cannot have its events; the message says the way round."""
    original = botocore.client.BaseClient._make_api_call

    def refuse(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "HeadBucket" and "landing" in arguments["Bucket"]:
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, operation)
        return original(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", refuse)
    with calls(monkeypatch) as found:
        refused = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert f"'nyc-flights-landing-dev' is not in the account {ACCOUNT}" in refused.output
    assert found == {}


def test_nothing_is_touched_without_need(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second deploy of the same project only reads."""
    with calls(monkeypatch) as found:
        deployed.chalice("deploy", "--stage", "dev")
    assert found == {}


def test_only_what_changed_is_touched(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that gives one task more memory changes one function's configuration, and no code."""
    with (deployed.root / "infra" / "dev.toml").open("a") as file:
        file.write("\n[tasks.delays]\nmemory = 1024\n")
    with calls(monkeypatch) as found:
        deployed.chalice("deploy", "--stage", "dev")
    lock = {"PutItem": 1, "DeleteItem": 1}
    wanted = {"UpdateFunctionConfiguration": 1, "DeleteFunctionConcurrency": 1, "TagResource": 1}
    assert found == {**wanted, **lock}
    configuration = deployed.client("lambda").get_function(FunctionName="nyc-flights-dev-delays")[
        "Configuration"
    ]
    assert configuration["MemorySize"] == 1024


def test_changed_code_reaches_every_function(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """All functions share one package; machines, roles and schedules are left alone."""
    deployed.edit("functions/storage.py", "import csv", "import csv  # changed")
    with calls(monkeypatch) as found:
        deployed.chalice("deploy", "--stage", "dev")
    assert set(found) == {"UpdateFunctionCode", "TagResource", "PutItem", "DeleteItem"}


def test_what_leaves_the_code_leaves_the_account(deployed: Deployment) -> None:
    """A removed workflow takes its machine, role, logs and schedule with it."""
    (deployed.root / "statemachines" / "monthly_report.py").unlink()
    deployed.chalice("deploy", "--stage", "dev")
    machines = deployed.client("stepfunctions").list_state_machines()["stateMachines"]
    assert [each["name"] for each in machines] == ["nyc-flights-dev-daily_delays"]
    schedules = [each["Name"] for each in deployed.client("scheduler").list_schedules()["Schedules"]]
    assert schedules == ["nyc-flights-dev-ladle-sweep"]
    roles = {each["RoleName"] for each in deployed.client("iam").list_roles()["Roles"]}
    assert "nyc-flights-dev-machine-monthly_report" not in roles


def test_the_machine_of_a_split_loop_comes_and_goes_with_it(deployed: Deployment) -> None:
    """With its role; its workflow's machine may start it as long as it is there."""
    path = deployed.root / "statemachines" / "swept.py"
    path.write_text(
        "from functions.flights import quarantine\nfrom ladle import in_order, split, workflow\n\n\n"
        "@workflow\ndef swept(keys: list[str]) -> None:\n    with split(every=50):\n"
        '        for key in keys:\n            quarantine("landing", key, "x")\n'
    )

    def machines() -> dict[str, str]:
        states = deployed.client("stepfunctions")
        found = states.list_state_machines()["stateMachines"]
        arns = {each["name"]: each["stateMachineArn"] for each in found}
        return {
            name.removeprefix("nyc-flights-dev-"): states.describe_state_machine(stateMachineArn=arn)[
                "definition"
            ]
            for name, arn in arns.items()
        }

    deployed.chalice("deploy", "--stage", "dev")
    assert "swept-for-key" in machines()
    assert ":nyc-flights-dev-swept-for-key" in machines()["swept"]
    deployed.edit("statemachines/swept.py", "split(every=50)", "in_order()")
    deployed.chalice("deploy", "--stage", "dev")
    assert "swept" in machines()
    assert "swept-for-key" not in machines()
    roles = [each["RoleName"] for each in deployed.client("iam").list_roles()["Roles"]]
    assert not [name for name in roles if "swept-for-key" in name]


def test_deleting_leaves_nothing(deployed: Deployment) -> None:
    """Log groups included, and the machine that a resumed run has had."""
    states = deployed.client("stepfunctions")
    own = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-daily_delays"
    found = states.describe_state_machine(stateMachineArn=own)
    states.create_state_machine(
        name=f"{found['name']}-resume", definition=found["definition"], roleArn=found["roleArn"]
    )
    deployed.chalice("delete", "--stage", "dev")
    assert left(deployed) == {}


def test_deleting_goes_on_where_something_is_gone_already(deployed: Deployment) -> None:
    """Somebody has deleted parts of the stage by hand."""
    deployed.client("lambda").delete_function(FunctionName="nyc-flights-dev-load_day")
    deployed.client("events").remove_targets(Rule="nyc-flights-dev-daily_delays-1", Ids=["ladle"])
    deployed.client("events").delete_rule(Name="nyc-flights-dev-daily_delays-1")
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-daily_delays"
    deployed.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    deployed.chalice("delete", "--stage", "dev")
    assert left(deployed) == {}


def left(deployed: Deployment) -> dict[str, Any]:
    """Everything that is in the account, apart from the buckets."""
    found = {
        "functions": deployed.client("lambda").list_functions()["Functions"],
        "machines": deployed.client("stepfunctions").list_state_machines()["stateMachines"],
        "policies": deployed.client("iam").list_policies(Scope="Local")["Policies"],
        "roles": deployed.client("iam").list_roles()["Roles"],
        "schedules": deployed.client("scheduler").list_schedules()["Schedules"],
        "rules": deployed.client("events").list_rules()["Rules"],
        "queues": deployed.client("sqs").list_queues().get("QueueUrls", []),
        "topics": deployed.client("sns").list_topics()["Topics"],
        "tables": deployed.client("dynamodb").list_tables()["TableNames"],
        "logs": deployed.client("logs").describe_log_groups()["logGroups"],
        "alarms": deployed.client("cloudwatch").describe_alarms()["MetricAlarms"],
    }
    return {kind: each for kind, each in found.items() if each}


def test_two_stages_live_side_by_side(deployed: Deployment) -> None:
    """Deleting one leaves the other whole."""
    before = len(deployed.client("lambda").list_functions()["Functions"])
    deployed.chalice("deploy", "--stage", "prod")
    assert len(deployed.client("lambda").list_functions()["Functions"]) == 2 * before
    deployed.chalice("delete", "--stage", "dev")
    names = [each["FunctionName"] for each in deployed.client("lambda").list_functions()["Functions"]]
    assert len(names) == before
    assert all(name.startswith("nyc-flights-prod-") for name in names)


def test_an_interrupted_deploy_is_picked_up(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was made before the failure is in the record; the next deploy makes the rest only."""
    original = botocore.client.BaseClient._make_api_call

    def fail(self: Any, operation: str, arguments: Any) -> Any:
        if operation == "CreateStateMachine":
            raise ConnectionError("the line is dead")
        return original(self, operation, arguments)

    with monkeypatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", fail)
        failed = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert isinstance(failed.exception, ConnectionError)
    record = json.loads((deployment.root / ".chalice" / "deployed" / "dev.json").read_text())
    assert sum(each["resource_type"] == "ladle_function" for each in record["resources"]) >= 9
    with calls(monkeypatch) as found:
        deployment.chalice("deploy", "--stage", "dev")
    assert found["CreateStateMachine"] == 2
    assert found["CreateFunction"] <= 3
    deployment.chalice("delete", "--stage", "dev")
    assert left(deployment) == {}


def test_a_lost_record_does_not_stop_a_deploy(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tags say what there is: nothing is made twice, nothing is changed, and deleting works again."""
    (deployed.root / ".chalice" / "deployed" / "dev.json").unlink()
    with calls(monkeypatch) as found:
        deployed.chalice("deploy", "--stage", "dev")
    assert not [name for name in found if name.startswith("Create")]
    deployed.chalice("delete", "--stage", "dev")
    assert left(deployed) == {}


def test_a_machine_with_open_runs_is_not_deleted(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless that is asked for; and nothing else was deleted before the refusal."""
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nyc-flights-dev-daily_delays"
    deployed.client("stepfunctions").start_execution(stateMachineArn=arn, input="{}", name="a")
    before = left(deployed)
    refused = deployed.chalice("delete", "--stage", "dev", fails=True)
    assert refused.exit_code == 1
    assert "nyc-flights-dev-daily_delays (1)" in refused.output
    assert {kind: len(each) for kind, each in left(deployed).items()} == {
        kind: len(each) for kind, each in before.items()
    }
    monkeypatch.setenv("LADLE_STOP_RUNS", "1")
    deployed.chalice("delete", "--stage", "dev")
    assert left(deployed) == {}


def test_a_machine_of_another_type_is_replaced(deployed: Deployment) -> None:
    """Step Functions does not change the type of a machine."""
    deployed.edit(
        "statemachines/daily_delays.py", 'alerts="ops", timeout=6 * 3600', 'type="EXPRESS", timeout=300'
    )
    (deployed.root / "statemachines" / "monthly_report.py").unlink()
    deployed.chalice("deploy", "--stage", "dev")
    (machine,) = deployed.client("stepfunctions").list_state_machines()["stateMachines"]
    assert machine["type"] == "EXPRESS"


def test_what_is_not_ours_is_not_taken(deployment: Deployment) -> None:
    """A topic of that name which somebody else made is used only by its ARN."""
    deployment.client("sns").create_topic(Name="nyc-flights-ops-dev")
    refused = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert refused.exit_code == 1
    assert "there is already a topic 'nyc-flights-ops-dev'" in refused.output
    assert "write its ARN under [topics]" in refused.output
    assert deployment.client("lambda").list_functions()["Functions"] == []


def test_the_plan_touches_nothing(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """`chalice dev plan` shows every call."""
    with calls(monkeypatch) as found:
        shown = deployment.chalice("dev", "plan", "--stage", "dev").output
    assert found == {}
    assert shown.count("ladle_create") > 40
    assert "nyc-flights-dev-monthly_report" in shown


def test_the_graph_shows_the_machines(deployment: Deployment) -> None:
    """`chalice dev appgraph` imports the app while it builds the graph already."""
    assert "machine.daily_delays" in deployment.chalice("dev", "appgraph", "--stage", "dev").output


def test_two_deploys_do_not_interleave(deployed: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is refused before it touches anything, and told who the first one is."""
    table = {"TableName": "nyc-flights-dev-ladle-claims"}
    client = deployed.client("dynamodb")
    soon = {"N": str(int(time.time()) + 600)}
    client.put_item(**table, Item={"id": {"S": "deploy"}, "holder": {"S": "ann@laptop"}, "expires": soon})
    deployed.edit("functions/storage.py", "import csv", "import csv  # changed")
    with calls(monkeypatch) as found:
        refused = deployed.chalice("deploy", "--stage", "dev", fails=True)
    assert refused.exit_code == 1
    assert "another deploy of this stage is going on: ann@laptop" in refused.output
    assert found == {"PutItem": 1}
    past = {"N": str(int(time.time()) - 1)}
    client.put_item(**table, Item={"id": {"S": "deploy"}, "holder": {"S": "ann@laptop"}, "expires": past})
    deployed.chalice("deploy", "--stage", "dev")
    assert "Item" not in client.get_item(**table, Key={"id": {"S": "deploy"}})


def test_first_deploys_do_not_interleave(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first deploy makes the table that it is locked by before all else; the other finds the lock there."""
    table = {"TableName": "nyc-flights-dev-ladle-claims"}
    client = deployment.client("dynamodb")
    with calls(monkeypatch) as found:
        deployment.chalice("deploy", "--stage", "dev")
    assert (found["CreateTable"], found["PutItem"], found["DeleteItem"]) == (1, 2, 1)
    assert list(found)[:2] == ["PutItem", "CreateTable"]
    soon = {"N": str(int(time.time()) + 600)}
    client.put_item(**table, Item={"id": {"S": "deploy"}, "holder": {"S": "ann@laptop"}, "expires": soon})
    (deployment.root / ".chalice" / "deployed" / "dev.json").unlink()  # as for one that began beside it
    deployment.edit("functions/storage.py", "import csv", "import csv  # changed")
    with calls(monkeypatch) as found:
        refused = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert "another deploy of this stage is going on: ann@laptop" in refused.output
    assert found == {"PutItem": 1}


def test_what_outgrows_a_role_goes_into_policies_of_its_own(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attached to it, changed in place, detached when no longer needed, and deleted with the stage."""
    iam, role = deployment.client("iam"), "nyc-flights-dev-machine-monthly_report"

    def attached() -> list[str]:
        found = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return [each["PolicyName"] for each in found]

    with monkeypatch.context() as patch:
        patch.setattr(statements, "INLINE", 500)
        patch.setattr(statements, "MANAGED", 900)
        deployment.chalice("deploy", "--stage", "dev")
        names = attached()
        assert names == [f"{role}-{number}" for number in range(1, len(names) + 1)]
        assert len(names) > 1
        with (deployment.root / "infra" / "dev.toml").open("a") as file:
            file.write("\n[tracing]\nenabled = true\n")
        deployment.chalice("deploy", "--stage", "dev")
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{attached()[-1]}"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        assert "xray:" in json.dumps(document)
    deployment.chalice("deploy", "--stage", "dev")
    assert attached() == []
    deployment.chalice("delete", "--stage", "dev")
    assert left(deployment) == {}


def test_a_large_package_goes_through_s3(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the bucket that the stage names; without one, the message says what to write."""
    monkeypatch.setattr("ladle.deploy.services.functions.DIRECT_BYTES", 1000)
    refused = deployment.chalice("deploy", "--stage", "dev", fails=True)
    assert refused.exit_code == 1
    assert "Lambda takes 50 MB directly" in refused.output
    assert '[package] bucket = "…"' in refused.output
    where = {"LocationConstraint": REGION}
    deployment.client("s3").create_bucket(Bucket="artifacts", CreateBucketConfiguration=where)
    with (deployment.root / "infra" / "dev.toml").open("a") as file:
        file.write('\n[package]\nbucket = "artifacts"\n')
    with calls(monkeypatch) as found:
        deployment.chalice("deploy", "--stage", "dev")
    assert found["PutObject"] == 1
    assert found["CreateFunction"] >= 10


def test_requirements_may_be_a_layer(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `automatic_layer`: every function has it, and an unchanged one makes no function change."""
    vendor = deployment.root / "vendor"
    vendor.mkdir()
    (vendor / "rates.py").write_text("EUR = 1.0\n")
    config = deployment.root / ".chalice" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "automatic_layer": True}))
    deployment.chalice("deploy", "--stage", "dev")
    client = deployment.client("lambda")
    for name in ("load_day", "ladle-starter"):
        found = client.get_function(FunctionName=f"nyc-flights-dev-{name}")["Configuration"]
        assert [each["Arn"].rpartition(":")[0] for each in found["Layers"]] == [
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:nyc-flights-dev-managed-layer"
        ]
    # moto cannot look a layer's version up by its ARN.
    monkeypatch.setattr(TypedAWSClient, "get_layer_version", lambda _, arn: {"LayerVersionArn": arn})
    with calls(monkeypatch) as touched:
        deployment.chalice("deploy", "--stage", "dev")
    assert set(touched) <= {"PublishLayerVersion", "DeleteLayerVersion"}  # Chalice's own, at each deploy
    deployment.chalice("delete", "--stage", "dev")
    assert left(deployment) == {}


def test_deleting_the_stage_deletes_what_was_stored(deployed: Deployment) -> None:
    """Values are of no use without the machines that pass them."""
    bucket = f"nyc-flights-dev-values-{ACCOUNT}-{REGION}"
    client = deployed.client("s3")
    client.put_object(Bucket=bucket, Key="dev/daily_delays/run-1/0.json", Body=b"[]")
    deployed.chalice("delete", "--stage", "dev")
    assert bucket not in {each["Name"] for each in client.list_buckets()["Buckets"]}
