"""IAM's rule for "allowed", as far as these policies use it, and definitions with ARNs in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ladle.deploy.policies import Statement
from ladle.deploy.resources import arn

ROOT = Path(__file__).parents[2]


def allows(statements: Iterable[Statement], action: str, resource: str) -> bool:
    """Whether one of the statements allows the action on the resource: `*` stands for any text."""
    return any(
        any(_matches(pattern, action) for pattern in each.actions)
        and any(_matches(pattern, resource) for pattern in each.resources)
        for each in statements
    )


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def pairs(statements: Iterable[Statement]) -> set[tuple[str, str]]:
    """Every action with every resource that it is allowed on, as the statements write them."""
    return {
        (action, each_arn) for each in statements for action in each.actions for each_arn in each.resources
    }


def placed(text: str) -> dict[str, Any]:
    """A compiled definition with the ARNs of what it calls, and buckets, as it is deployed."""
    text = re.sub(r'("FunctionName": )"\$\{(\w+)\}"', rf'\1"{arn("lambda", "function:app-dev-")}\2"', text)
    text = re.sub(
        r'("StateMachineArn": )"\$\{([\w-]+)\}"', rf'\1"{arn("states", "stateMachine:app-dev-")}\2"', text
    )
    text = re.sub(r'("Resource": )"\$\{(\w+)\}"', rf'\1"{arn("states", "activity:app-dev-")}\2"', text)
    text = re.sub(r'"\$\{buckets\.([\w-]+)\}"', r'"\1"', text)
    found: dict[str, Any] = json.loads(text)
    return found


def compiled() -> dict[str, dict[str, Any]]:
    """Every compiled definition in the repository, by its path."""
    paths = [
        *sorted((ROOT / "statemachines").glob("*.asl.json")),
        *sorted((ROOT / "tests/cases").rglob("*.asl.json")),
    ]
    return {str(path.relative_to(ROOT)): placed(path.read_text()) for path in sorted(paths)}
