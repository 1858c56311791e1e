"""The ids of local runs: `2013-01-01-7f3a41`, a readable slug of what the run is about and a short hash."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

__all__ = ["new_id", "slug_of"]

SLUG_LENGTH = 60
"""Step Functions allows 80 characters in an execution's name; the hash and a child's number need some."""


def slug_of(workflow: str, via: dict[str, Any] | None) -> str:
    """What a run's id begins with: the uploaded file's name, the scheduled day, else the workflow's name."""
    if via and via.get("kind") == "S3Upload":
        return slug(PurePosixPath(str(via["key"])).stem) or slug(workflow)
    if via and via.get("scheduled_for"):
        return slug(str(via["scheduled_for"])[:10])
    return slug(workflow)


def slug(text: str) -> str:
    """Letters, digits, `-` and `_` of a text, the rest as single dashes."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")[:SLUG_LENGTH]


def new_id(start: str, taken: Callable[[str], bool]) -> str:
    """A fresh id that begins with `start`."""
    while True:
        name = f"{start}-{secrets.token_hex(3)}"
        if not taken(name):
            return name
