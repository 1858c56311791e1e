"""What Ladle relies on in Chalice: when a new version changes it, these tests say what."""

from __future__ import annotations

from typing import Any

import pytest
from chalice import Chalice
from chalice.deploy.executor import Executor
from chalice.deploy.planner import PlanStage

from ladle.deploy.chalice import attach, contract
from ladle.errors import LadleError


def test_this_chalice_is_one_that_ladle_extends() -> None:
    """Every method and data class is where it was, with the parameters it had."""
    assert contract.problems() == []


def test_a_method_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is deployed."""
    monkeypatch.delattr(PlanStage, "execute")
    assert contract.problems() == ["chalice.deploy.planner.PlanStage.execute is gone"]


def test_a_method_with_other_parameters_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it takes and what it took."""

    def execute(self: Any, everything: Any) -> None: ...

    monkeypatch.setattr(Executor, "execute", execute)
    (found,) = contract.problems()
    assert found == "chalice.deploy.executor.Executor.execute takes (self, everything), not (self, plan)"


def test_another_chalice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its version, and what to do."""
    monkeypatch.setenv("AWS_CHALICE_CLI_MODE", "true")
    monkeypatch.delattr(PlanStage, "execute")
    with pytest.raises(
        LadleError, match=r"Chalice [\d.]+ is not one that Ladle can extend: .*PlanStage.execute is gone"
    ):
        attach(Chalice(app_name="x"))


def test_attaching_is_nothing_outside_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing app.py anywhere else, in a Lambda function of Chalice's own too, costs nothing."""
    monkeypatch.delenv("AWS_CHALICE_CLI_MODE", raising=False)
    app = Chalice(app_name="x")
    attach(app)
    assert not hasattr(app, "ladle_root")
