"""The codes of budgets that are exceeded, or may be; `docs/errors/budgets.md` explains each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = {
    "B101": "The history of a run would be full",
    "B102": "The history of a run may be full",
    "B103": "The results of a Map are too large together",
    "B104": "A value comes near the largest that a state can pass on",
    "B105": "The definition is too large",
    "B106": "An inline Map runs fewer items at once than asked for",
    "B107": "A task is called more often at once than it may run",
    "B108": "More calls at once than an account runs",
    "B109": "The results of a Parallel may be too large together",
}
"""Every code and its title, in order. B101, B103 and B105 are errors, the others warnings."""
