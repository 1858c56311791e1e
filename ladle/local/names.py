"""The ids of local runs: `2013-01-01-7f3a41`, a readable slug of what the run is about and a short hash."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ladle.runtime.run_names import slug, time_slug, upload_slug

__all__ = ["new_id", "slug", "slug_of"]


def slug_of(workflow: str, via: dict[str, Any] | None) -> str:
    """What a run's id begins with: the uploaded file's name, the scheduled time, else the workflow's name."""
    if via and via.get("kind") == "S3Upload":
        return upload_slug(str(via["key"]), workflow)
    if via and via.get("scheduled_for"):
        text = str(via["scheduled_for"])
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return slug(text)
        return time_slug(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    return slug(workflow)


def new_id(start: str, taken: Callable[[str], bool]) -> str:
    """A fresh id that begins with `start`."""
    while True:
        name = f"{start}-{secrets.token_hex(3)}"
        if not taken(name):
            return name
