"""Workflows written in tests, and their budgets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ladle import compiler
from ladle.budgets import Recorded, Report, report
from ladle.declare import Workflow
from tests.language.written import module_of

Budgets = Callable[..., Report]


@pytest.fixture
def budget(tmp_path: Path) -> Budgets:
    """The budget of the last workflow of a source."""

    def made(source: str, known: Recorded | None = None, items: dict[str, int] | None = None) -> Report:
        module: Any = module_of(source, tmp_path, "from ladle import *\n")
        workflow = [each for each in vars(module).values() if isinstance(each, Workflow)][-1]
        compiled = compiler.compile_workflow(workflow, root=tmp_path)
        return report(compiled, workflow, workflow.place, known, items)

    return made
