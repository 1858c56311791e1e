"""Judging code that is about to be deployed by runs that were: would they have gone another way?"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.operate.ends import Runs
    from ladle.operate.records import RunRecord

__all__ = ["judge"]


def judge(revision: str, workflow: str | None, stage: str | None, number: int | None, as_json: bool) -> None:
    """Say which of the last runs would have gone another way; exits with 1 when one would.

    `revision` is one of Git, or `.` for the project's folder; `workflow` may also be a run.
    """
    from ladle.cli.accounts import runs_of
    from ladle.cli.projects import load
    from ladle.cli.recorded import names_on
    from ladle.local.replay import definitions_at, definitions_of
    from ladle.project import find_root

    root = find_root()
    project = load()
    definitions = definitions_of(project) if revision == "." else definitions_at(root, revision)
    names = names_on(stage)
    told: list[dict[str, Any]] = []
    with runs_of(stage) as store:
        if workflow is not None and workflow not in definitions:
            runs = [store.find(workflow)]
        else:
            runs = store.runs(workflow=workflow, limit=number or 20)
        with _counting(len(runs), as_json) as count:
            for run in runs:
                told.append(_judged(store, run, names, definitions))
                count()
    _tell_judgement(told, revision, as_json)
    if any(each["way"] == "another" for each in told):
        sys.exit(1)


def _judged(
    store: Runs, run: RunRecord, names: Mapping[str, str], definitions: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    from ladle.cli.recorded import read
    from ladle.local.replay import replay

    told: dict[str, Any] = {"run": run.id, "workflow": run.workflow, "status": run.status}
    if run.status in ("RUNNING", "INTERRUPTED"):
        return {**told, "way": "unknown", "why": f"it is {run.status.lower()}"}
    if run.trigger == "resume":
        return {**told, "way": "unknown", "why": "it began in the middle, where another run had failed"}
    if run.workflow not in definitions:
        return {**told, "way": "unknown", "why": "the code has no such workflow"}
    try:
        found = replay(read(store, run, names), definitions[run.workflow], run.arn, same_code=False)
    except LadleError as error:
        return {**told, "way": "unknown", "why": str(error)}
    if found.difference is None:
        return {**told, "way": "same"}
    return {**told, "way": "another", "why": str(found.difference), "difference": found.difference.as_json()}


def _tell_judgement(told: list[dict[str, Any]], revision: str, as_json: bool) -> None:
    from ladle.cli.paint import columns, paint, wants_colour

    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    if not told:
        click.echo("there is no run to judge by")
        return
    colour = wants_colour()
    styles = {"another": "bad", "unknown": "warn"}
    rows = [
        (each["run"], each["workflow"], f"{each['way']} way" if each["way"] == "another" else "not judged")
        for each in told
        if each["way"] != "same"
    ]
    lines = columns(rows) if rows else []
    for line, each in zip(lines, [e for e in told if e["way"] != "same"], strict=True):
        click.echo(f"{paint(line, styles[each['way']], colour)}  {each['why']}", color=colour)
    ways = [each["way"] for each in told]
    code = "the code in this folder" if revision == "." else f"the code at {revision}"
    parts = [f"{ways.count('same')} of {len(told)} runs would go the same way with {code}"]
    if ways.count("another"):
        parts.append(f"{ways.count('another')} another")
    if ways.count("unknown"):
        parts.append(f"{ways.count('unknown')} could not be judged")
    click.echo(", ".join(parts))


@contextmanager
def _counting(whole: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """Counts on a terminal how many runs are done: call what it gives after each."""
    from ladle.cli.paint import is_terminal

    if quiet or not is_terminal(sys.stderr):
        yield lambda: None
        return
    done = itertools.count(1)
    try:
        yield lambda: click.echo(f"\r{next(done)} of {whole} runs", nl=False, err=True)
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)
