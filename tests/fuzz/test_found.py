"""Whole programs that were compiled wrongly once mean what Python means; small ones stand in `tests/cases`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.campaign import module_of
from tests.fuzz.comparing import Subject

FOUND = sorted((Path(__file__).parent / "found").glob("seed_*.py"))
INPUTS = ({"n": 3, "xs": [1, 2, 3]}, {"n": 8, "xs": []}, {"n": 5, "xs": [4, 7]})


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_program_found_wrong_once(tmp_path: Path, path: Path) -> None:
    """Result, calls, order and errors agree."""
    subject = Subject(module_of(path.read_text(encoding="utf-8"), tmp_path).main)
    for given in INPUTS:
        subject.compare(given, range(4))
