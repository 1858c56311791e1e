"""The page about tasks is true: its examples run, and do what is said of them."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ladle.compiler import compile_workflow
from ladle.runtime import invoke
from ladle.testing import plain_run
from tests.oracles import engine_runner
from tests.oracles.lambdas import Lambdas
from tests.oracles.storing import stored
from tests.runtime.kept import MemoryKept

PAGE = Path(__file__).parents[2] / "docs" / "tasks.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = "arn:aws:states:eu-central-1:123456789012:execution:w:r"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """All examples, one module in the order of the page; its assertions hold."""
    file = tmp_path / "tasks_page.py"
    file.write_text("from __future__ import annotations\n\n" + "\n\n".join(BLOCK.findall(PAGE.read_text())))
    spec = importlib.util.spec_from_file_location("tasks_page", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["tasks_page"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules["tasks_page"]


def test_each_declaration_is_right(page: Any) -> None:
    """And the workflow compiles without a word of the secret."""
    for name in ("count", "load", "charge", "load_table", "refund"):
        assert getattr(page, name).problems == ()
    assert "stripe" not in compile_workflow(page.cancel).text


def test_values_pass_as_the_table_says(page: Any) -> None:
    """A date as text, a default filled in."""
    given = {"args": {"day": {"date": "2013-01-31", "rows": 2}}}
    assert invoke(page.count, given) == {"date": "2013-01-31", "rows": 3}


def test_a_table_of_any_size_is_worked_off_in_batches(page: Any) -> None:
    """As plain Python, and as a machine that holds none of its rows."""
    assert plain_run(page.tables, input={"rows": 2_500}).output == 0
    compiled = compile_workflow(page.tables)
    functions = Lambdas(compiled.tasks)
    with stored() as place:
        run = engine_runner.run(
            {"tables": compiled.definition}, "tables", {"rows": 2_500}, functions.functions
        )
    assert (run.status, run.output) == ("SUCCEEDED", 0), run.cause
    assert len([name for name, _ in functions.calls if name == "shorten"]) == 2_500
    assert sum(len(body) > 1_000_000 for body in place.objects.values()) == 1
    assert max(len(json.dumps(event.details)) for event in run.execution.events()) < 10_000


def test_a_call_is_made_once_and_a_place_is_held(page: Any) -> None:
    """With the tables of the stage behind them."""
    kept = MemoryKept()
    event = {"args": {"order": 1}, "ladle": {"run": RUN, "root": RUN, "step": "charge"}}
    assert [invoke(page.charge, event, kept=kept) for _ in range(3)] == ["receipt 1"] * 3
    assert page.CHARGED == [1]
    event = {"args": {"name": "t"}, "ladle": {"run": RUN, "root": RUN, "step": "load_table"}}
    assert invoke(page.load_table, event, kept=kept) == "t"
    assert "pool/warehouse" in kept.documents


def test_secrets_come_from_the_environment(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the names that the page tells."""
    monkeypatch.setenv("LADLE_SECRET_STRIPE", "sk")
    monkeypatch.setenv("LADLE_PARAMETER_TILL_URL", "https://till")
    assert invoke(page.refund, {"args": {"order": 7}}) == "https://till/7 with a key of 2 characters"
