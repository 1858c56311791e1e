"""The fixture that checks workflows written in tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ladle import compiler
from ladle.compiler import lints
from ladle.declare import Workflow
from ladle.errors import Diagnostic
from tests.language.written import module_of

Check = Callable[[str], tuple[Diagnostic, ...]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """The problems of the last workflow of a source."""

    def checked(source: str) -> tuple[Diagnostic, ...]:
        module = module_of(source, tmp_path, "from ladle import *\n")
        workflow = [each for each in vars(module).values() if isinstance(each, Workflow)][-1]
        found = compiler.check([workflow], root=tmp_path)
        return (*found, *lints.empty_comments([f"{module.__name__}.py"], lints.CODES, tmp_path))

    return checked
