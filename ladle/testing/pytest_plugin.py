"""Fixtures for pytest: `pytest_plugins = ["ladle.testing.pytest_plugin"]` in a conftest.py brings them in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ladle.testing.stepfunctions import mock_stepfunctions

if TYPE_CHECKING:
    from ladle.local.stepfunctions import StepFunctions

__all__ = ["ladle_stepfunctions"]


@pytest.fixture
def ladle_stepfunctions(monkeypatch: pytest.MonkeyPatch) -> Iterator[StepFunctions]:
    """boto3's Step Functions on the engine, for one test; gives the service behind the clients."""
    import os

    if "AWS_DEFAULT_REGION" not in os.environ:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_stepfunctions() as service:
        yield service
