"""What AWS accepts and what then fails, or silently does something else, when the machine runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ladle.asl.model import Visit, is_distributed
from ladle.asl.problems import Pointer, Problem
from ladle.asl.rules.context import Context
from ladle.asl.tables import INLINE_MAP_MAX_CONCURRENCY

__all__ = ["check_cautions"]


def check_cautions(context: Context) -> Iterator[Problem]:
    """A caution for each state that invites one."""
    for visit in context.visits:
        if visit.type == "Choice":
            yield from _choice(visit)
        elif visit.type == "Task":
            yield from _heartbeat(visit)
        elif visit.type == "Map":
            yield from _map(visit)
        if visit.language == "JSONPath":
            for name in ("Parameters", "ResultSelector", "ItemSelector", "Assign"):
                yield from _plain_paths(visit.state.get(name), (*visit.pointer, name))
            yield from _static_result(visit)
            yield from _text_fields(visit)


def _choice(visit: Visit) -> Iterator[Problem]:
    if "Default" not in visit.state and isinstance(visit.state.get("Choices"), list):
        rules = visit.state["Choices"]
        last = rules[-1] if rules else None
        condition = last.get("Condition") if isinstance(last, Mapping) else None
        if condition is True or (isinstance(condition, str) and re.fullmatch(r"\{%\s*true\s*%\}", condition)):
            return
        yield Problem(
            "A901",
            visit.pointer,
            "when no rule matches, the run fails with States.NoChoiceMatched",
            "add a Default; lead it to a Fail state if no match is an error",
            on_key=True,
        )


def _heartbeat(visit: Visit) -> Iterator[Problem]:
    heartbeat, timeout = visit.state.get("HeartbeatSeconds"), visit.state.get("TimeoutSeconds")
    if isinstance(heartbeat, int) and isinstance(timeout, int) and heartbeat >= timeout:
        yield Problem(
            "A909",
            (*visit.pointer, "HeartbeatSeconds"),
            f"a heartbeat of {heartbeat} s is never missed: the task times out after {timeout} s",
            "choose a heartbeat shorter than TimeoutSeconds",
        )


def _map(visit: Visit) -> Iterator[Problem]:
    state = visit.state
    processor = state.get("ItemProcessor", state.get("Iterator"))
    distributed = isinstance(processor, Mapping) and is_distributed(processor)
    concurrency = state.get("MaxConcurrency")
    if not distributed and isinstance(concurrency, int) and concurrency > INLINE_MAP_MAX_CONCURRENCY:
        yield Problem(
            "A911",
            (*visit.pointer, "MaxConcurrency"),
            f"an inline Map runs at most {INLINE_MAP_MAX_CONCURRENCY} iterations at once, not {concurrency}",
            f"lower it to {INLINE_MAP_MAX_CONCURRENCY}, or make the Map distributed",
        )
    for name in ("ToleratedFailureCount", "ToleratedFailurePercentage"):
        other = "ToleratedFailurePercentage" if name.endswith("Count") else "ToleratedFailureCount"
        if (
            distributed
            and state.get(name) == 0
            and not isinstance(state.get(name), bool)
            and state.get(other)
        ):
            yield Problem(
                "A910",
                (*visit.pointer, name),
                f"{name} 0 counts as not set: {other} alone decides",
                f"remove {name}",
            )


# What looks like a path or a call: "$.a", "$$.Execution.Id", "$", "States.Format(…)".
_PATH_LIKE = re.compile(r"\$\$?(?:[.\[].*)?|States\.[A-Z]\w+\(.*\)")


def _plain_paths(value: Any, pointer: Pointer) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not key.endswith(".$"):
                yield from _plain_paths(inner, (*pointer, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _plain_paths(inner, (*pointer, index))
    elif isinstance(value, str) and _PATH_LIKE.fullmatch(value) and isinstance(pointer[-1], str):
        yield Problem(
            "A907",
            pointer,
            f"{value!r} is passed as this very text: the key {pointer[-1]!r} does not end in .$",
            f"write '{pointer[-1]}.$' to have it evaluated",
            aws_message="No .$ on a field that appears to be a JSONPath or Intrinsic Function",
        )


def _static_result(visit: Visit) -> Iterator[Problem]:
    """A Pass state's Result is never evaluated; its keys in .$ keep the .$."""
    result = visit.state.get("Result")
    if visit.type == "Pass" and isinstance(result, Mapping):
        for key, value in result.items():
            if isinstance(value, str) and key.endswith(".$") and _PATH_LIKE.fullmatch(value):
                yield Problem(
                    "A907",
                    (*visit.pointer, "Result", key),
                    f"Result is passed as it stands: {key!r} keeps its name, {value!r} stays a text",
                    "use Parameters to have it evaluated",
                    on_key=True,
                    aws_code="PASS_RESULT_IS_STATIC",
                    aws_message="Attempt to use a path in the result of a pass state",
                )


def _text_fields(visit: Visit) -> Iterator[Problem]:
    for name in ("Error", "Cause"):
        value = visit.state.get(name)
        if visit.type == "Fail" and isinstance(value, str) and _PATH_LIKE.fullmatch(value):
            yield Problem(
                "A907",
                (*visit.pointer, name),
                f"{value!r} is the {name.lower()}'s very text: {name} is not evaluated",
                f"write {name}Path to have it evaluated",
                aws_code="NO_PATH",
                aws_message="Field value looks like a path, but field name does not end with 'Path'",
            )
