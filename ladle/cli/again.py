"""Going on with a run of this machine, seen to its end: `redrive` and `resume` without a stage."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from ladle.cli.doing import here_again, plan_lines
from ladle.cli.ending import tell_end, watch_for
from ladle.cli.projects import store_of
from ladle.errors import DiagnosticError
from ladle.local.answers import Answers, parse_answers
from ladle.local.going_on import plan_here, redrive_here, resume_here
from ladle.local.session import LocalSession
from ladle.operate.records import RunRecord
from ladle.operate.retry import check_redrive

__all__ = ["redriven", "resumed"]


def redriven(reference: str, as_json: bool) -> None:
    """Redrive a run, and show it as `ladle run` does."""
    with store_of() as store:
        record = store.find(reference)
        check_redrive(store, record)
    with _session(record) as session:
        _seen(
            session,
            record.workflow,
            as_json,
            lambda watch, begin: _redriven(session, record, watch, begin),
        )


def _redriven(session: LocalSession, record: RunRecord, watch: Any, begin: Callable[..., None]) -> RunRecord:
    begin(record.id, None)  # before what it did so far is told again
    return redrive_here(session, record.id, listener=watch)


def resumed(reference: str, step: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Say what resuming a run means, and do it, as `ladle run` does."""
    with store_of() as store:
        record = store.find(reference)
    with _session(record) as session:
        plan = plan_here(session, record.id, step)
        if dry_run:
            click.echo(
                json.dumps(plan.as_json(), indent=2, ensure_ascii=False)
                if as_json
                else "\n".join(plan_lines(plan))
            )
            return
        if not as_json:
            click.echo("\n".join(plan_lines(plan)))
        _seen(
            session,
            record.workflow,
            as_json,
            lambda watch, begin: resume_here(session, record.id, step, listener=watch, announce=begin),
        )


@contextmanager
def _session(record: RunRecord) -> Iterator[LocalSession]:
    """A session with the options that the run was given."""
    options: dict[str, Any] = here_again(record)
    answers = Answers(parse_answers(tuple(options.pop("answers"))))
    with LocalSession.open(**options, answers=answers) as session:
        if session.project.diagnostics:
            raise DiagnosticError(session.project.diagnostics)
        yield session


def _seen(session: LocalSession, workflow: str, as_json: bool, run: Callable[[Any, Any], RunRecord]) -> None:
    watch = watch_for(as_json)
    try:
        with watch.watching():
            record = run(watch, lambda name, _: watch.begin(name, workflow))
    except KeyboardInterrupt:
        if watch.run:
            watch.say(f"interrupted, what it did is kept: ladle show {watch.run}")
        raise
    tell_end(session, record, watch, as_json)
    if record.status != "SUCCEEDED":
        sys.exit(1)
