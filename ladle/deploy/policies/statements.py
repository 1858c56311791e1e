"""Statements of IAM policies as values: joined where that is exact, split where AWS's limits demand it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ladle.errors import LadleError

__all__ = ["INLINE", "MANAGED", "MANAGED_POLICIES", "Policies", "Statement", "document", "merged", "split"]

INLINE: Final = 10_240
"""Characters that all inline policies of a role may have together, white space not counted (IAM quotas)."""

MANAGED: Final = 6_144
"""Characters of one managed policy, white space not counted (IAM quotas)."""

MANAGED_POLICIES: Final = 10
"""Managed policies that a role may have without asking AWS for more (IAM quotas)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Allows actions on resources (ARNs, possibly with `*` and `${AWS::…}`), under a condition."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def iam(self) -> dict[str, Any]:
        """As IAM writes it."""
        found: dict[str, Any] = {
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        return {**found, "Condition": dict(self.condition)} if self.condition else found


@dataclass(frozen=True, slots=True)
class Policies:
    """A role's statements within the limits: those in the role itself, and one tuple a managed policy."""

    inline: tuple[Statement, ...]
    managed: tuple[tuple[Statement, ...], ...] = ()


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """The policy that holds these statements."""
    return {"Version": "2012-10-17", "Statement": [each.iam for each in statements]}


def merged(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The same permissions in fewer statements, in the order in which they were first named.

    Statements are joined where they have the same resources, or the same actions: joined otherwise they would
    allow more than each.
    """
    found = tuple(statements)
    while len(shorter := _joined(found)) < len(found):
        found = shorter
    return shorter


def _joined(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """One round of joining: first those of the same resources, then those of the same actions."""
    by_resources: dict[str, tuple[dict[str, None], Statement]] = {}
    for each in statements:
        key = json.dumps([sorted(each.resources), each.condition], sort_keys=True)
        actions, _ = by_resources.setdefault(key, ({}, each))
        actions.update(dict.fromkeys(each.actions))
    by_actions: dict[str, tuple[dict[str, None], tuple[str, ...], Mapping[str, Any]]] = {}
    for actions, each in by_resources.values():
        key = json.dumps([sorted(actions), each.condition], sort_keys=True)
        resources, _, _ = by_actions.setdefault(key, ({}, tuple(actions), each.condition))
        resources.update(dict.fromkeys(each.resources))
    return tuple(
        Statement(actions, tuple(resources), condition)
        for resources, actions, condition in by_actions.values()
    )


def split(statements: Iterable[Statement], role: str) -> Policies:
    """The statements in as few policies as the limits allow: what the role itself cannot hold goes into
    managed policies.

    Several inline policies would not help: their limit is a common one. Raises LadleError naming the `role`
    when even that is not enough.
    """
    bins: list[list[Statement]] = [[]]
    for each in merged(statements):
        begun = False  # whether the last statement of the last policy is a part of this one
        for resource in each.resources:
            *before, last = [*bins[-1], *([] if begun else [Statement(each.actions, (), each.condition)])]
            longer = [*before, Statement(each.actions, (*last.resources, resource), each.condition)]
            begun = True
            if bins[-1] and _size(longer) > (INLINE if len(bins) == 1 else MANAGED):
                bins.append([Statement(each.actions, (resource,), each.condition)])
            else:
                bins[-1] = longer
    if len(bins) - 1 > MANAGED_POLICIES:
        raise LadleError(
            f"{role} needs {len(bins) - 1} managed policies, and AWS allows {MANAGED_POLICIES}: "
            "let it call less, by moving a part of the workflow into a workflow of its own"
        )
    return Policies(tuple(bins[0]), tuple(map(tuple, bins[1:])))


def _size(statements: Sequence[Statement]) -> int:
    return len(json.dumps(document(statements), separators=(",", ":")))
