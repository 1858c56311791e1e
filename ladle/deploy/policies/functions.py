"""What Ladle's own functions may do, and what every function may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ladle.deploy.policies.forced import FORCED_WILDCARDS, forced
from ladle.deploy.policies.statements import Statement
from ladle.deploy.resources import arn

__all__ = [
    "alerts_statements",
    "deadline_statements",
    "executions_of",
    "function_statements",
    "page_statements",
    "scheduler_statements",
    "starter_statements",
    "sweep_statements",
]

FUNCTION_TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


def function_statements(
    log_group: str, *, tracing: bool = False, vpc: bool = False, dead_letters: str = "", key: str = ""
) -> tuple[Statement, ...]:
    """What every function may do: write to its log group (a name), and where it has them, trace, be in its
    VPC, send on what it could not take (a queue's ARN), and read what a KMS key (an ARN) encrypts."""
    found = [
        Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (arn("logs", f"log-group:{log_group}:*"),))
    ]
    if tracing:
        found.append(forced("xray:", FUNCTION_TRACES))
    if vpc:
        found.append(forced("ec2:"))
    if dead_letters:
        found.append(Statement(("sqs:SendMessage",), (dead_letters,)))
    if key:
        found.append(Statement(("kms:Decrypt", "kms:GenerateDataKey"), (key,)))
    return tuple(found)


def starter_statements(
    machines: Sequence[str], topics: Iterable[str] = (), claims: str = ""
) -> tuple[Statement, ...]:
    """Start runs of these machines (ARNs), and look at one that has the name already; where there are
    topics, claim and tell them what was refused."""
    return (
        Statement(("states:StartExecution",), tuple(machines)),
        Statement(("states:DescribeExecution",), executions_of(machines)),
        *(_claiming(topics, claims) if claims and tuple(topics) else ()),
    )


def page_statements(
    machines: Sequence[str], groups: Iterable[str], starter: str, actions: Iterable[str], key: str = ""
) -> tuple[Statement, ...]:
    """Read the runs of these `machines` (ARNs) and the log groups (names) of the functions; and what the
    stage lets the page do besides: start (through the `starter`, an ARN), stop, redrive."""
    executions = executions_of(machines)
    found = [
        Statement(("states:ListExecutions",), (*machines, *_map_runs_of(machines))),
        Statement(("states:DescribeMapRun",), _map_runs_of(machines)),
        Statement(
            (
                "states:DescribeExecution",
                "states:GetExecutionHistory",
                "states:DescribeStateMachineForExecution",
            ),
            (*executions, *_items_of(machines)),
        ),
        Statement(("logs:FilterLogEvents",), tuple(arn("logs", f"log-group:{group}:*") for group in groups)),
    ]
    allowed = tuple(actions)
    if "stop" in allowed:
        found.append(Statement(("states:StopExecution",), executions))
    if "redrive" in allowed:
        found.append(Statement(("states:RedriveExecution",), executions))
    if "start" in allowed:
        found.append(Statement(("lambda:InvokeFunction",), (starter,)))
    if key:
        found.append(Statement(("kms:Decrypt",), (key,)))
    return tuple(each for each in found if each.resources)


def alerts_statements(machines: Sequence[str], topics: Iterable[str], claims: str) -> tuple[Statement, ...]:
    """Look into the runs of all `machines`, nested ones too; claim (a table's ARN); send to the topics."""
    return (
        Statement(("states:DescribeExecution", "states:GetExecutionHistory"), executions_of(machines)),
        *_claiming(topics, claims),
    )


def sweep_statements(
    machines: Sequence[str], watched: Sequence[str], topics: Iterable[str], claims: str
) -> tuple[Statement, ...]:
    """What alerts may do; list the runs of the `watched` machines; find stale claims, and keep its mark."""
    return (
        *alerts_statements(machines, topics, claims),
        Statement(("states:ListExecutions",), tuple(watched)),
        Statement(("dynamodb:GetItem", "dynamodb:Scan"), (claims,)),
    )


def deadline_statements(watched: Sequence[str], topics: Iterable[str], claims: str) -> tuple[Statement, ...]:
    """Look at and list the runs of the machines that have a deadline; claim; send to the topics."""
    return (
        Statement(("states:DescribeExecution",), executions_of(watched)),
        Statement(("states:ListExecutions",), tuple(watched)),
        *_claiming(topics, claims),
    )


def scheduler_statements(functions: Sequence[str], dead_letters: str) -> tuple[Statement, ...]:
    """Invoke these functions (ARNs), and send what could not be delivered to the queue."""
    return (
        Statement(("lambda:InvokeFunction",), tuple(functions)),
        Statement(("sqs:SendMessage",), (dead_letters,)),
    )


def worker_statements(activity: str, key: str = "") -> tuple[Statement, ...]:
    """Take the work of an activity (an ARN) and answer; `key` (an ARN) encrypts what waits there."""
    found = [Statement(("states:GetActivityTask",), (activity,)), forced("states:SendTask")]
    if key:
        found.append(Statement(("kms:Decrypt", "kms:GenerateDataKey"), (key,)))
    return tuple(found)


def executions_of(machines: Iterable[str]) -> tuple[str, ...]:
    """All runs of machines (ARNs)."""
    return tuple(f"{each.replace(':stateMachine:', ':execution:', 1)}:*" for each in machines)


def _map_runs_of(machines: Iterable[str]) -> tuple[str, ...]:
    """All Map Runs of machines: the states of distributed Maps, each time that they ran."""
    return tuple(f"{each.replace(':stateMachine:', ':mapRun:', 1)}/*" for each in machines)


def _items_of(machines: Iterable[str]) -> tuple[str, ...]:
    """All runs that are items of distributed Maps."""
    return tuple(f"{each.replace(':stateMachine:', ':execution:', 1)}/*" for each in machines)


def _claiming(topics: Iterable[str], claims: str) -> tuple[Statement, ...]:
    return (
        Statement(("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"), (claims,)),
        Statement(("sns:Publish",), tuple(sorted(set(topics)))),
    )


assert set(FUNCTION_TRACES) <= FORCED_WILDCARDS.keys()
