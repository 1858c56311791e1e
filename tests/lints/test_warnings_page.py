"""The page of warnings is true: each example has the warning, its remedy has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladle.compiler.lints import CODES
from tests.lints.conftest import Check

PAGE = Path(__file__).parents[2] / "docs" / "errors" / "warnings.md"
SECTIONS = {
    match[1]: (match[2], text)
    for text in re.split(r"(?m)^(?=## )", PAGE.read_text(encoding="utf-8"))
    if (match := re.match(r"## (L\d+) (.+)", text))
}


def test_every_code_has_its_section() -> None:
    """Page and registry list the same codes, in the same order, under the same titles."""
    assert {code: title for code, (title, _) in SECTIONS.items()} == dict(CODES)
    assert list(SECTIONS) == list(CODES)


@pytest.mark.parametrize("code", SECTIONS)
def test_the_example_is_warned_of_and_the_remedy_is_not(check: Check, code: str) -> None:
    bad, good = re.findall(r"```python\n(.*?)```", SECTIONS[code][1], re.DOTALL)
    found = check(bad)
    assert [(each.code, each.severity) for each in found] == [(code, "warning")]
    assert all(each.hint for each in found)
    assert check(good) == ()


def test_calls_of_services_are_no_tasks(check: Check) -> None:
    """They have no code to follow, and a bare one is made for its effect."""
    source = (
        "class Bad(Exception): ...\n\n"
        "@workflow\ndef flow(key: str) -> None:\n"
        "    aws.s3.delete_object(Bucket='landing', Key=key)\n"
    )
    assert check(source) == ()
