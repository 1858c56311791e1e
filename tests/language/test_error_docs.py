"""Every code of the language has a page section whose examples do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladle.compiler.language import CODES
from ladle.compiler.plan import split
from ladle.errors import DiagnosticError
from tests.language.written import Language

PAGE = Path(__file__).parents[2] / "docs" / "errors" / "language.md"
SECTIONS = {
    match[1]: (match[2], text)
    for text in re.split(r"(?m)^(?=## )", PAGE.read_text(encoding="utf-8"))
    if (match := re.match(r"## (L\d+) (.+)", text))
}


def test_every_code_has_its_section() -> None:
    """The page and the registry list the same codes, in the same order, under the same titles."""
    assert [(code, title) for code, (title, _) in SECTIONS.items()] == [
        (code.code, code.title) for code in CODES.values()
    ]


@pytest.mark.parametrize("code", SECTIONS)
def test_the_example_has_the_problem_and_the_remedy_has_none(language: Language, code: str) -> None:
    bad, good = re.findall(r"```python\n(.*?)```", SECTIONS[code][1], re.DOTALL)
    found = [each.code for each in read(language, bad)]
    assert found == [code]
    assert read(language, good) == ()


def read(language: Language, source: str) -> tuple[object, ...]:
    """The problems of an example; that a loop cannot be split is found once it is read."""
    reading = language.examine(source) if "@workflow" in source else language.body(source)
    if reading.program is not None:
        try:
            split(reading.program)
        except DiagnosticError as error:
            return error.diagnostics
    return reading.diagnostics
