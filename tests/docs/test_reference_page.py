"""The reference of expressions is true: each compiles, and becomes the JSONata shown below it."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ladle.compiler.emit.expressions import print_expression
from ladle.compiler.language import examine, form

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
SETTING = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(expressions|refused)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def expressions(kind: str) -> list[str]:
    """The expressions of the page: the lines of such blocks that are not indented."""
    return [
        line
        for which, text in BLOCK.findall(PAGE.read_text())
        if which == kind
        for line in text.splitlines()
        if line and not line.startswith(" ")
    ]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The page's setting, whose last line begins a workflow, and a workflow `eN` for each expression."""
    setting = SETTING.search(PAGE.read_text())
    assert setting is not None
    before, _, head = setting[1].rstrip().rpartition("@workflow\n")
    assert head.startswith("def flow(")
    lines = [before]
    for kind in ("expressions", "refused"):
        for number, text in enumerate(expressions(kind)):
            lines.append(f"@workflow\n{head.replace('flow', f'{kind}_{number}')}\n    return {text}\n\n")
    file = tmp_path_factory.mktemp("docs") / "reference_page.py"
    file.write_text("from __future__ import annotations\n\n" + "\n".join(lines))
    spec = importlib.util.spec_from_file_location("reference_page", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["reference_page"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["reference_page"]


def printed(page: ModuleType, number: int, text: str) -> str:
    """The JSONata that an expression of the page becomes."""
    reading = examine(getattr(page, f"expressions_{number}"))
    assert reading.program is not None, f"{text}: {reading.diagnostics}"
    last = reading.program.body[-1]
    assert isinstance(last, form.Return), text
    assert last.value is not None
    names = {each.target: each.value for each in reading.program.body if isinstance(each, form.Assign)}
    assert not names, f"{text}: no expression alone"
    return print_expression(last.value, lambda variable: f"${variable.name}")


def test_each_expression_becomes_the_jsonata_shown(page: ModuleType) -> None:
    """`LADLE_UPDATE=1` writes the JSONata into the page."""
    numbers = iter(range(10_000))

    def shown(match: re.Match[str]) -> str:
        if match[1] != "expressions":
            return match[0]
        lines: list[str] = []
        for text in match[2].splitlines():
            if text and not text.startswith(" "):
                lines += [text, f"    {printed(page, next(numbers), text)}"]
        return "```expressions\n" + "".join(f"{line}\n" for line in lines) + "```"

    expected = BLOCK.sub(shown, PAGE.read_text())
    if os.environ.get("LADLE_UPDATE"):
        PAGE.write_text(expected)
    assert PAGE.read_text() == expected


def test_each_refused_expression_is_refused(page: ModuleType) -> None:
    """What the page says is refused is refused, with something to write instead."""
    for number, text in enumerate(expressions("refused")):
        reading = examine(getattr(page, f"refused_{number}"))
        assert reading.program is None, text
        assert all(each.hint for each in reading.diagnostics), text
