"""Values too large for a state machine, in local runs: the same code path as on AWS."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ladle.local.session import LocalSession
from tests.e2e import large


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalSession]:
    """A project with the workflow of large values."""
    for folder in ("functions", "statemachines", "infra"):
        (tmp_path / folder).mkdir()
    (tmp_path / "infra" / "local.toml").write_text("")
    large.add_to(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = {name: module for name, module in sys.modules.items() if _own(name)}
    for name in before:
        del sys.modules[name]
    with LocalSession.open(tmp_path) as opened:
        yield opened
    for name in [name for name in sys.modules if _own(name)]:
        del sys.modules[name]
    sys.modules.update(before)


def _own(name: str) -> bool:
    return name.partition(".")[0] in ("functions", "statemachines")


def test_no_state_carries_what_no_expression_reads(session: LocalSession) -> None:
    """Megabytes go from task to task, and no event of the history has more than a reference."""
    record = session.run("large", {"rows": 4_000})
    assert (record.status, record.output) == ("SUCCEEDED", sum(range(4_000)) + 10 * 4_000), record.cause
    sizes = [len(json.dumps(event)) for event in session.store.events(record.id)]
    assert max(sizes) < 32_000
    copies = list((session.folder / "aws" / "ladle-values").rglob("*.json"))
    assert sum(path.stat().st_size > 1_900_000 for path in copies) == 9
    assert session.store.objects(record.id) == []  # what a run published is another matter


def test_small_values_are_carried(session: LocalSession) -> None:
    """Nothing is stored that has room in the machine."""
    record = session.run("large", {"rows": 3})
    assert record.status == "SUCCEEDED"
    assert not (session.folder / "aws" / "ladle-values").exists()
