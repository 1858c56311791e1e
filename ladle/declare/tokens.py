"""`TaskToken`: what a task hands out so that somebody can answer the call later."""

from __future__ import annotations

from typing import Generic, TypeVar

from ladle.value import Value

__all__ = ["TaskToken"]

Answer = TypeVar("Answer")


class TaskToken(Value, Generic[Answer]):
    """The token of a call that waits for its answer (`.waitForTaskToken`).

    Annotate a task's first parameter `TaskToken[Decision]`: callers do not pass it, and the value of the call
    is the `Decision` that somebody sends with `SendTaskSuccess`; what the function returns is dropped.
    `token` is the text to put into a message, a URL or a table.
    """

    # No subclass of str: a type checker would then take every function whose first parameter is a str for
    # one that takes a token.
    token: str

    def __str__(self) -> str:
        return self.token
