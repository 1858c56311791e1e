"""State machines, versions, aliases and tags through boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_making import PASS, ROLE, Make, Refused, finished, states

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
OTHER = states(B={"Type": "Succeed"})
LOGS = {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:g:*"}}


def test_a_machine_shows_what_it_was_created_with(sfn: Any, make: Make) -> None:
    """With AWS's defaults for what was left out."""
    assert make() == ARN
    found = sfn.describe_state_machine(stateMachineArn=ARN)
    del found["ResponseMetadata"], found["creationDate"]
    assert found == {
        "stateMachineArn": ARN,
        "name": "m",
        "status": "ACTIVE",
        "definition": PASS,
        "roleArn": ROLE,
        "type": "STANDARD",
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
        "tracingConfiguration": {"enabled": False},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }


def test_creating_the_same_machine_again_changes_nothing(sfn: Any, make: Make) -> None:
    """Role and tags do not count; definition, type and logging do."""
    make()
    again = sfn.create_state_machine(name="m", definition=PASS, roleArn=ROLE + "2", tags=[{"key": "a"}])
    assert again["stateMachineArn"] == ARN
    assert sfn.describe_state_machine(stateMachineArn=ARN)["roleArn"] == ROLE


@pytest.mark.parametrize("change", [{"definition": OTHER}, {"type": "EXPRESS"}])
def test_a_name_is_taken(make: Make, refused: Refused, change: dict[str, Any]) -> None:
    """By a machine that differs."""
    make()
    request = {"name": "m", "definition": PASS, "roleArn": ROLE, **change}
    assert refused("create_state_machine", **request) == (
        "StateMachineAlreadyExists",
        f"State Machine Already Exists: '{ARN}'",
    )


def test_a_definition_is_validated(refused: Refused) -> None:
    """By the rules that `ladle check` has, in AWS's words."""
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}})
    code, message = refused("create_state_machine", name="m", definition=definition, roleArn=ROLE)
    assert code == "InvalidDefinition"
    assert message.startswith("Invalid State Machine Definition: '")
    assert "MISSING_TRANSITION_TARGET" in message


@pytest.mark.parametrize("name", ["a b", "a/b", "a*", "a\u0085"])
def test_names_have_no_special_characters(refused: Refused, name: str) -> None:
    """Nor spaces, nor control characters."""
    assert refused("create_state_machine", name=name, definition=PASS, roleArn=ROLE) == (
        "InvalidName",
        f"Invalid Name: '{name}'",
    )


def test_names_have_80_characters(refused: Refused, make: Make) -> None:
    """And no more."""
    make(name="x" * 80)
    assert refused("create_state_machine", name="x" * 81, definition=PASS, roleArn=ROLE) == (
        "ValidationException",
        f"1 validation error detected: Value '{'x' * 81}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 80",
    )


@pytest.mark.parametrize("logging", [{"level": "ALL"}, {"destinations": [LOGS, LOGS]}])
def test_logs_go_to_one_place(refused: Refused, logging: dict[str, Any]) -> None:
    """A level needs a destination; two are too many."""
    request = {"name": "m", "definition": PASS, "roleArn": ROLE, "loggingConfiguration": logging}
    assert refused("create_state_machine", **request) == (
        "InvalidLoggingConfiguration",
        "Invalid Logging Configuration: Must specify exactly one Log Destination.",
    )


def test_what_is_not_there_is_said_to_be_not_there(refused: Refused) -> None:
    """Under the codes of AWS."""
    missing = ("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{ARN}'")
    assert refused("describe_state_machine", stateMachineArn=ARN) == missing
    assert refused("update_state_machine", stateMachineArn=ARN, definition=PASS) == missing
    assert refused("start_execution", stateMachineArn=ARN) == missing
    assert refused("list_executions", stateMachineArn=ARN) == missing
    assert refused("describe_state_machine", stateMachineArn="m")[0] == "InvalidArn"
    execution = ARN.replace("stateMachine", "execution") + ":e"
    assert refused("describe_execution", executionArn=execution) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{execution}'",
    )


def test_an_update_is_a_new_revision(sfn: Any, make: Make) -> None:
    """That new executions run; the same update again is none."""
    make()
    changed = sfn.update_state_machine(stateMachineArn=ARN, definition=OTHER)
    assert sfn.describe_state_machine(stateMachineArn=ARN)["revisionId"] == changed["revisionId"]
    assert "revisionId" not in sfn.update_state_machine(stateMachineArn=ARN, definition=OTHER)
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in sfn.get_execution_history(executionArn=finished(sfn, ARN)["executionArn"])["events"]
        if "stateEnteredEventDetails" in event
    ]
    assert entered == ["B"]


def test_an_update_changes_something(make: Make, refused: Refused) -> None:
    """Or it is refused."""
    make()
    assert refused("update_state_machine", stateMachineArn=ARN)[0] == "MissingRequiredParameter"


def test_a_deleted_machine_is_gone(sfn: Any, make: Make, refused: Refused) -> None:
    """Its executions are stopped; deleting it again is no error."""
    waiting = states(
        W={
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"FunctionName": "echo", "Payload": {"token.$": "$$.Task.Token"}},
        }
    )
    make(waiting)
    execution = sfn.start_execution(stateMachineArn=ARN)["executionArn"]
    sfn.delete_state_machine(stateMachineArn=ARN)
    sfn.delete_state_machine(stateMachineArn=ARN)
    assert refused("describe_state_machine", stateMachineArn=ARN)[0] == "StateMachineDoesNotExist"
    assert sfn.describe_execution(executionArn=execution)["status"] == "ABORTED"


def test_lists_come_in_pages(sfn: Any, make: Make, refused: Refused) -> None:
    """A token is good for its own list only."""
    for name in ("c", "a", "b"):
        make(name=name)
    first = sfn.list_state_machines(maxResults=2)
    second = sfn.list_state_machines(maxResults=2, nextToken=first["nextToken"])
    assert [m["name"] for m in first["stateMachines"] + second["stateMachines"]] == ["a", "b", "c"]
    assert "nextToken" not in second
    assert refused("list_activities", nextToken=first["nextToken"]) == (
        "InvalidToken",
        "Invalid Token: 'Invalid token'",
    )


def test_versions_keep_what_was_published(sfn: Any, make: Make, refused: Refused) -> None:
    """An unchanged machine is published once; executions of a version run that version."""
    make()
    one = sfn.publish_state_machine_version(stateMachineArn=ARN, description="first")[
        "stateMachineVersionArn"
    ]
    assert one == f"{ARN}:1"
    assert sfn.publish_state_machine_version(stateMachineArn=ARN)["stateMachineVersionArn"] == one
    two = sfn.update_state_machine(stateMachineArn=ARN, definition=OTHER, publish=True)[
        "stateMachineVersionArn"
    ]
    assert two == f"{ARN}:2"
    found = sfn.describe_state_machine(stateMachineArn=one)
    assert (found["definition"], found["description"]) == (PASS, "first")
    listed = sfn.list_state_machine_versions(stateMachineArn=ARN)["stateMachineVersions"]
    assert [v["stateMachineVersionArn"] for v in listed] == [two, one]
    run = finished(sfn, one)
    assert (run["stateMachineArn"], run["stateMachineVersionArn"]) == (ARN, one)
    history = sfn.get_execution_history(executionArn=run["executionArn"])["events"]
    assert history[0]["executionStartedEventDetails"]["stateMachineVersionArn"] == one
    sfn.delete_state_machine_version(stateMachineVersionArn=one)
    assert refused("start_execution", stateMachineArn=one)[0] == "StateMachineDoesNotExist"
    assert (
        refused("publish_state_machine_version", stateMachineArn=ARN, revisionId="x")[0]
        == "ConflictException"
    )


def test_an_alias_routes_to_versions(sfn: Any, refused: Refused) -> None:
    """A version that an alias routes to cannot be deleted."""
    version = sfn.create_state_machine(name="m", definition=PASS, roleArn=ROLE, publish=True)[
        "stateMachineVersionArn"
    ]
    routing = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=routing)["stateMachineAliasArn"]
    assert alias == f"{ARN}:live"
    run = finished(sfn, alias)
    assert (run["stateMachineAliasArn"], run["stateMachineVersionArn"]) == (alias, version)
    assert len(sfn.list_executions(stateMachineArn=alias)["executions"]) == 1
    assert refused("delete_state_machine_version", stateMachineVersionArn=version) == (
        "ConflictException",
        "Version to be deleted must not be referenced by an alias."
        " Current list of aliases referencing this version: [live]",
    )
    half = [{"stateMachineVersionArn": version, "weight": 50}]
    assert refused("update_state_machine_alias", stateMachineAliasArn=alias, routingConfiguration=half) == (
        "ValidationException",
        "Sum of routing configuration weights must equal 100. Received: [50]",
    )
    sfn.update_state_machine_alias(stateMachineAliasArn=alias, description="now")
    assert sfn.describe_state_machine_alias(stateMachineAliasArn=alias)["description"] == "now"
    sfn.delete_state_machine_alias(stateMachineAliasArn=alias)
    assert sfn.list_state_machine_aliases(stateMachineArn=ARN)["stateMachineAliases"] == []
    assert refused("describe_state_machine_alias", stateMachineAliasArn=alias)[0] == "ResourceNotFound"


def test_the_weights_of_an_alias_are_drawn(sfn: Any, make: Make) -> None:
    """The same for the same seed, near the weights in the long run."""
    make()
    one = sfn.publish_state_machine_version(stateMachineArn=ARN)["stateMachineVersionArn"]
    two = sfn.update_state_machine(stateMachineArn=ARN, definition=OTHER, publish=True)[
        "stateMachineVersionArn"
    ]
    routing = [{"stateMachineVersionArn": one, "weight": 80}, {"stateMachineVersionArn": two, "weight": 20}]
    alias = sfn.create_state_machine_alias(name="live", routingConfiguration=routing)["stateMachineAliasArn"]
    for _ in range(50):
        sfn.start_execution(stateMachineArn=alias)
    drawn = [e["stateMachineVersionArn"] for e in sfn.list_executions(stateMachineArn=ARN)["executions"]]
    assert 30 <= drawn.count(one) <= 49


def test_tags_can_be_changed(sfn: Any, make: Make, refused: Refused) -> None:
    """On machines and activities."""
    make(tags=[{"key": "a", "value": "1"}])
    sfn.tag_resource(resourceArn=ARN, tags=[{"key": "b", "value": "2"}])
    sfn.untag_resource(resourceArn=ARN, tagKeys=["a"])
    assert sfn.list_tags_for_resource(resourceArn=ARN)["tags"] == [{"key": "b", "value": "2"}]
    assert refused("tag_resource", resourceArn=ARN + "2", tags=[]) == (
        "ResourceNotFound",
        f"Resource not found: '{ARN}2'",
    )


def test_variables_are_listed_with_the_machine(sfn: Any, make: Make) -> None:
    """By the states that read them."""
    make(states(A={"Type": "Pass", "Assign": {"x": 1}}, B={"Type": "Pass", "Parameters": {"y.$": "$x"}}))
    assert sfn.describe_state_machine(stateMachineArn=ARN)["variableReferences"] == {"B": ["x"]}


def test_a_machine_of_cloudformation_runs_too(sfn: Any) -> None:
    """It comes into being, changes and goes with its stack."""
    from moto.stepfunctions.models import StateMachine

    where = {"account_id": "123456789012", "region_name": "us-east-1"}

    def resource(definition: str) -> dict[str, Any]:
        return {"Properties": {"StateMachineName": "m", "DefinitionString": definition, "RoleArn": ROLE}}

    made = StateMachine.create_from_cloudformation_json("M", resource(PASS), **where)
    assert finished(sfn, ARN)["status"] == "SUCCEEDED"
    StateMachine.update_from_cloudformation_json(made, "M", resource(OTHER), **where)
    assert sfn.describe_state_machine(stateMachineArn=ARN)["definition"] == OTHER
    sfn.delete_state_machine(stateMachineArn=ARN)
    assert sfn.list_state_machines()["stateMachines"] == []
    StateMachine.delete_from_cloudformation_json(ARN, resource(OTHER), **where)
    assert sfn.list_state_machines()["stateMachines"] == []
    StateMachine.create_from_cloudformation_json("M", resource(PASS), **where)
    StateMachine.delete_from_cloudformation_json(ARN, resource(PASS), **where)
    assert sfn.list_state_machines()["stateMachines"] == []
