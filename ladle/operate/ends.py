"""Where runs are, and what one does with them: two interfaces that this machine and an account both have."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ladle.operate.records import ItemCounts, KeptObject, RunBrief, RunRecord, StepSummary, TaskLog

if TYPE_CHECKING:
    from ladle.operate.resume import Resumption
    from ladle.operate.slots import Slot

__all__ = ["Actions", "Runs", "Started"]


@dataclass(frozen=True, slots=True)
class Started:
    """A run that was asked for; `started` is false for one that was there already, with the same input."""

    workflow: str
    run: str
    started: bool

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {name: getattr(self, name) for name in type(self).__slots__}


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

    def item_counts(self, run: str, map_runs: Sequence[str]) -> Mapping[str, ItemCounts]:
        """The counts of the Map Runs (ARNs) of a run, as far as they are known."""

    def calls(self, run: str) -> list[TaskLog]:
        """What the task calls of a run wrote and how they failed."""

    def objects(self, run: str) -> list[KeptObject]:
        """The S3 objects that a run wrote, where that is known."""


class Actions(Protocol):
    """What one does with runs. Nothing here waits for the end of a run, and nothing asks a question.

    Every method raises LadleError, with a message for a person, when what it is asked for cannot be done.
    """

    def start(self, workflow: str, input: Mapping[str, Any], name: str = "") -> Started:
        """Start a run. Under a name that a run of the same input has, nothing is started."""

    def start_slot(self, slot: Slot) -> Started:
        """Start the run of a schedule's time, under the name that the schedule gives it, if it is missing."""

    def stop(self, run: str, reason: str) -> RunRecord:
        """Stop a run that is going on, and what it has started; gives it as it is then."""

    def redrive(self, run: str) -> RunRecord:
        """Go on with a run from the steps that did not succeed, on the machine that it began with."""

    def plan_resume(self, run: str, step: str | None = None) -> Resumption:
        """What `resume` would do; nothing is done."""

    def resume(self, run: str, step: str | None = None) -> tuple[Started, Resumption]:
        """Go on with a failed run on the present code, as a run of its own, with the values recorded.

        It begins after the last step that was completed, or with `step` (see `ladle.operate.resume`).
        """
