"""Where runs are kept: one interface, which the local store and an account both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from ladle.operate.records import KeptObject, RunRecord, TaskLog

__all__ = ["Runs"]


class Runs(Protocol):
    """What is known of runs. A `run` is a run's id: its name, which for a run on AWS is its execution's."""

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> list[RunRecord]:
        """Runs that no other run started, the newest first; `before` is the id to go on after."""

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """How many runs each workflow has in each status, as far as that is known without reading them."""

    def find(self, reference: str) -> RunRecord:
        """The run that a person means: its id, a part of it that tells it apart, or `last`."""

    def children(self, root: str) -> list[RunRecord]:
        """The runs that a run started, and those that they started, in order."""

    def definition(self, run: str) -> dict[str, Any]:
        """The state machine that a run ran, as it was then."""

    def events(self, run: str) -> Iterator[dict[str, Any]]:
        """A run's history in order, as GetExecutionHistory has it, but `timestamp` in milliseconds."""

    def calls(self, run: str) -> list[TaskLog]:
        """What the task calls of a run wrote and how they failed."""

    def objects(self, run: str) -> list[KeptObject]:
        """The S3 objects that a run wrote, where that is known."""
