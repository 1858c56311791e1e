"""Whole programs and expressions that were compiled wrongly once mean what Python means; small ones stand in
`tests/cases`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.fuzz.campaign import module_of
from tests.fuzz.comparing import Subject
from tests.fuzz.dense import Lone
from tests.fuzz.found import expressions
from tests.fuzz.inputs import random_input
from tests.fuzz.running import reference

FOUND = sorted((Path(__file__).parent / "found").glob("seed_*.py"))
INPUTS = ({"n": 3, "xs": [1, 2, 3]}, {"n": 8, "xs": []}, {"n": 5, "xs": [4, 7]})
EXPRESSIONS = [value for name, value in vars(expressions).items() if name.startswith("main")]


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_program_found_wrong_once(tmp_path: Path, path: Path) -> None:
    """Result, calls, order and errors agree."""
    subject = Subject(module_of(path.read_text(encoding="utf-8"), tmp_path).main)
    for given in INPUTS:
        subject.compare(given, range(4))


@pytest.mark.parametrize("main", EXPRESSIONS, ids=lambda main: main.name)
def test_expression_found_wrong_once(main: object) -> None:
    """Python, the typed form and both evaluators agree."""
    if reference() is None:
        pytest.skip("no Node with jsonata 2.0.6")
    inputs = [{"limit": 2, **random_input(random.Random(f"found{number}"))} for number in range(150)]
    cases, limited = Lone(main).compare(inputs, reference())  # type: ignore[arg-type]
    assert cases > limited
