"""What every service module stands on: the account, patience, and the form of a driver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

from ladle.deploy.resources import Resource

__all__ = [
    "DIGEST_TAG",
    "Aws",
    "Driver",
    "Found",
    "Package",
    "Values",
    "code_of",
    "gone",
    "pairs",
    "patient",
    "tagged",
]

Values = Mapping[str, Any]
"""What is recorded about a made resource, and is all that deleting it needs."""

DIGEST_TAG: Final = "ladle:digest"
"""The tag that says which form of the resource was made last."""

MISSING: Final = frozenset(
    {
        "404",
        "AWS.SimpleQueueService.NonExistentQueue",
        "ActivityDoesNotExist",
        "NoSuchBucket",
        "NoSuchEntity",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NoSuchTagSet",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "StateMachineDoesNotExist",
    }
)
"""How the services say that there is no such thing."""

PAUSES: Final = (0.5, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)
"""Seconds between tries: a minute in all, within which new roles have become known everywhere."""


@dataclass(frozen=True, slots=True)
class Package:
    """The zip of all functions.

    `digest` is of what is in it. `bucket` is where it goes when it is too large to be sent directly; `layer`
    is the ARN of the layer with its dependencies, when they are apart.
    """

    path: Path
    digest: str
    bucket: str | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class Aws:
    """An account and Region, and how to reach them: `client` gives the boto client of a service."""

    client: Callable[[str], Any]
    partition: str
    region: str
    account: str
    package: Package | None = None
    pause: Callable[[float], None] = time.sleep

    def text(self, text: str) -> str:
        """The text with the placeholders of account, partition and Region filled in."""
        return (
            text.replace("${AWS::Partition}", self.partition)
            .replace("${AWS::Region}", self.region)
            .replace("${AWS::AccountId}", self.account)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What exists already. `tags` is None for kinds that have none, and for which `values` say enough."""

    values: Values
    tags: Mapping[str, str] | None = field(default=None)


class Driver(Protocol):
    """How one kind of resource is made. All texts and references of `resource` are resolved."""

    def read(self, aws: Aws, resource: Any) -> Found | None:
        """What there is under that name, or None."""

    def create(self, aws: Aws, resource: Any) -> Values:
        """Make it; gives what is to be recorded."""

    def update(self, aws: Aws, resource: Any, values: Values) -> Values:
        """Change what there is into what is wanted."""

    def delete(self, aws: Aws, values: Values) -> None:
        """Remove it. That it is gone already is no error."""


def code_of(error: ClientError) -> str:
    """The error's code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def gone(call: Callable[..., Any], **arguments: Any) -> Any:
    """The answer of a call, or None when what it is about does not exist."""
    try:
        return call(**arguments)
    except ClientError as error:
        if code_of(error) in MISSING:
            return None
        raise


def patient(
    aws: Aws,
    call: Callable[..., Any],
    codes: Iterable[str],
    *,
    about: str = "",
    **arguments: Any,
) -> Any:
    """Call again, for about a minute, while it fails with one of these codes.

    With `about`, only while the message has that word, too: services report a role that is not known yet
    under codes that stand for permanent mistakes as well.
    """
    wanted = frozenset(codes)
    for pause in PAUSES:
        try:
            return call(**arguments)
        except ClientError as error:
            message = str(error.response.get("Error", {}).get("Message", "")).lower()
            if code_of(error) not in wanted or about not in message:
                raise
            aws.pause(pause)
    return call(**arguments)


def tagged(resource: Resource, digest: str) -> dict[str, str]:
    """The resource's tags with that of its digest."""
    return {**resource.tags, DIGEST_TAG: digest}


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Tags as most services take them."""
    return [{key: name, value: text} for name, text in tags.items()]
