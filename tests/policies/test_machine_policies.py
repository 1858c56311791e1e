"""The role of a state machine: everything that its definition does is allowed, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ladle.asl.integrations import OPTIMIZED
from ladle.deploy.policies import FORCED_WILDCARDS, machine_statements
from ladle.deploy.policies.machines import INTEGRATIONS
from ladle.deploy.resources import arn
from ladle.errors import LadleError
from tests.policies.iam import allows, compiled, pairs

MACHINE = arn("states", "stateMachine:app-dev-w")
RULE = arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
DEFINITIONS = compiled()


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
            found |= {(f"states:{each}Execution", runs) for each in ("Describe", "Stop", "Redrive")}
            found |= {(f"events:{each}", RULE) for each in ("PutTargets", "PutRule", "DescribeRule")}
        else:
            assert state["Type"] != "Task", resource
    return found


@pytest.mark.parametrize("path", DEFINITIONS)
def test_a_machine_may_do_what_it_names_and_nothing_else(path: str) -> None:
    """For every compiled workflow of the repository: the allowed pairs are the needed ones."""
    assert pairs(machine_statements(DEFINITIONS[path], MACHINE)) == needs(DEFINITIONS[path])


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


@pytest.mark.parametrize("resource", ["ecs:runTask.sync", "aws-sdk:ec2:runInstances", "batch:submitJob"])
def test_an_integration_that_is_not_in_the_tables_is_refused(resource: str) -> None:
    """It never gets a guess."""
    with pytest.raises(LadleError, match=r"state 's': it is not known which permissions .*@task\(allow="):
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
