"""The page about budgets is true: its examples compile, and none of them breaks a limit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ladle import compiler
from ladle.budgets import judge, report
from ladle.declare import Workflow
from tests.language.written import module_of

PAGE = Path(__file__).parents[2] / "docs" / "budgets.md"


def test_the_examples_stay_within_every_limit(tmp_path: Path) -> None:
    """With the bounds that they state."""
    source = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    module: Any = module_of(source, tmp_path, "")
    workflows = [each for each in vars(module).values() if isinstance(each, Workflow)]
    assert len(workflows) == 4
    for workflow in workflows:
        compiled = compiler.compile_workflow(workflow, root=tmp_path)
        for each, machine in compiler.with_loops(workflow, compiled):
            found = report(machine, each, each.place)
            assert judge(found) == (), each.name
            assert found.worst(found.budget.events) is not None
