"""boto3's Step Functions, answered by Ladle's engine in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ladle.local.stepfunctions import StepFunctions

__all__ = ["mock_stepfunctions"]


@contextmanager
def mock_stepfunctions(
    functions: Mapping[str, Callable[[Any, Any], Any]] | None = None,
    *,
    start: datetime | float | None = None,
    seed: int = 0,
    look: float = 1.0,
) -> Iterator[StepFunctions]:
    """Let every boto3 `stepfunctions` client of this process talk to the engine, under moto's `mock_aws`.

    Executions run in this process, at once, with their waits skipped; Lambda tasks call the functions
    created in moto, from their own code, without Docker. Also a decorator. Enters `mock_aws` by itself
    where it is not active yet.

    Parameters:
        functions: Python callables (event, context) by function name, called instead of a function's code;
            the function need not exist in moto.
        start: when the virtual clock starts, an aware datetime or seconds since the epoch; now if left out.
        seed: for names, tokens, jitter and the like: the same seed gives the same run.
        look: seconds that pass when an execution which waits for somebody outside is looked at
            (DescribeExecution, ListExecutions, GetExecutionHistory), so that polling ends; 0 for none.

    Yields the service: `executions` (the engine's own, by ARN) and `advance(seconds)`.

    >>> with mock_stepfunctions({"greet": lambda event, context: f"hello {event['name']}"}) as service:
    ...     client = boto3.client("stepfunctions")                            # doctest: +SKIP
    """
    from ladle.local.stepfunctions import open_door

    with open_door(functions, start=start, seed=seed, look=look) as service:
        yield service
