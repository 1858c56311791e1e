"""Checking the options of `@task` and `@activity`; those of `@workflow` are in `workflow_options`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ladle.declare.checks import is_bool, is_number, is_text, is_whole
from ladle.declare.reading import Finding
from ladle.declare.retries import Retry

if TYPE_CHECKING:
    from ladle.declare.pools import Pool
    from ladle.declare.tasks import Task

__all__ = ["LONGEST_SECONDS", "activity_findings", "name_findings", "option", "task_findings"]

LAMBDA_SECONDS: Final = 900
"""The longest a Lambda function may run (AWS Lambda quotas)."""

LONGEST_SECONDS: Final = 99_999_999
"""The most that `TimeoutSeconds` and `HeartbeatSeconds` may be (Amazon States Language)."""

MOST_PLACES: Final = 1_000
"""Places of a pool, and starts that its rate counts: all are in one item of DynamoDB, which has at most 400
KB."""

LONGEST_PER: Final = 86_400
"""Seconds that a pool's rate may look back: calls wait for some four hours at most."""

LEAST_MEMORY: Final = 128
MOST_MEMORY: Final = 10_240
"""The memory of a Lambda function, in MB (AWS Lambda quotas)."""

LEAST_STORAGE: Final = 512
MOST_STORAGE: Final = 10_240
"""The `/tmp` of a Lambda function, in MB (AWS Lambda quotas)."""

# Compiled by `re` when they are first used.
_LAYER: Final = r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:layer:[A-Za-z0-9_-]+:\d+"
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"


def task_findings(task: Task[..., Any]) -> list[Finding]:
    """What is wrong with a task's options."""
    most = LONGEST_SECONDS if task.takes_token else LAMBDA_SECONDS
    why = "" if task.takes_token else ", the longest that Lambda runs"
    found = _call_findings(task, most, why)
    if task.heartbeat is not None and not task.takes_token:
        hint = "give the task a TaskToken, or leave `heartbeat` out: Lambda tasks send none"
        found.append(option("heartbeat", task.heartbeat, hint))
    if not is_whole(task.memory, LEAST_MEMORY, MOST_MEMORY):
        found.append(option("memory", task.memory, f"write MB from {LEAST_MEMORY} to {MOST_MEMORY:,}"))
    if task.storage is not None and not is_whole(task.storage, LEAST_STORAGE, MOST_STORAGE):
        found.append(option("storage", task.storage, f"write MB from {LEAST_STORAGE} to {MOST_STORAGE:,}"))
    if task.concurrency is not None and not is_whole(task.concurrency, 1, LONGEST_SECONDS):
        hint = "write how many calls may run at once, at least 1"
        found.append(option("concurrency", task.concurrency, hint))
    for layer in task.layers or ():
        if not (is_text(layer) and re.fullmatch(_LAYER, layer, re.ASCII)):
            hint = "write ARNs of layer versions, arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION"
            found.append(option("layers", layer, hint))
    found += _sharing_findings(task)
    for name, value in task.environment.items():
        if not (is_text(name) and is_text(value)):
            hint = "environment variables are text: write both as strings"
            found.append(option("environment", {name: value}, hint))
        elif name.startswith(("AWS_", "LADLE_")):
            hint = "give it another name: AWS_ belongs to Lambda and LADLE_ to Ladle"
            found.append(option("environment", {name: value}, hint))
    return found


def activity_findings(activity: Task[..., Any]) -> list[Finding]:
    """What is wrong with an activity's options."""
    found = _call_findings(activity, LONGEST_SECONDS, "")
    if activity.takes_token:
        hint = "leave the TaskToken out: what the function returns is the call's value; or write @task"
        found.append(Finding("D120", "an activity takes no TaskToken", hint))
    return found


def _call_findings(task: Task[..., Any], most: int, why: str) -> list[Finding]:
    """What is wrong with the options that tasks and activities share; `most` is the longest timeout."""
    found = name_findings(task.name)
    for policy in task.retry:
        found += _retry_findings(policy)
    if not is_whole(task.timeout, 1, most):
        found.append(option("timeout", task.timeout, f"write whole seconds from 1 to {most:,}{why}"))
    if task.heartbeat is not None:
        if not is_whole(task.heartbeat, 1, LONGEST_SECONDS):
            found.append(option("heartbeat", task.heartbeat, "write whole seconds of at least 1"))
        elif is_whole(task.timeout, 1, most) and task.heartbeat >= task.timeout:
            hint = f"write less than `timeout`, which is {task.timeout}"
            found.append(option("heartbeat", task.heartbeat, hint))
    if task.expect is not None and not (is_number(task.expect, 0, LONGEST_SECONDS) and task.expect):
        found.append(option("expect", task.expect, "write the seconds it usually takes, more than 0"))
    if not is_bool(task.step):
        found.append(option("step", task.step, "write True or False"))
    return found


def _sharing_findings(task: Task[..., Any]) -> list[Finding]:
    """What is wrong with `idempotent` and `pool`."""
    found: list[Finding] = []
    if task.idempotent in (None, False) and not task.pools:
        return found
    from ladle.declare.pools import Pool

    if task.idempotent is not None and not is_bool(task.idempotent):
        found.append(option("idempotent", task.idempotent, "write True or False"))
    elif task.idempotent and task.takes_token:
        hint = "leave it out, or ask in a task of its own: what answers the token is not known here"
        found.append(option("idempotent", True, hint))
    given: tuple[Any, ...] = task.pools
    names = [each.name for each in given if isinstance(each, Pool)]
    for each in given:
        if not isinstance(each, Pool):
            found.append(option("pool", each, 'write Pool("warehouse", 5), or a list of pools'))
        elif not (is_text(each.name) and re.fullmatch(_NAME, each.name, re.ASCII)):
            hint = "name it with at most 64 of A-Z a-z 0-9 _ -, beginning with a letter"
            found.append(option("pool", each, hint))
        elif hint := _numbers_of(each):
            found.append(option("pool", each, hint))
        elif names.count(each.name) > 1:
            found.append(option("pool", each, "name each pool once"))
    if task.pools and task.takes_token:
        hint = "leave it out: the call's own function ends long before the answer comes"
        found.append(option("pool", task.pools[0], hint))
    return found


def _numbers_of(pool: Pool) -> str:
    """What to write instead, where a pool's numbers are wrong."""
    if pool.size is None and pool.rate is None:
        return 'write how many calls may use it at once, Pool("warehouse", 5), or a rate='
    if pool.size is not None and not is_whole(pool.size, 1, MOST_PLACES):
        return f"write how many calls may use it at once, from 1 to {MOST_PLACES}"
    if pool.rate is not None and not is_whole(pool.rate, 1, MOST_PLACES):
        return f"write how many calls may begin within `per` seconds, from 1 to {MOST_PLACES}"
    if not is_whole(pool.per, 1, LONGEST_PER):
        return f"write `per` as seconds, from 1 to {LONGEST_PER}"
    return ""


def name_findings(name: str) -> list[Finding]:
    """What is wrong with the name of a task or workflow."""
    if re.fullmatch(_NAME, name, re.ASCII):
        return []
    hint = "write at most 64 of A-Z a-z 0-9 _ -, beginning with a letter"
    return [Finding("D120", f"the name {name!r} cannot be used", hint, "option:name")]


def _retry_findings(policy: Any) -> list[Finding]:
    if not isinstance(policy, Retry):
        return [
            Finding("D121", f"`retry` holds {policy!r}", "write Retry(…), or a list of them", "option:retry")
        ]
    found: list[Finding] = []
    for fault in policy.faults:
        problem, _, hint = fault.partition(": ")
        found.append(
            Finding("D121", f"Retry: {problem}", hint or "write the exception class", "option:retry")
        )
    return found


def option(name: str, value: Any, hint: str) -> Finding:
    """A finding about the option `name`."""
    return Finding("D120", f"`{name}` is {value!r}", hint, f"option:{name}")
