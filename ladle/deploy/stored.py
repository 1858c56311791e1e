"""Where results too large for a state machine are kept: which tasks need the bucket, and for how long.

See `ladle.runtime.values` for what is in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ladle.asl.model import walk
from ladle.compiler import Compiled
from ladle.declare import Task, Workflow
from ladle.deploy.policies import Statement
from ladle.deploy.resources import Bucket, arn
from ladle.wire import can_be_large

__all__ = ["REDRIVE_DAYS", "REPLAY_DAYS", "bucket_name", "days_kept", "readers", "statements", "writers"]

REDRIVE_DAYS: Final = 14
"""A run can be redriven for so long after its end (Step Functions developer guide, Redriving executions)."""

REPLAY_DAYS: Final = 90
"""Step Functions keeps a run's history for so long after its end (quotas page), and replay needs it."""

LONGEST_RUN_DAYS: Final = 365
"""How long a Standard run without a timeout may last (quotas page)."""

_LONGEST: Final = 63 - len("-123456789012-ap-southeast-1-")


def bucket_name(app: str, stage: str) -> str:
    """The bucket's name; bucket names are unique in the world, so it has the account and the Region.

    >>> bucket_name("nyc-flights", "prod")
    'nyc-flights-prod-values-${AWS::AccountId}-${AWS::Region}'
    """
    full = f"{app}-{stage}-values"
    legal = re.sub(r"[^a-z0-9-]", "-", full.lower()).strip("-")
    if legal != full or len(full) > _LONGEST:
        digest = hashlib.sha256(full.encode()).hexdigest()[:8]
        legal = f"{legal[: _LONGEST - 9]}-{digest}"
    return f"{legal}-${{AWS::AccountId}}-${{AWS::Region}}"


def writers(compiled: Iterable[Compiled]) -> frozenset[str]:
    """The tasks whose results may be stored: those that some machine tells what to keep."""
    return frozenset(_told(compiled, "keep"))


def _told(compiled: Iterable[Compiled], word: str) -> Iterator[str]:
    """The tasks that some machine tells something in the envelope."""
    for one in compiled:
        for visit in walk(one.definition):
            arguments = visit.state.get("Arguments")
            if not isinstance(arguments, dict) or not isinstance(arguments.get("Payload"), dict):
                continue
            if word in arguments["Payload"].get("ladle", {}):
                yield str(arguments["FunctionName"])[2:-1]


def readers(compiled: Iterable[Compiled]) -> frozenset[str]:
    """The tasks that may be given a reference: those beside a writer that take a value of any size, and those
    that get batches."""
    machines = tuple(compiled)
    large = (
        task.name
        for one in machines
        if writers([one])
        for task in one.tasks
        if any(can_be_large(parameter.shape) for parameter in task.door.parameters)
    )
    return frozenset((*large, *_told(machines, "each")))


def days_kept(workflows: Iterable[Workflow[..., Any]]) -> int:
    """Days after which a stored value is removed: the longest run's, and those of its redrive and replay."""
    longest = max(
        (LONGEST_RUN_DAYS if each.timeout is None else -(-each.timeout // 86_400) for each in workflows),
        default=LONGEST_RUN_DAYS,
    )
    return int(longest) + REDRIVE_DAYS + REPLAY_DAYS


def statements(
    bucket: Bucket, task: Task[..., Any], users: Mapping[str, frozenset[str]]
) -> tuple[Statement, ...]:
    """What a task may do with the bucket. `users` are the tasks by action."""
    actions = tuple(action for action, tasks in users.items() if task.name in tasks)
    key = (Statement(("kms:Decrypt", "kms:GenerateDataKey"), (bucket.kms_key,)),) if bucket.kms_key else ()
    everything = arn("s3", f"{bucket.name}/*", region=False, account=False)
    return (Statement(actions, (everything,)), *key) if actions else ()
