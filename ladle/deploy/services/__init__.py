"""How each kind of resource is made, changed and removed: one driver a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ladle.deploy.services.activities import Activities
from ladle.deploy.services.base import DIGEST_TAG, Aws, Driver, Found, Package, Values, gone, tagged
from ladle.deploy.services.functions import Functions, LogGroups, Permissions
from ladle.deploy.services.identities import ManagedPolicies, Roles
from ladle.deploy.services.machines import Machines, running
from ladle.deploy.services.messages import Queues, Subscriptions, Topics
from ladle.deploy.services.storing import ValueBuckets
from ladle.deploy.services.triggers import Buckets, Rules, Schedules
from ladle.deploy.services.watching import Alarms, Tables

__all__ = [
    "DIGEST_TAG",
    "DRIVERS",
    "Aws",
    "Driver",
    "Found",
    "Package",
    "Values",
    "gone",
    "running",
    "tagged",
]

DRIVERS: Final[Mapping[str, Driver]] = {
    "activity": Activities(),
    "alarm": Alarms(),
    "bucket": ValueBuckets(),
    "bucket_notice": Buckets(),
    "function": Functions(),
    "log_group": LogGroups(),
    "machine": Machines(),
    "permission": Permissions(),
    "policy": ManagedPolicies(),
    "queue": Queues(),
    "role": Roles(),
    "rule": Rules(),
    "schedule": Schedules(),
    "subscription": Subscriptions(),
    "table": Tables(),
    "topic": Topics(),
}
"""The driver of each kind."""
