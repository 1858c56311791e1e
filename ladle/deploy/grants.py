"""What each role of a stage may do: statements of IAM policies, with nothing in them that is not used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ladle.deploy.resources import LambdaFunction, Queue, StateMachine, Table, arn
from ladle.deploy.stage import Stage
from ladle.errors import LadleError

__all__ = ["FORCED_WILDCARDS", "allowed", "function_base", "machine_statements", "statement"]

Statement = Mapping[str, Any]

FORCED_WILDCARDS: Final[dict[str, str]] = {
    "logs:CreateLogDelivery": "log deliveries have no ARN (Step Functions Developer Guide)",
    "logs:GetLogDelivery": "as logs:CreateLogDelivery",
    "logs:UpdateLogDelivery": "as logs:CreateLogDelivery",
    "logs:DeleteLogDelivery": "as logs:CreateLogDelivery",
    "logs:ListLogDeliveries": "as logs:CreateLogDelivery",
    "logs:PutResourcePolicy": "as logs:CreateLogDelivery",
    "logs:DescribeResourcePolicies": "as logs:CreateLogDelivery",
    "logs:DescribeLogGroups": "as logs:CreateLogDelivery",
    "xray:PutTraceSegments": "traces have no ARN",
    "xray:PutTelemetryRecords": "traces have no ARN",
    "xray:GetSamplingRules": "sampling rules are read for the whole account",
    "xray:GetSamplingTargets": "sampling rules are read for the whole account",
    "ec2:CreateNetworkInterface": "the interface does not exist yet when Lambda asks for it",
    "ec2:DescribeNetworkInterfaces": "EC2 describes without resources",
    "ec2:DescribeSubnets": "EC2 describes without resources",
    "ec2:DeleteNetworkInterface": "the interface's id is not known beforehand",
    "ec2:AssignPrivateIpAddresses": "the interface's id is not known beforehand",
    "ec2:UnassignPrivateIpAddresses": "the interface's id is not known beforehand",
}
"""The actions that AWS grants on `*` only, and why."""


def statement(actions: Sequence[str], resources: str | Sequence[str], **more: Any) -> Statement:
    """One statement that allows."""
    listed = [resources] if isinstance(resources, str) else list(resources)
    return {"Effect": "Allow", "Action": list(actions), "Resource": listed, **more}


def machine_statements(
    functions: Sequence[LambdaFunction], machines: Sequence[StateMachine], *, logs: bool, tracing: bool
) -> tuple[Statement, ...]:
    """What a state machine may do that calls these functions and machines."""
    found: list[Statement] = []
    if functions:
        found.append(statement(["lambda:InvokeFunction"], [each.arn for each in functions]))
    if machines:
        runs = [arn("states", f"execution:{each.name}:*") for each in machines]
        rule = arn("events", "rule/StepFunctionsGetEventsForStepFunctionsExecutionRule")
        found += [
            statement(["states:StartExecution"], [each.arn for each in machines]),
            statement(["states:DescribeExecution", "states:StopExecution"], runs),
            statement(["events:PutTargets", "events:PutRule", "events:DescribeRule"], rule),
        ]
    if logs:
        found.append(_forced("logs:"))
    if tracing:
        found.append(_forced("xray:"))
    return tuple(found)


def function_base(
    log_group: str, *, tracing: bool, vpc: bool, dead_letters: Queue | None = None
) -> tuple[Statement, ...]:
    """What every function may do: write its log; trace; be in its VPC; send on what it could not take."""
    found = [
        statement(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", f"log-group:{log_group}:*"))
    ]
    if tracing:
        found.append(statement(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"))
    if vpc:
        found.append(_forced("ec2:"))
    if dead_letters is not None:
        found.append(statement(["sqs:SendMessage"], dead_letters.arn))
    return tuple(found)


def allowed(texts: Iterable[Any], stage: Stage, user: str) -> tuple[Statement, ...]:
    """The statements that `@task(allow=[…])` asks for: `"s3:GetObject arn:aws:s3:::${landing}/*"`.

    Several actions are separated by commas; `${name}` is a bucket or topic of the stage. A statement may also
    be written as IAM has it, as a dict. Raises LadleError for anything else.
    """
    found: list[Statement] = []
    for text in texts:
        if isinstance(text, Mapping) and {"Action", "Resource"} <= text.keys():
            found.append({"Effect": "Allow", **text})
            continue
        parts = text.split() if isinstance(text, str) else []
        actions = parts[0].split(",") if parts else []
        if len(parts) != 2 or not all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9*]+", each) for each in actions):
            raise LadleError(
                f"{user}: allow={text!r} is no permission: write actions, a blank and an ARN, as in "
                '"s3:GetObject arn:aws:s3:::${landing}/*"'
            )
        found.append(statement(actions, _named(parts[1], stage, user)))
    return tuple(found)


def claims_statement(table: Table) -> Statement:
    """Reading and writing claims."""
    actions = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"]
    return statement([f"dynamodb:{each}" for each in actions], table.arn)


def _named(text: str, stage: Stage, user: str) -> str:
    def replace(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("AWS::"):
            return found[0]
        return stage.topics[name] if name in stage.topics else stage.bucket(name, user)

    return re.sub(r"\$\{([^}]+)\}", replace, text)


def _forced(prefix: str) -> Statement:
    return statement([action for action in FORCED_WILDCARDS if action.startswith(prefix)], "*")
