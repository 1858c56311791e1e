"""What a plain run keeps of its calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CallRecord"]


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One try of a task, or one nested run.

    `arguments` and `result` are JSON, as on the wire; `error` is the exception it ended in, else None.
    `retry` counts the tries before it. `at` is when it began, in virtual seconds since the outermost run did.
    `run` is the name of the run that made the call.
    """

    name: str
    arguments: dict[str, Any]
    result: Any
    error: BaseException | None
    retry: int
    at: float
    run: str

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value!r}" for name, value in self.arguments.items())
        outcome = f"raised {self.error!r}" if self.error is not None else f"-> {self.result!r}"
        return f"{self.name}({arguments}) {outcome}"
