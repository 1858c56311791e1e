"""The recorded cases that are known to fall short, each with its reason (`known_differences.json`)."""

from __future__ import annotations

import json
from pathlib import Path


def known_differences() -> dict[str, str]:
    """Case id -> why the recording and we differ."""
    found: dict[str, str] = json.loads(Path(__file__).with_name("known_differences.json").read_text())
    return found
