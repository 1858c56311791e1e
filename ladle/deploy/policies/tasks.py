"""What a task says that its function may do: `@task(allow=["s3:GetObject arn:aws:s3:::${landing}/*"])`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ladle.deploy.policies.forced import FORCED_WILDCARDS
from ladle.deploy.policies.statements import Statement
from ladle.errors import LadleError

__all__ = ["task_statements"]

_ACTION: Final = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*]+")
_NAME: Final = re.compile(r"\$\{([^}]*)\}")
_EXAMPLE: Final = '"s3:GetObject arn:aws:s3:::${landing}/*"'


def task_statements(allow: Iterable[Any], resolve: Callable[[str], str], user: str) -> tuple[Statement, ...]:
    """The statements of a task, in its order.

    Each is a text, actions (several joined by commas), a blank and an ARN; or a mapping as IAM has it, which
    may have a Condition. `${name}` in an ARN is what `resolve` says: the stage's bucket, or its topic, whose
    name may be an ARN and then is the whole ARN; it raises LadleError for a name that the stage does not
    list. `${AWS::…}` stays.

    Raises LadleError, naming the `user`, for another form, for `*` as the resource of an action that AWS
    does not force there, and for every action of a service.
    """
    return tuple(_statement(each, resolve, user) for each in allow)


def _statement(given: Any, resolve: Callable[[str], str], user: str) -> Statement:
    condition: Mapping[str, Any] = {}
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    if isinstance(given, str):
        parts = given.split()
        if len(parts) != 2:
            raise _refusal(given, user, f"write actions, a blank and an ARN, as in {_EXAMPLE}")
        actions, resources = tuple(parts[0].split(",")), (parts[1],)
    elif isinstance(given, Mapping):
        unknown = given.keys() - {"Effect", "Action", "Resource", "Condition", "Sid"}
        if unknown or given.get("Effect", "Allow") != "Allow" or not {"Action", "Resource"} <= given.keys():
            raise _refusal(given, user, "write Action, Resource and, if need be, Condition")
        actions, resources = _texts(given["Action"]), _texts(given["Resource"])
        condition = given.get("Condition", {})
    else:
        raise _refusal(given, user, f"write a text, as in {_EXAMPLE}")
    for action in actions:
        if not _ACTION.fullmatch(action):
            raise _refusal(given, user, f"{action!r} is no action: write service:Action, as in {_EXAMPLE}")
        if action.endswith(":*"):
            raise _refusal(given, user, f"{action} is everything that the service can do: name the actions")
    return Statement(
        actions, tuple(_resource(each, actions, resolve, given, user) for each in resources), condition
    )


def _resource(text: str, actions: Iterable[str], resolve: Callable[[str], str], given: Any, user: str) -> str:
    if text == "*":
        free = [each for each in actions if each not in FORCED_WILDCARDS]
        if free:
            raise _refusal(given, user, f"{', '.join(free)} takes an ARN: name the resource instead of `*`")
        return text

    def replace(found: re.Match[str]) -> str:
        return found[0] if found[1].startswith("AWS::") else resolve(found[1])

    named = _NAME.sub(replace, text)
    named = re.sub(r"^arn:.*:(?=arn:)", "", named)
    if not named.startswith("arn:"):
        raise _refusal(given, user, f"{text!r} is no ARN: write one, as in {_EXAMPLE}")
    return named


def _texts(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(map(str, given))


def _refusal(given: Any, user: str, remedy: str) -> LadleError:
    return LadleError(f"{user}: allow={given!r} cannot be used: {remedy}")
