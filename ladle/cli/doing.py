"""Runs and what is done with them, for a command: here, or on a deployed stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ladle.operate.ends import Actions, Runs
    from ladle.operate.records import RunRecord
    from ladle.operate.resume import Resumption

__all__ = ["confirm", "doing", "here_again", "plan_lines", "shown_at"]


@contextmanager
def doing(stage: str | None) -> Iterator[tuple[Runs, Actions]]:
    """The runs of this machine or of a stage, and what one does with them without waiting."""
    from ladle.cli.projects import store_of
    from ladle.project import find_root

    if stage is not None:
        from ladle.cli.accounts import actions_of

        yield actions_of(stage)
        return
    from ladle.local.acting import LocalActions

    with store_of() as store:
        yield store, LocalActions(find_root(), store)


def shown_at(run: str, stage: str | None, command: str = "show") -> str:
    """The command that shows a run."""
    return f"ladle {command} {run}" + (f" --stage {stage}" if stage is not None else "")


def confirm(question: str, yes: bool) -> None:
    """Ask, unless `--yes` was given; stops the command at a no."""
    if not yes:
        click.confirm(question, abort=True)


def plan_lines(plan: Resumption) -> list[str]:
    """What resuming a run means, for a person to agree to."""
    after = f", after {plan.after}" if plan.after else ""
    values = ", ".join(plan.restored) or "nothing"
    return [
        f"{plan.workflow} run {plan.run} goes on with {plan.step}{after}, on the present code",
        f"restored  {values}",
        *(f"note      {note}" for note in plan.notes),
    ]


def here_again(record: RunRecord) -> dict[str, Any]:
    """What the session of a run was opened with, for one that goes on with it."""
    words = list((record.via or {}).get("options", ()))
    found = dict(zip(words[::2], words[1::2], strict=False))
    answers = [value for name, value in zip(words[::2], words[1::2], strict=False) if name == "--answer"]
    return {
        "stage": found.get("--stage", "local"),
        "aws": found.get("--aws", "memory"),
        "seed": record.seed or 0,
        "answers": answers,
    }
