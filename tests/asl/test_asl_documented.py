"""The page docs/errors/asl.md has a section for every code, and its examples give just that code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ladle.asl import TITLES, validate

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "errors" / "asl.md").read_text(encoding="utf-8")
SECTIONS = {
    match[1]: (match[2], match[3])
    for match in re.finditer(r"^## (A\d{3}) (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
NO_EXAMPLE = {"A103": "[" * 201 + "]" * 201, "A502": json.dumps({"Comment": "x" * (1024 * 1024)})}


def test_every_code_has_its_section() -> None:
    """The registry and the page list the same codes, in the same order, with the same titles."""
    assert [(code, title) for code, (title, _) in SECTIONS.items()] == list(TITLES.items())


def test_no_code_is_missing_from_the_registry() -> None:
    """Every code that a rule writes is registered."""
    written: set[str] = set()
    for source in (ROOT / "ladle" / "asl").rglob("*.py"):
        if source.name != "codes.py":
            written |= set(re.findall(r'"(A\d{3})"', source.read_text(encoding="utf-8")))
    assert written == set(TITLES)


@pytest.mark.parametrize("code", sorted(TITLES))
def test_the_example_gives_the_code(code: str) -> None:
    """The example of a section is refused, or warned of, with the section's code and no other."""
    _, body = SECTIONS[code]
    assert "Remedy: " in body
    if code in NO_EXAMPLE:
        assert code in {item.code for item in validate(NO_EXAMPLE[code])}
        return
    fence = re.search(r"```json( express)?\n(.*?)```", body, re.DOTALL)
    assert fence is not None
    found = validate(fence[2], type="EXPRESS" if fence[1] else "STANDARD")
    assert {item.code for item in found} == {code}
    assert all((item.severity == "warning") == code.startswith("A9") for item in found)
