"""What both templates need: texts with references and placeholders, and names for their own use."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ladle.deploy.resources import BucketNotice, Ref, Resource

__all__ = ["PSEUDO", "Text", "compact", "flag_command", "identifier", "in_json", "texts"]

PSEUDO: Final = re.compile(r"\$\{AWS::(Partition|Region|AccountId)\}")
"""The placeholders in our texts."""

Text = Callable[[str], Any]
"""How a template writes a text that may hold placeholders."""


def texts(value: Any, by_key: Mapping[str, Resource], write: Text) -> Any:
    """A value with every reference as an ARN, and every text as the template writes it."""
    if isinstance(value, Ref):
        return write(by_key[value.key].arn + value.suffix)
    if isinstance(value, str):
        return write(value)
    if isinstance(value, Mapping):
        return {key: texts(item, by_key, write) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [texts(item, by_key, write) for item in value]
    return value


def in_json(value: Any, by_key: Mapping[str, Resource]) -> str:
    """A value as JSON text in which references are ARNs."""
    plain = texts(value, by_key, lambda text: text)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def identifier(key: str, separator: str = "") -> str:
    """A resource's name within a template: readable, and different for different keys.

    >>> identifier("machine.daily_delays")
    'MachineDailyDelays3d097e'
    """
    words = [word for word in re.split(r"[^A-Za-z0-9]+", key) if word]
    joined = separator.join(words) if separator else "".join(word[0].upper() + word[1:] for word in words)
    return f"{joined}{separator}{hashlib.sha256(key.encode()).hexdigest()[:6]}"


def compact(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that say something: without None and without empty lists, tables and texts."""
    return {
        key: value for key, value in properties.items() if value is not None and value not in ("", [], {}, ())
    }


def flag_command(notice: BucketNotice) -> str:
    """What turns on the events of a bucket that the template does not own."""
    return (
        f"aws s3api put-bucket-notification-configuration --bucket {notice.name} "
        "--notification-configuration '{\"EventBridgeConfiguration\": {}}'"
    )
