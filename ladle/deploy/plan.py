"""What a deploy would do, and what somebody changed by hand since the last one: nothing is touched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ladle.deploy import views
from ladle.deploy.assemble import Assembly
from ladle.deploy.changes import Change, change, made
from ladle.deploy.services import Aws

__all__ = ["Step", "plan", "records"]


@dataclass(frozen=True, slots=True)
class Step:
    """One resource that a deploy would touch, or that is not as the last deploy left it (`drift`).

    `lines` say what differs, as a diff: `-` is in the account, `+` is wanted.
    """

    action: Literal["create", "update", "replace", "delete", "drift"]
    kind: str
    name: str
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.action:8}{self.kind.replace('_', ' ')} {self.name}"


def records(root: Path, stage: str) -> dict[str, dict[str, Any]]:
    """What the last deploy of a stage recorded, by the key of each resource, in the order of creation."""
    path = root / ".chalice" / "deployed" / f"{stage}.json"
    entries = json.loads(path.read_text(encoding="utf-8"))["resources"] if path.is_file() else []
    return {
        each["name"]: {**each, "name": each["aws_name"]}
        for each in entries
        if each["resource_type"].startswith("ladle_")
    }


def plan(assembly: Assembly, aws: Aws, recorded: Mapping[str, Mapping[str, Any]]) -> tuple[Step, ...]:
    """Every step of a deploy, then what drifted; empty when all is as it should be.

    A drifted resource is put right by the next deploy, too. `aws` has the package, which is a part of every
    function. Raises LadleError when something of the same name is not this stage's.
    """
    steps: list[Step] = []
    drifted: list[Step] = []
    kept: set[str] = set()
    for resource in made(assembly, aws):
        # As the record names it (see `record_name` of the Chalice part).
        key = resource.key.replace("api_mapping", "api-mapping")
        kept.add(key)
        found = change(resource, recorded.get(key), aws)
        if found.action == "create" and key in recorded:
            gone = ("it was made by an earlier deploy, and is gone",)
            steps.append(Step("create", resource.kind, resource.name, gone))
        elif found.action in ("update", "replace"):
            steps.append(Step(found.action, resource.kind, resource.name, _differences(found, aws)))
        elif found.action == "create":
            steps.append(Step("create", resource.kind, resource.name))
        elif lines := views.drift(aws, found.resource):
            drifted.append(Step("drift", resource.kind, resource.name, lines))
    for key, entry in reversed(list(recorded.items())):
        if key not in kept:
            steps.append(Step("delete", entry["resource_type"].removeprefix("ladle_"), entry["name"]))
    return (*steps, *drifted)


def _differences(found: Change, aws: Aws) -> tuple[str, ...]:
    """What an update changes."""
    if found.action == "replace":
        fixed = found.values["fixed"]
        return tuple(
            f"{name}: {old!r} becomes {getattr(found.resource, name)!r}, which AWS does not change in place"
            for name, old in fixed.items()
            if old != getattr(found.resource, name)
        )
    lines = views.drift(aws, found.resource)
    if not lines and found.resource.kind == "function":
        return ("its code, or a setting that is not shown",)
    return lines or ("settings that are not shown",)
