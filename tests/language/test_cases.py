"""What the language means, case by case: a title, the source, and its form or problems (`cases/*.txt`).

A case is a line `## title`, the statements of a workflow `flow(key: str, n: int) -> None` (or whole
definitions, whose last workflow is read), a line `=>`, and what reading gives: the printed form, or one line
`LINE:COLUMN CODE message | hint` for each problem. Types and tasks that every case knows are in `written.py`.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.language.written import LINES, Language

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    file: str
    title: str
    source: str
    expected: str


def cases() -> list[Case]:
    found = []
    for path in sorted(CASES.glob("*.txt")):
        for text in re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]:
            title, _, rest = text.partition("\n")
            source, _, expected = rest.partition("\n=>\n")
            found.append(Case(path.stem, title, source.strip("\n"), expected.strip("\n")))
    return found


def outcome(language: Language, source: str) -> str:
    """What reading the source gives, as the case files write it."""
    whole = "@workflow" in source
    reading = language.examine(source) if whole else language.body(source)
    # Places count from the first line of the case, and from its own first column.
    above, left = (LINES, 0) if whole else (LINES + 2, 4)
    lines = [
        f"{each.span.line - above}:{each.span.column - left} {each.code} {each.message} | {each.hint}"
        for each in reading.diagnostics
    ]
    if reading.program is not None:
        lines.append(language.printed(reading))
    return "\n".join(lines)


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.file}: {case.title}")
def test_case(language: Language, case: Case) -> None:
    assert outcome(language, case.source) == textwrap.dedent(case.expected)
