"""What a task that must not be called twice is retried for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladle.compiler import compile_workflow
from tests.language.written import module_of

SOURCE = """
from ladle import *

@task{options}
def pay(amount: int) -> str:
    return str(amount)

@workflow
def flow(amount: int) -> str:
    return pay(amount)
"""


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        ("(idempotent=False)", {"Lambda.TooManyRequestsException"}),
        (
            "",
            {
                "Lambda.TooManyRequestsException",
                "Lambda.ServiceException",
                "Lambda.AWSLambdaException",
                "Lambda.SdkClientException",
            },
        ),
    ],
)
def test_only_what_came_before_the_call_is_retried(tmp_path: Path, options: str, errors: set[str]) -> None:
    """A refused request has called nothing; the service's other errors may come after the function ran."""
    module: Any = module_of(SOURCE.replace("{options}", options), tmp_path, "")
    (retry,) = compile_workflow(module.flow).definition["States"]["pay"]["Retry"]
    assert set(retry["ErrorEquals"]) == errors
