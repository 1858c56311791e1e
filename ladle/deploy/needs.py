"""What a task's function needs of the stage for what its declaration asks: the table of claims, for results
that are kept and for pools; its secrets and parameters, exactly these."""

from __future__ import annotations

import json
from typing import Any

from ladle.declare import Task
from ladle.deploy.policies import Statement
from ladle.deploy.resources import Table, arn
from ladle.deploy.stage import Stage

__all__ = ["of"]


def of(
    task: Task[..., Any], stage: Stage, claims: Table | None
) -> tuple[tuple[Statement, ...], dict[str, str]]:
    """Statements of its role, and environment variables."""
    statements: list[Statement] = []
    variables: dict[str, str] = {}
    prefixes = [*(["call/*"] if task.idempotent else []), *(f"pool/{each.name}" for each in task.pools)]
    if prefixes and claims is not None:
        variables["LADLE_CLAIMS"] = claims.name
        # Claims of alerts lie in the same table: the condition keeps tasks out of them, and of other pools.
        condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": prefixes}}
        actions = ("dynamodb:GetItem", "dynamodb:PutItem")
        statements.append(Statement(actions, (claims.arn,), condition))
    named: dict[str, dict[str, str]] = {}
    for source, _ in task.sources.values():
        table = stage.secrets if source.kind == "secret" else stage.parameters
        name = table.get(source.name, source.name)
        if name != source.name:
            named.setdefault(source.kind, {})[source.name] = name
        statements.append(_reading(source.kind, name))
    if named:
        variables["LADLE_SOURCES"] = json.dumps(named, sort_keys=True, separators=(",", ":"))
    if statements and stage.kms_key:
        statements.append(Statement(("kms:Decrypt", "kms:GenerateDataKey"), (stage.kms_key,)))
    return tuple(statements), variables


def _reading(kind: str, name: str) -> Statement:
    if kind == "secret":
        # Secrets Manager puts a hyphen and six characters behind the name (its user guide, on ARNs).
        resource = name if name.startswith("arn:") else arn("secretsmanager", f"secret:{name}-??????")
        return Statement(("secretsmanager:GetSecretValue",), (resource,))
    return Statement(("ssm:GetParameter",), (arn("ssm", f"parameter/{name.removeprefix('/')}"),))
