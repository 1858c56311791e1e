"""`ladle worker`: what does the work of an activity."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ladle.cli import completing

if TYPE_CHECKING:
    from ladle.operate.worker import Worker

__all__ = ["command"]


@click.command("worker")
@click.argument("activity", shell_complete=completing.activities)
@click.option("--stage", required=True, metavar="NAME", help="The stage, as in infra/NAME.toml.")
@click.option(
    "--at-once", default=1, show_default=True, type=click.IntRange(1, 1000), help="So many tasks at once."
)
@click.option(
    "--idle", type=click.FloatRange(0), metavar="SECONDS", help="End when there was no work for so long."
)
@click.option("--name", metavar="NAME", help="What histories call the worker.  [default: host and process]")
@click.option("--policy", is_flag=True, help="Only print the IAM policy that the worker needs.")
def command(
    activity: str, stage: str, at_once: int, idle: float | None, name: str | None, policy: bool
) -> None:
    """Ask Step Functions for the work of ACTIVITY, do it with the project's function, and answer.

    It works until it is interrupted: what has been taken is then done first; a second time ends it at once.
    """
    from ladle.cli.accounts import app_name
    from ladle.cli.projects import load
    from ladle.deploy.account import here
    from ladle.deploy.policies import document
    from ladle.deploy.stage import load_stage
    from ladle.deploy.working import work_of
    from ladle.operate.worker import Worker, states_client

    project = load()
    work = work_of(project, load_stage(project.root, stage), app_name(project.root), activity)
    aws = here()
    if policy:
        click.echo(aws.text(json.dumps(document(work.statements), indent=2)))
        return
    os.environ.update(work.environment)
    worker = Worker(
        work.activity,
        aws.text(work.arn),
        states_client(at_once),
        name=name or f"{socket.gethostname()}-{os.getpid()}",
        named=work.errors,
        say=click.echo,
    )
    click.echo(f"waiting for work of {activity} on {stage}; Ctrl-C ends it")
    with _signals(worker):
        worker.run(at_once=at_once, idle=idle)


@contextmanager
def _signals(worker: Worker) -> Iterator[None]:
    """The first interruption stops the worker, the second one ends the process."""

    def stop(number: int, frame: Any) -> None:
        del frame
        for each in before:
            signal.signal(each, before[each])
        click.echo(
            f"{signal.Signals(number).name}: no more work is taken; this may take a minute (again: at once)"
        )
        worker.stop()

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
