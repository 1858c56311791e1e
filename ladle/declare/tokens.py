"""`TaskToken`: what a task hands out so that somebody can answer the call later."""

from __future__ import annotations

from typing import Generic, TypeVar

__all__ = ["TaskToken"]

Answer = TypeVar("Answer", covariant=True)


class TaskToken(str, Generic[Answer]):
    """The token of a call that waits for its answer (`.waitForTaskToken`).

    Annotate a task's first parameter `TaskToken[Decision]`: callers do not pass it, and the value of the call
    is the `Decision` that somebody sends with `SendTaskSuccess`; what the function itself returns is dropped.
    The token is a string, so it can go into a message, a URL or a table as it is.
    """

    __slots__ = ()

    @property
    def token(self) -> str:
        """The bare text."""
        return str.__str__(self)
