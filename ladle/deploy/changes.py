"""What would change: the wanted resources held against what was recorded and what there is.

A resource carries a digest, in the record and as a tag: while it is the wanted one, nothing is touched.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ladle.deploy.assemble import Assembly
from ladle.deploy.resources import Ref, Resource, digest, resolved
from ladle.deploy.services import DIGEST_TAG, DRIVERS, Aws, Found, Values, tagged
from ladle.errors import LadleError

__all__ = ["Action", "Change", "change", "made"]

Action = Literal["create", "update", "replace", "keep"]

TAKEN_OVER = frozenset({"log_group"})
"""Kinds that may exist without anybody having made them: Lambda makes its log groups by itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done about one resource. `values` are those recorded (or found) of what there is.

    `resource` is resolved for the account, and has the tags that it will have.
    """

    action: Action
    resource: Resource
    digest: str
    values: Values

    @property
    def recorded(self) -> dict[str, Any]:
        """What is recorded beside what the driver gives: enough to see later what changed."""
        fixed = {name: _plain(getattr(self.resource, name)) for name in type(self.resource).immutable}
        return {"kind": self.resource.kind, "digest": self.digest, "fixed": fixed}


def made(assembly: Assembly, aws: Aws) -> tuple[Resource, ...]:
    """The resources of an assembly for one account: references and placeholders replaced."""
    by_key = {each.key: each for each in assembly.resources}

    def arn_of(ref: Ref) -> str:
        return by_key[ref.key].arn + ref.suffix

    return tuple(resolved(each, arn_of, aws.text) for each in assembly.resources)


def change(resource: Resource, recorded: Mapping[str, Any] | None, aws: Aws) -> Change:
    """What is to be done about a resolved resource, given what was recorded of it at the last deploy.

    Raises LadleError when something of that name exists that is not this stage's.
    """
    extra = [aws.package.digest] if resource.kind == "function" and aws.package else []
    wanted = digest(resource, *extra)
    tags = tagged(resource, wanted) if resource.tags else {}
    wanting = dataclasses.replace(resource, tags=tags)
    planned = _planner(wanting, wanted, recorded)
    if planned is not None and planned.action == "replace":
        return planned
    found = DRIVERS[resource.kind].read(aws, wanting)
    if found is None:
        return Change("create", wanting, wanted, {})
    _refuse_foreign(wanting, found, recorded)
    values = {**found.values, **(recorded or {})}
    now = (found.tags or {}).get(DIGEST_TAG) or (recorded or {}).get("digest")
    if not resource.tags and recorded is None:
        now = None
    return Change("keep" if now == wanted else "update", wanting, wanted, values)


def _planner(resource: Resource, wanted: str, recorded: Mapping[str, Any] | None) -> Change | None:
    """A replacement, where a field differs that AWS does not change."""
    fixed = (recorded or {}).get("fixed", {})
    differs = any(fixed[name] != _plain(getattr(resource, name)) for name in fixed)
    return Change("replace", resource, wanted, recorded or {}) if differs else None


def _refuse_foreign(resource: Resource, found: Found, recorded: Mapping[str, Any] | None) -> None:
    if found.tags is None or resource.kind in TAKEN_OVER or not resource.tags:
        return
    owner = (found.tags.get("ladle:app"), found.tags.get("ladle:stage"))
    if owner == (resource.tags["ladle:app"], resource.tags["ladle:stage"]) or recorded:
        return
    whose = f"it belongs to {owner[0]} {owner[1]}" if owner[0] else "Ladle did not make it"
    remedy = (
        "write its ARN under [topics] in the stage's file to use it as it is"
        if resource.kind == "topic"
        else "rename or remove it, or give the app another name in app.py"
    )
    raise LadleError(
        f"there is already a {resource.kind.replace('_', ' ')} {resource.name!r}, and {whose}: {remedy}"
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
