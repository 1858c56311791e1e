"""Ledger of calls: what Ladle's own functions call is allowed, and nothing else is.

The calls are read from the source of every module that a handler's module leads to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from ladle.deploy.policies import (
    FORCED_WILDCARDS,
    Statement,
    alerts_statements,
    deadline_statements,
    function_statements,
    scheduler_statements,
    starter_statements,
    sweep_statements,
)
from ladle.deploy.resources import arn
from tests.policies.iam import ROOT, allows, pairs

MACHINES = [arn("states", f"stateMachine:app-dev-{name}") for name in ("a", "b")]
RUNS = [f"{each.replace('stateMachine', 'execution')}:*" for each in MACHINES]
TOPICS = [arn("sns", "ops")]
CLAIMS = arn("dynamodb", "table/app-dev-ladle-claims")
QUEUE = arn("sqs", "app-dev-ladle-dead-letters")

PREFIXES = {"stepfunctions": "states"}
"""The prefix of a service's actions, where it is not the name of its client."""

RESOURCES = {
    "states:StartExecution": MACHINES,
    "states:ListExecutions": MACHINES,
    "states:DescribeExecution": RUNS,
    "states:GetExecutionHistory": RUNS,
    "sns:Publish": TOPICS,
    **{f"dynamodb:{verb}Item": [CLAIMS] for verb in ("Get", "Put", "Update", "Delete")},
    "dynamodb:Scan": [CLAIMS],
}
"""What each action works on (Service Authorization Reference)."""

HANDLERS = {
    "starter": starter_statements(MACHINES, TOPICS, CLAIMS),
    "alerts": alerts_statements(MACHINES, TOPICS, CLAIMS),
    "sweep": sweep_statements(MACHINES, MACHINES, TOPICS, CLAIMS),
    "deadline": deadline_statements(MACHINES, TOPICS, CLAIMS),
}


def source_of(module: str) -> Path | None:
    """The file of a module of the runtime."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    return path if module.startswith("ladle.runtime.") and path.is_file() else None


def names_used(tree: ast.AST) -> set[str]:
    """What code names."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def reached(module: str) -> dict[str, set[str]]:
    """The functions of the runtime that a handler's module can call, by module."""
    found: dict[str, set[str]] = {}
    waiting = [(module, "handler")]
    while waiting:
        home, name = waiting.pop()
        path = source_of(home)
        if path is None or name in found.setdefault(home, set()):
            continue
        found[home].add(name)
        tree = ast.parse(path.read_text())
        imported = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        for node in tree.body:
            own = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
            if own or not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
                waiting += [imported.get(each, (home, each)) for each in names_used(node)]
    return found


def calls_of(module: str) -> set[str]:
    """The actions that a handler's code calls, found in its source."""
    found: set[str] = set()
    for home, names in reached(module).items():
        path = source_of(home)
        assert path is not None
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names:
                found |= set(actions_in(node))
    return found


def actions_in(function: ast.AST) -> Iterator[str]:
    """The actions that a function calls through `client(…)`, directly, through a name, or as pages."""
    clients: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            for name, given in zip(
                target.elts if isinstance(target, ast.Tuple) else [target],
                value.elts if isinstance(value, ast.Tuple) else [value],
                strict=False,
            ):
                if isinstance(name, ast.Name) and (service := service_of(given, {})):
                    clients[name.id] = service
    for node in ast.walk(function):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        service = service_of(node.func.value, clients)
        if service is None:
            continue
        called = node.func.attr
        if called == "get_paginator":
            assert isinstance(node.args[0], ast.Constant)
            called = str(node.args[0].value)
        model = botocore.session.get_session().get_service_model(service)
        operations = {xform_name(each): each for each in model.operation_names}
        yield f"{PREFIXES.get(service, service)}:{operations[called]}"


def service_of(node: ast.AST, clients: dict[str, str]) -> str | None:
    """The service whose client an expression is."""
    if isinstance(node, ast.Name):
        return clients.get(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "client":
        assert isinstance(node.args[0], ast.Constant), "a client's service stands in the code"
        return str(node.args[0].value)
    return None


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_may_do_what_its_code_calls_and_nothing_else(handler: str) -> None:
    """Every action is on the resources that it is about, and each allowed one is called somewhere."""
    called = calls_of(f"ladle.runtime.{handler}")
    expected = {(action, resource) for action in called for resource in RESOURCES[action]}
    assert pairs(HANDLERS[handler]) == expected


def test_the_code_does_call_something() -> None:
    """Else the test above would hold for no reason."""
    assert calls_of("ladle.runtime.starter") >= {"states:StartExecution", "states:DescribeExecution"}
    assert {"states:ListExecutions", "dynamodb:Scan", "sns:Publish"} <= calls_of("ladle.runtime.sweep")


def test_no_module_of_the_runtime_makes_clients_of_its_own() -> None:
    """So that no call escapes the reading above."""
    for path in sorted((ROOT / "ladle/runtime").glob("*.py")):
        if path.stem != "aws":
            text = path.read_text()
            assert "boto3" not in text, path.name
            assert "botocore" not in text, path.name


def test_runs_of_other_machines_are_out_of_reach() -> None:
    """A name that only begins alike is another machine."""
    statements = HANDLERS["alerts"]
    assert allows(
        statements, "states:DescribeExecution", arn("states", "execution:app-dev-a:2013-01-01-7f3a41")
    )
    assert not allows(statements, "states:DescribeExecution", arn("states", "execution:app-dev-a2:x"))
    assert not allows(statements, "dynamodb:PutItem", f"{CLAIMS}2")


def test_what_every_function_may_do() -> None:
    """Write its log; the rest where it is switched on."""
    log = "/aws/lambda/app-dev-f"
    [plain] = function_statements(log)
    assert plain == Statement(
        ("logs:CreateLogStream", "logs:PutLogEvents"), (arn("logs", f"log-group:{log}:*"),)
    )
    key = "arn:aws:kms:r:1:key/k"
    full = pairs(function_statements(log, tracing=True, vpc=True, dead_letters=QUEUE, key=key))
    assert {action for action, resource in full if resource == "*"} == {
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        *(each for each in FORCED_WILDCARDS if each.startswith("ec2:")),
    }
    assert ("sqs:SendMessage", QUEUE) in full
    assert ("kms:Decrypt", key) in full


def test_scheduler_invokes_its_functions_and_sends_what_it_cannot_deliver() -> None:
    """And nothing else."""
    function = arn("lambda", "function:app-dev-ladle-starter")
    found = pairs(scheduler_statements([function], QUEUE))
    assert found == {("lambda:InvokeFunction", function), ("sqs:SendMessage", QUEUE)}


def test_every_forced_wildcard_has_its_reason() -> None:
    """One that AWS gives."""
    assert all(len(reason) > 15 for reason in FORCED_WILDCARDS.values())
