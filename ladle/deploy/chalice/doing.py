"""What Chalice's executor does with our instructions."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from ladle.deploy.chalice.journal import Journal
from ladle.deploy.chalice.planning import account
from ladle.deploy.resources import Resource, Table
from ladle.deploy.services import DRIVERS, Aws, Package, Values, running
from ladle.errors import LadleError

__all__ = [
    "STOP_VARIABLE",
    "create",
    "delete",
    "entry",
    "maker_of",
    "refuse_to_stop_runs",
    "remove",
    "touches",
    "update",
]

STOP_VARIABLE: Final = "LADLE_STOP_RUNS"
"""Set to 1, it allows a deploy to delete state machines that have open runs, which ends these."""


def create(client: Any, resource: Resource, values: Values, package: Any = None, layer: Any = None) -> Values:
    """Make a resource that does not exist."""
    del values
    return DRIVERS[resource.kind].create(_aws(client, package, layer), resource)


def update(client: Any, resource: Resource, values: Values, package: Any = None, layer: Any = None) -> Values:
    """Change a resource in place."""
    return DRIVERS[resource.kind].update(_aws(client, package, layer), resource, values)


def remove(client: Any, resource: Resource, values: Values, package: Any = None, layer: Any = None) -> Values:
    """Replace a resource of which something differs that AWS does not change."""
    aws = _aws(client, package, layer)
    DRIVERS[resource.kind].delete(aws, values)
    return DRIVERS[resource.kind].create(aws, resource)


def delete(client: Any, kind: str, values: Values, record: str) -> None:
    """Delete what was recorded; that it is gone already is no error."""
    del record
    DRIVERS[kind].delete(account(client), values)


def entry(instruction: Any, variables: dict[str, Any]) -> dict[str, Any]:
    """The entry of the record that an instruction describes."""
    made = variables[instruction.variable] if instruction.variable else {}
    values = {**instruction.values, **made}
    return {
        **values,
        "aws_name": values["name"],
        "name": instruction.resource_name,
        "resource_type": instruction.resource_type,
    }


def refuse_to_stop_runs(client: Any, plan: Any) -> None:
    """Raise LadleError before anything is touched if the plan deletes machines that have open runs."""
    if os.environ.get(STOP_VARIABLE) == "1":
        return
    open_runs: list[str] = []
    for instruction in plan.instructions:
        method = getattr(instruction, "method_name", "")
        if method not in ("ladle_delete", "ladle_replace"):
            continue
        kind = instruction.params.get("kind") or instruction.params["resource"].kind
        values = instruction.params["values"]
        number = running(account(client), values) if kind == "machine" else 0
        if number:
            open_runs.append(f"{values['name']} ({number}{' or more' if number == 1000 else ''})")
    if open_runs:
        raise LadleError(
            f"state machines with open runs would be deleted, which ends these runs: {', '.join(open_runs)}. "
            f"Wait for them, or set {STOP_VARIABLE}=1 to delete them all the same. Nothing was changed."
        )


def maker_of(aws: Aws, plan: Any, table: str) -> Callable[[], object] | None:
    """What makes the table that a stage is locked by; None when the plan does not make it."""
    for instruction in plan.instructions:
        resource = getattr(instruction, "params", {}).get("resource")
        if isinstance(resource, Table) and resource.name == table:
            return partial(DRIVERS["table"].create, aws, resource)
    return None


def touches(plan: Any) -> bool:
    """Whether a plan changes any of our resources."""
    return any(getattr(each, "method_name", "").startswith("ladle_") for each in plan.instructions)


def journal_of(plan: Any) -> Journal | None:
    """The journal that goes with a plan."""
    return getattr(plan, "ladle_journal", None)


def _aws(client: Any, package: Package | None, layer: str | None) -> Any:
    return account(client, replace(package, layer=layer) if package is not None else None)
