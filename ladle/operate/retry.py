"""Running a failed run again, the way that helps: a redrive where one can succeed, else anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ladle.errors import LadleError
from ladle.operate.ends import Actions, Runs
from ladle.operate.records import RunRecord
from ladle.operate.resume import resumed_name

__all__ = ["Retried", "check_redrive", "ends_in_fail", "retry"]


@dataclass(frozen=True, slots=True)
class Retried:
    """What `retry` did: `how` is "redriven" or "started", `run` the run that goes on, `because` why not the
    other."""

    how: str
    workflow: str
    run: str
    because: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {name: getattr(self, name) for name in type(self).__slots__}


def ends_in_fail(runs: Runs, run: str) -> str | None:
    """The Fail state in which a run ended: redriving would only enter it again. None for other ends."""
    (steps,) = runs.steps([run]).values()
    return next((step.step for step in steps if step.kind == "Fail" and step.status == "failed"), None)


def check_redrive(runs: Runs, record: RunRecord) -> None:
    """Raise LadleError where a redrive could only fail again (Step Functions developer guide, Redriving)."""
    if record.status in ("SUCCEEDED", "RUNNING"):
        state = "is going on" if record.status == "RUNNING" else "succeeded"
        raise LadleError(f"{record.id} {state}: there is nothing to redrive")
    state_name = ends_in_fail(runs, record.id)
    if state_name is not None:
        raise LadleError(
            f"{record.id} ended because the workflow itself raised {record.failure} (state {state_name!r}): a"
            " redrive would only raise it again. Go on with the step that failed: ladle resume; or begin"
            " anew: ladle retry"
        )


def retry(runs: Runs, actions: Actions, run: str) -> Retried:
    """Redrive a failed run, or where that cannot help, start one with the same input and a name of its own.

    Raises LadleError for a run that goes on or succeeded, and for one that another run started.
    """
    record = runs.find(run)
    if record.status in ("SUCCEEDED", "RUNNING"):
        state = "is going on" if record.status == "RUNNING" else "succeeded"
        raise LadleError(f"{record.id} {state}: there is nothing to repeat")
    if record.parent is not None:
        raise LadleError(f"{record.id} was started by {record.root}: repeat that one")
    try:
        check_redrive(runs, record)
        actions.redrive(record.id)
    except LadleError as error:
        because = str(error)
    else:
        return Retried("redriven", record.workflow, record.id)
    given = record.input if isinstance(record.input, dict) else {}
    for number in range(1, 1000):
        name = resumed_name(record.id, number)
        if name in runs.named(record.workflow, [name]):
            continue
        started = actions.start(record.workflow, given, name)
        return Retried("started", record.workflow, started.run, because)
    raise LadleError(f"{record.id} was repeated a thousand times")
