"""`${…}` in a definition: names that become resources where it is deployed, or runs.

`${load_day}` stands for a task or a workflow of the project, `${buckets.landing}` for the bucket that the
stage's file lists as `landing` under `[buckets]`, `${connections.partner}` likewise.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["STAGE_TABLES", "of_stage", "stage_name"]

STAGE_TABLES: Final = ("buckets", "connections")
"""The tables of a stage's file that say what a name in a definition is."""

_OF_STAGE: Final = re.compile(rf"(?:\$\{{)?({'|'.join(STAGE_TABLES)})\.([^{{}}]+)\}}?")


def of_stage(table: str, logical: str) -> str:
    """What stands in a definition for a name that the stage's file lists.

    >>> of_stage("buckets", "landing")
    '${buckets.landing}'
    """
    return f"${{{table}.{logical}}}"


def stage_name(text: str) -> tuple[str, str] | None:
    """The table and the name that such a text, with `${}` or without, stands for; None for any other.

    >>> stage_name("${buckets.landing}")
    ('buckets', 'landing')
    """
    found = _OF_STAGE.fullmatch(text)
    return (found[1], found[2]) if found else None
