"""The codes of what compiles and is likely to be a mistake; `docs/errors/warnings.md` explains each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = {
    "L701": "An `except` can never match",
    "L702": "A task that must not be called twice is retried",
    "L703": "A result is bound to a name and never read",
    "L704": "A failure that was asked for is not looked at",
    "L705": "A result is ignored that matters elsewhere",
    "L706": "A worker that dies is noticed late",
    "L709": "A comment silences nothing that can be silenced",
}
"""Every code and its title, in order. All are warnings."""
