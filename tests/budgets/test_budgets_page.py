"""The page of budgets is true: each example has the problem, its remedy has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladle.budgets import CODES, judge
from tests.budgets.conftest import Budgets

PAGE = Path(__file__).parents[2] / "docs" / "errors" / "budgets.md"
SECTIONS = {
    match[1]: (match[2], text)
    for text in re.split(r"(?m)^(?=## )", PAGE.read_text(encoding="utf-8"))
    if (match := re.match(r"## (B\d+) (.+)", text))
}
WITHOUT_EXAMPLE = {"B104", "B105"}  # of recorded runs, and of a thousand calls: tested in test_judge
ERRORS = {"B101", "B103", "B105"}


def test_every_code_has_its_section() -> None:
    """Page and registry list the same codes, in the same order, under the same titles."""
    assert [(code, title) for code, (title, _) in SECTIONS.items()] == list(CODES.items())


@pytest.mark.parametrize("code", sorted(SECTIONS.keys() - WITHOUT_EXAMPLE))
def test_the_example_has_the_problem_and_the_remedy_has_none(budget: Budgets, code: str) -> None:
    bad, good = re.findall(r"```python\n(.*?)```", SECTIONS[code][1], re.DOTALL)
    (found,) = judge(budget(bad))
    assert (found.code, found.severity) == (code, "error" if code in ERRORS else "warning")
    assert found.hint
    assert found.span.line > 1
    assert judge(budget(good)) == ()
