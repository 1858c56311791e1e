"""The role of a state machine: everything that its definition does is allowed, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ladle.asl.integrations import OPTIMIZED
from ladle.deploy.policies import FORCED_WILDCARDS, Statement, machine_statements
from ladle.deploy.policies.machines import INTEGRATIONS
from ladle.deploy.resources import arn
from ladle.errors import LadleError
from tests.policies.iam import allows, compiled, pairs

MACHINE = arn("states", "stateMachine:app-dev-w")
RULE = arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
DEFINITIONS = {
    path: definition
    for path, definition in compiled().items()
    if not any(part.startswith("aws_") for part in path.split("/"))  # other services: below
}


def states_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a `Type`, wherever it stands: found without knowing what a definition looks like."""
    if isinstance(value, dict):
        if isinstance(value.get("Type"), str):
            yield value
        for item in value.values():
            yield from states_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from states_of(item)


def needs(definition: dict[str, Any]) -> set[tuple[str, str]]:
    """What a compiled workflow does: call functions, and run machines and wait for them."""
    found: set[tuple[str, str]] = set()
    for state in states_of(definition):
        arguments = state.get("Arguments", {})
        resource = state.get("Resource", "")
        if "lambda:invoke" in resource:
            found.add(("lambda:InvokeFunction", arguments["FunctionName"]))
        elif "states:startExecution" in resource:
            machine = arguments["StateMachineArn"]
            runs = machine.replace("stateMachine", "execution") + ":*"
            found.add(("states:StartExecution", machine))
            if not resource.endswith(".sync:2"):
                continue
            found |= {(f"states:{each}Execution", runs) for each in ("Describe", "Stop", "Redrive")}
            found |= {(f"events:{each}", RULE) for each in ("PutTargets", "PutRule", "DescribeRule")}
        elif resource.endswith(":aws-sdk:sfn:startSyncExecution"):
            found.add(("states:StartSyncExecution", arguments["StateMachineArn"]))
        else:  # who takes the work of an activity needs a permission, the machine does not
            assert state["Type"] != "Task" or ":activity:" in resource, resource
        if state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            for own in (MACHINE, f"{MACHINE}-resume"):  # what resumes a run has the same Maps
                runs = own.replace("stateMachine", "execution") + "/*"
                found.add(("states:StartExecution", own))
                found |= {(f"states:{each}Execution", runs) for each in ("Describe", "Stop", "Redrive")}
            found |= reads_and_writes(state)
    return found


def reads_and_writes(state: dict[str, Any]) -> set[tuple[str, str]]:
    """What the reader and the writer of a distributed Map touch; the stage has one bucket, `landing`."""
    found: set[tuple[str, str]] = set()
    for field in ("ItemReader", "ResultWriter"):
        resource, where = state.get(field, {}).get("Resource", ""), state.get(field, {}).get("Arguments", {})
        dynamic = "{%" in where.get("Bucket", "")
        bucket = f"arn:${{AWS::Partition}}:s3:::{'landing' if dynamic else where.get('Bucket')}"
        if resource.endswith("listObjectsV2"):
            found.add(("s3:ListBucket", bucket))
        elif resource.endswith("getObject"):
            found.add(("s3:GetObject", f"{bucket}/{'*' if '{%' in where['Key'] else where['Key']}"))
        elif resource:
            actions = ("PutObject", "GetObject", "ListMultipartUploadParts", "AbortMultipartUpload")
            prefix = where.get("Prefix", "")
            found |= {
                (f"s3:{each}", f"{bucket}/{'*' if '{%' in prefix else f'{prefix}/*'}") for each in actions
            }
    return found


@pytest.mark.parametrize("path", DEFINITIONS)
def test_a_machine_may_do_what_it_names_and_nothing_else(path: str) -> None:
    """For every compiled workflow of the repository: the allowed pairs are the needed ones."""
    found = machine_statements(DEFINITIONS[path], MACHINE, buckets=["landing"])
    assert pairs(found) == needs(DEFINITIONS[path])


def test_the_definitions_name_something() -> None:
    """Else the test above would hold for no reason."""
    kinds = {action for each in DEFINITIONS.values() for action, _ in needs(each)}
    assert {"lambda:InvokeFunction", "states:StartExecution"} <= kinds


def machine(**state: Any) -> dict[str, Any]:
    """A definition of one state."""
    return {"StartAt": "s", "States": {"s": {"End": True, **state}}, "QueryLanguage": "JSONata"}


def task(resource: str, **arguments: Any) -> dict[str, Any]:
    """A definition that calls a service."""
    return machine(Type="Task", Resource=f"arn:aws:states:::{resource}", Arguments=arguments)


TABLE = arn("dynamodb", "table/t")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (task("sns:publish", TopicArn="arn:aws:sns:r:1:t"), {("sns:Publish", "arn:aws:sns:r:1:t")}),
        (
            task("sqs:sendMessage.waitForTaskToken", QueueUrl="https://sqs.r.amazonaws.com/1/q"),
            {("sqs:SendMessage", arn("sqs", "q"))},
        ),
        (task("dynamodb:putItem", TableName="t"), {("dynamodb:PutItem", TABLE)}),
        (task("aws-sdk:dynamodb:query", TableName="t"), {("dynamodb:Query", TABLE)}),
        (
            task("aws-sdk:s3:getObject", Bucket="b", Key="k"),
            {("s3:GetObject", "arn:${AWS::Partition}:s3:::b/k")},
        ),
        (task("aws-sdk:s3:listObjectsV2", Bucket="b"), {("s3:ListBucket", "arn:${AWS::Partition}:s3:::b")}),
        (
            task("events:putEvents", Entries=[{"Detail": {}}, {"EventBusName": "own"}]),
            {("events:PutEvents", arn("events", f"event-bus/{name}")) for name in ("default", "own")},
        ),
        (task("glue:startJobRun", JobName="j"), {("glue:StartJobRun", arn("glue", "job/j"))}),
        (
            task("glue:startJobRun.sync", JobName="j"),
            {
                (f"glue:{each}", arn("glue", "job/j"))
                for each in ("StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun")
            },
        ),
        (
            task("states:startExecution", StateMachineArn=MACHINE),
            {("states:StartExecution", MACHINE)},  # it does not wait, so it need not look
        ),
        (
            machine(Type="Task", Resource="arn:aws:lambda:eu-central-1:123456789012:function:f"),
            {("lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:123456789012:function:f")},
        ),
        (machine(Type="Task", Resource="arn:aws:states:eu-central-1:123456789012:activity:a"), set()),
        (machine(Type="Pass"), set()),
    ],
)
def test_each_integration_needs_its_own(definition: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    """On the resource that the state names."""
    assert pairs(machine_statements(definition, MACHINE)) == expected


def test_the_old_parameters_are_read_too() -> None:
    """JSONPath machines call them so; a path is known only when the machine runs."""
    state = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish"}
    fixed = machine(**state, Parameters={"TopicArn": "arn:aws:sns:r:1:t"})
    assert pairs(machine_statements(fixed, MACHINE)) == {("sns:Publish", "arn:aws:sns:r:1:t")}
    with pytest.raises(LadleError, match="state 's': `TopicArn` is known only when the machine runs"):
        machine_statements(machine(**state, Parameters={"TopicArn.$": "$.topic"}), MACHINE)


def test_a_distributed_map_runs_its_own_machine() -> None:
    """It starts, looks at, stops and redrives children of this very machine, reads and writes its buckets."""
    body = {"StartAt": "p", "States": {"p": {"Type": "Pass", "End": True}}}
    definition = machine(
        Type="Map",
        ItemProcessor={"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **body},
        ItemReader={
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "CSV"},
            "Arguments": {"Bucket": "in", "Key": "{% $key %}"},
        },
        ResultWriter={
            "Resource": "arn:aws:states:::s3:putObject",
            "Arguments": {"Bucket": "out", "Prefix": "results/"},
        },
    )
    statements = machine_statements(definition, MACHINE)
    bucket = "arn:${AWS::Partition}:s3:::"
    child = arn("states", "execution:app-dev-w/each-file:5f0c")
    assert allows(statements, "states:StartExecution", MACHINE)
    for verb in ("Describe", "Stop", "Redrive"):
        assert allows(statements, f"states:{verb}Execution", child)
        assert not allows(statements, f"states:{verb}Execution", arn("states", "execution:app-dev-w2/x:5"))
    assert allows(statements, "s3:GetObject", f"{bucket}in/flights/a.csv")
    assert not allows(statements, "s3:PutObject", f"{bucket}in/flights/a.csv")
    assert allows(statements, "s3:PutObject", f"{bucket}out/results/x/manifest.json")
    assert not allows(statements, "s3:PutObject", f"{bucket}out/other/manifest.json")


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (
            {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "b"}},
            ("s3:ListBucket", "b"),
        ),
        (
            {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k.json"}},
            ("s3:GetObject", "b/k.json"),
        ),
        (
            {
                "Resource": "arn:aws:states:::s3:getObject",
                "ReaderConfig": {"InputType": "MANIFEST"},
                "Arguments": {"Bucket": "b", "Key": "manifest.json"},
            },
            ("s3:GetObject", "b/*"),
        ),
    ],
)
def test_item_readers(reader: dict[str, Any], expected: tuple[str, str]) -> None:
    """Listing needs the bucket, a manifest leads to other objects."""
    definition = machine(Type="Map", ItemReader=reader, ItemProcessor={"StartAt": "p", "States": {}})
    [found] = pairs(machine_statements(definition, MACHINE))
    assert found == (expected[0], f"arn:${{AWS::Partition}}:s3:::{expected[1]}")


def test_a_resource_that_is_known_only_when_it_runs_is_refused() -> None:
    """With its state, and what to do."""
    for arguments in ({"TopicArn": "{% $topic %}"}, {}, {"TopicArn": "${ops}"}):
        with pytest.raises(LadleError, match="state 's': `TopicArn` is known only when the machine runs"):
            machine_statements(task("sns:publish", **arguments), MACHINE)
    reader = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "{% $b %}"}}
    with pytest.raises(LadleError, match="write the name of the bucket itself"):
        machine_statements(machine(Type="Map", ItemReader=reader), MACHINE)


@pytest.mark.parametrize("resource", ["aws-sdk:ec2:runInstances", "mediaconvert:createJob.sync"])
def test_an_integration_that_is_not_in_the_tables_is_refused(resource: str) -> None:
    """It never gets a guess."""
    with pytest.raises(LadleError, match=r"state 's': it is not known which permissions .*@workflow\(allow="):
        machine_statements(task(resource), MACHINE)


def test_the_table_names_integrations_that_there_are() -> None:
    """Of Step Functions, and operations that the SDK has."""
    import botocore.session

    session = botocore.session.get_session()
    for key in INTEGRATIONS:
        sdk, _, rest = key.rpartition("aws-sdk:")
        service, _, action = rest.partition(":")
        if sdk or key.startswith("aws-sdk:"):
            model = session.get_service_model({"sfn": "stepfunctions"}.get(service, service))
            assert action[0].upper() + action[1:] in model.operation_names, key
        else:
            assert action in OPTIMIZED[service], key


def test_logs_traces_and_keys_come_where_they_are_switched_on() -> None:
    """The first two on `*`, which AWS forces."""
    key = "arn:aws:kms:eu-central-1:123456789012:key/k"
    plain, full = (
        pairs(machine_statements(machine(Type="Pass"), MACHINE, **more))
        for more in ({}, {"logs": True, "tracing": True, "key": key})
    )
    assert plain == set()
    assert {action for action, resource in full if resource == key} == {"kms:Decrypt", "kms:GenerateDataKey"}
    wild = {action for action, resource in full if resource == "*"}
    assert wild == {each for each in FORCED_WILDCARDS if each.startswith(("logs:", "xray:"))}


RULES = {
    "athena": "",
    "batch": "StepFunctionsGetEventsForBatchJobsRule",
    "codebuild": "StepFunctionsGetEventForCodeBuildStartBuildRule",
    "databrew": "",
    "ecs": "StepFunctionsGetEventsForECSTaskRule",
    "sagemaker": "StepFunctionsGetEventsForSageMakerTrainingJobsRule",
}
JOBS: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "athena": ("startQueryExecution", {"QueryString": "select 1"}, {"StartQueryExecution", "GetDataCatalog"}),
    "batch": ("submitJob", {"JobQueue": "q", "JobDefinition": "d", "JobName": "j"}, {"SubmitJob"}),
    "codebuild": ("startBuild", {"ProjectName": "p"}, {"StartBuild"}),
    "databrew": ("startJobRun", {"Name": "j"}, {"StartJobRun"}),
    "ecs": ("runTask", {"TaskDefinition": "t:1"}, {"RunTask"}),
    "sagemaker": (
        "createTrainingJob",
        {"RoleArn": "arn:aws:iam::1:role/r"},
        {"CreateTrainingJob", "AddTags"},
    ),
}
PASS = Statement(("iam:PassRole",), ("arn:aws:iam::1:role/r",))


@pytest.mark.parametrize("service", JOBS)
def test_waiting_for_a_job_takes_more_than_starting_it(service: str) -> None:
    """To look, to stop it when the run is stopped, and to hear of its end by the rule of the service."""
    action, arguments, starting = JOBS[service]
    found = machine_statements(task(f"{service}:{action}", **arguments), MACHINE, stated=[PASS])
    starts = {each for each, _ in pairs(found)} - {"iam:PassRole"}
    assert {each.partition(":")[2] for each in starts} == starting
    waits = pairs(machine_statements(task(f"{service}:{action}.sync", **arguments), MACHINE, stated=[PASS]))
    assert {each for each, _ in waits} > starts
    named = {where for each, where in waits if each == "events:PutRule"}
    assert named == ({arn("events", f"rule/{RULES[service]}")} if RULES[service] else set())
    assert {each for each, where in waits if where == "*"} <= FORCED_WILDCARDS.keys()


def test_a_web_api_is_one_endpoint_and_one_connection() -> None:
    """By the method that the state uses, with the secret that EventBridge keeps of the connection."""
    connection = "arn:aws:events:r:1:connection/partner/0f1e"
    where = {"ApiEndpoint": "https://a.b/c", "Method": "GET", "Authentication": {"ConnectionArn": connection}}
    found = machine_statements(task("http:invoke", **where), MACHINE)
    assert pairs(found) == {
        ("states:InvokeHTTPEndpoint", MACHINE),
        ("events:RetrieveConnectionCredentials", connection),
        *(
            (f"secretsmanager:{each}", "arn:aws:secretsmanager:r:1:secret:events!connection/partner/*")
            for each in ("GetSecretValue", "DescribeSecret")
        ),
    }
    (invoke,) = [each for each in found if each.condition]
    assert invoke.condition == {
        "StringEquals": {"states:HTTPEndpoint": "https://a.b/c", "states:HTTPMethod": "GET"}
    }
    with pytest.raises(LadleError, match=r"`ApiEndpoint` is known only .*states:Invoke"):
        machine_statements(task("http:invoke", **{**where, "ApiEndpoint": "{% $url %}"}), MACHINE)


def test_a_role_that_is_handed_on_is_stated() -> None:
    """Else the job would fail to start, at night."""
    with pytest.raises(LadleError, match=r"hands on roles to the job.*iam:PassRole"):
        machine_statements(task("ecs:runTask.sync", TaskDefinition="t"), MACHINE)


def test_what_the_workflow_states_stands_for_what_cannot_be_known() -> None:
    """A service that has no row, and a name that only the run knows."""
    ec2 = Statement(("ec2:RunInstances",), ("arn:aws:ec2:r:1:instance/*",))
    assert machine_statements(task("aws-sdk:ec2:runInstances"), MACHINE, stated=[ec2]) == (ec2,)
    job = Statement(("glue:StartJobRun",), ("arn:aws:glue:r:1:job/n-*",))
    dynamic = task("glue:startJobRun", JobName="{% $name %}")
    assert machine_statements(dynamic, MACHINE, stated=[job]) == (job,)
    with pytest.raises(LadleError, match=r"`JobName` is known only .*glue:StartJobRun arn:aws:glue"):
        machine_statements(dynamic, MACHINE, stated=[ec2])
    topics = task("sns:publish", TopicArn="arn:aws:sns:r:1:t")
    assert pairs(machine_statements(topics, MACHINE, stated=[ec2])) > {("sns:Publish", "arn:aws:sns:r:1:t")}


def test_a_bucket_of_the_input_is_one_of_the_stage() -> None:
    """A distributed Map over the bucket that a trigger tells may read the stage's buckets, and no other."""
    reader = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "{% $b %}", "Key": "k"}}
    one = machine(Type="Map", ItemReader=reader, ItemProcessor={})
    found = pairs(machine_statements(one, MACHINE, buckets=["x", "y"]))
    assert found == {("s3:GetObject", f"arn:${{AWS::Partition}}:s3:::{each}/k") for each in "xy"}
    with pytest.raises(LadleError, match=r"`Bucket` is known only .*\[buckets\]"):
        machine_statements(one, MACHINE)
