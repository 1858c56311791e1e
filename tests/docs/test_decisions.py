"""The record of decisions: a page each, found by its number."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


def test_each_number_is_one_decision() -> None:
    """Code and pages name a decision by its number alone."""
    numbers = Counter(path.name[:4] for path in DECISIONS)
    assert [number for number, pages in numbers.items() if pages > 1] == []
    assert [path.name for path in DECISIONS if not re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)] == []


def test_each_page_begins_with_what_was_decided() -> None:
    """In a heading without the number, which the file's name has."""
    assert DECISIONS
    assert [path.name for path in DECISIONS if not re.match(r"# [A-Z`]", path.read_text("utf-8"))] == []
