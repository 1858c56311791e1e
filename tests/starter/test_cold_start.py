"""What Ladle's own functions load before their first call: no compiler, and AWS only in Lambda."""

from __future__ import annotations

import pytest

from tests.runtime.test_cold_start import OTHERS, ROOMS, loaded_by


@pytest.mark.parametrize("module", ["starter", "alerts", "sweep", "deadline"])
def test_nothing_heavy_is_loaded(module: str) -> None:
    """Neither a library nor a room of Ladle that does not travel."""
    heavy = {*OTHERS, *(f"ladle.{room}" for room in ROOMS)}
    assert sorted(loaded_by(f"import ladle.runtime.{module}") & heavy) == []


def test_the_starter_has_its_client_before_the_first_call() -> None:
    """Lambda gives more CPU while it initialises a sandbox."""
    variables = {"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_DEFAULT_REGION": "eu-central-1"}
    assert "boto3" in loaded_by(f"import os; os.environ |= {variables}\nimport ladle.runtime.starter")
