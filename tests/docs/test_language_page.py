"""The pages of the language are true: each example compiles, and becomes the states shown below it."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ladle.compiler import check, compile_workflow, with_loops
from ladle.declare import Workflow

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["language.md", "integrations.md", "distributed-maps.md", "activities.md"]
BLOCK = re.compile(r"^```(python|states)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def outline(scope: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The states of a definition, one a line: indented by nesting, in the order in which they are written."""
    for name, state in scope["States"].items():
        yield f"{'  ' * depth}{name}: {state['Type']}"
        for branch in [*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])]:
            yield from outline(branch, depth + 1)


@pytest.fixture(scope="module", params=PAGES)
def written(request: pytest.FixtureRequest) -> Path:
    """Each page."""
    return DOCS / str(request.param)


@pytest.fixture(scope="module")
def page(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """All examples of a page, one module in the order of the page."""
    source = "\n\n".join(text for kind, text in BLOCK.findall(written.read_text()) if kind == "python")
    name = f"{written.stem.replace('-', '_')}_page"
    file = tmp_path_factory.mktemp("docs") / f"{name}.py"
    file.write_text("from __future__ import annotations\n\n" + source)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules[name]


def test_each_example_becomes_the_states_shown(page: ModuleType, written: Path) -> None:
    """`LADLE_UPDATE=1` writes the states into the page."""
    text, pending = written.read_text(), []

    def shown(match: re.Match[str]) -> str:
        if match[1] == "python":
            pending[:] = re.findall(r"^@workflow.*\ndef (\w+)", match[2], re.MULTILINE)
            return match[0]
        lines: list[str] = []
        for name in pending:
            workflow = getattr(page, name)
            assert isinstance(workflow, Workflow)
            for each, machine in with_loops(workflow, compile_workflow(workflow)):
                lines += [f"{each.name}:", *outline(machine.definition, 1)]
        return "```states\n" + "".join(f"{line}\n" for line in lines) + "```"

    expected = BLOCK.sub(shown, text)
    if os.environ.get("LADLE_UPDATE"):
        written.write_text(expected)
    assert written.read_text() == expected


def test_checking_the_examples_finds_no_error(page: ModuleType) -> None:
    """The warnings are looked for too: no lint stumbles over a construct of the page."""
    found = check(value for value in vars(page).values() if isinstance(value, Workflow))
    assert [each for each in found if each.severity == "error"] == []


def test_every_workflow_of_the_page_is_shown(page: ModuleType, written: Path) -> None:
    """No example is left without its states."""
    blocks = BLOCK.findall(written.read_text())
    followed = {
        name
        for (kind, text), (after, _) in pairwise(blocks)
        if kind == "python" and after == "states"
        for name in re.findall(r"^@workflow.*\ndef (\w+)", text, re.MULTILINE)
    }
    assert followed == {name for name, value in vars(page).items() if isinstance(value, Workflow)}
