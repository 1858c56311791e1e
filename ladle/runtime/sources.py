"""The values of secrets and parameters, fetched once for a container and again when they may have changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.declare.secrets import Source, text_in_environment
from ladle.declare.tasks import Task
from ladle.errors import LadleError
from ladle.runtime.aws import client, refusals
from ladle.wire.sourced import from_text

__all__ = ["SOURCES_VARIABLE", "arguments_from", "forget"]

SOURCES_VARIABLE: Final = "LADLE_SOURCES"
"""The environment variable with the names that the stage's file gives, as JSON:
{"secret": {"stripe": "prod/stripe"}, "parameter": {…}}."""

_texts: dict[Source, tuple[str, float]] = {}


def arguments_from(task: Task[..., Any]) -> dict[str, Any]:
    """The arguments of a task that come from sources, by name. Raises LadleError for what is not there."""
    return {
        name: from_text(_text(task, name, source), shape, f"{task.name}: {name}")
        for name, (source, shape) in task.sources.items()
    }


def forget() -> None:
    """Fetch everything again when it is next asked for."""
    _texts.clear()


def _text(task: Task[..., Any], parameter: str, source: Source) -> str:
    given = text_in_environment(source)
    if given is not None:
        return given
    now = time.monotonic()
    text, until = _texts.get(source, ("", 0.0))
    if now < until:
        return text
    name = _named().get(source.kind, {}).get(source.name, source.name)
    try:
        text = _FETCHERS[source.kind](name)
    except refusals() as error:
        raise LadleError(
            f"{task.name}: the {source.kind} {name!r} for `{parameter}` cannot be read: {error}."
            f" In a local run, put it into infra/local.toml under [local.{source.kind}s]"
        ) from None
    _texts[source] = text, now + source.seconds
    return text


def _named() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = json.loads(os.environ.get(SOURCES_VARIABLE, "{}"))
    return found


def _secret(name: str) -> str:
    found = client("secretsmanager").get_secret_value(SecretId=name)
    text = found.get("SecretString")
    if text is None:
        raise LadleError(f"the secret {name!r} is binary: store it as text")
    return str(text)


def _parameter(name: str) -> str:
    return str(client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])


_FETCHERS: Final[Mapping[str, Callable[[str], str]]] = {"secret": _secret, "parameter": _parameter}
