"""Where runs are kept: one interface, which the local store and an account both have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from ladle.operate.records import KeptObject, RunBrief, RunRecord, StepSummary, TaskLog

__all__ = ["Runs"]


class Runs(Protocol):
    """What is known of runs. A `run` is a run's id: its name, which for a run on AWS is its execution's."""

    unfinished: str | None
    """The run up to which the last `runs` looked before it gave up; None when it left nothing out."""

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        trigger: str | None = None,
        slot: float | None = None,
        step: str | None = None,
        error: str | None = None,
        redriven: bool | None = None,
        before: str | None = None,
        limit: int = 20,
    ) -> list[RunRecord]:
        """Runs that no other run started, the newest first, with what is known of each.

        `since` and `until` bound the time when they were created (seconds since the epoch; the latter is not
        in it). `trigger` is a word of `ladle.operate.records.TRIGGERS`, `slot` the time of a schedule, `step`
        the one that failed, `error` the name of its error, `redriven` whether the run was redriven. `before`
        is the id of the run to go on after.
        """

    def count(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        trigger: str | None = None,
        slot: float | None = None,
        step: str | None = None,
        error: str | None = None,
        redriven: bool | None = None,
    ) -> int | None:
        """How many runs there are of that kind; None where only reading them all would tell."""

    def briefs(
        self,
        workflow: str | None = None,
        *,
        status: str | None = None,
        since: float | None = None,
        until: float | None = None,
        limit: int = 1000,
    ) -> list[RunBrief]:
        """The newest runs that no other run started, in passing: no run is read by itself."""

    def named(
        self, workflow: str, names: Collection[str], since: float | None = None
    ) -> Mapping[str, RunBrief]:
        """Those of the runs with these names that there are; none of them was created before `since`."""

    def steps(self, runs: Sequence[str]) -> Mapping[str, list[StepSummary]]:
        """How the steps of these runs went, each run's in the order in which they were first entered."""

    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """How many runs each workflow has in each status, as far as that is known without reading them."""

    def find(self, reference: str) -> RunRecord:
        """The run that a person means: its id, a part of it that tells it apart, or `last`."""

    def children(self, root: str) -> list[RunRecord]:
        """The runs that a run started, and those that they started, in order."""

    def definition(self, run: str) -> dict[str, Any]:
        """The state machine that a run ran, as it was then."""

    def events(self, run: str, after: int = 0) -> Iterator[dict[str, Any]]:
        """A run's history in order, as GetExecutionHistory has it, but `timestamp` in milliseconds.

        Only what comes after the event with the id `after`: who watches a run asks for what is new.
        """

    def calls(self, run: str) -> list[TaskLog]:
        """What the task calls of a run wrote and how they failed."""

    def objects(self, run: str) -> list[KeptObject]:
        """The S3 objects that a run wrote, where that is known."""
