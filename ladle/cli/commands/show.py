"""`ladle show`: one run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ladle.cli import completing

if TYPE_CHECKING:
    from ladle.operate.ends import Runs
    from ladle.operate.records import RunRecord

__all__ = ["command"]


@click.command("show")
@click.argument("run", shell_complete=completing.runs)
@click.option("--history", is_flag=True, help="Every event, as GetExecutionHistory has it.")
@click.option("--logs", is_flag=True, help="Everything that its tasks printed.")
@click.option("--stage", metavar="NAME", help="A run of a deployed stage, instead of one made here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --history the events, too.")
def command(run: str, history: bool, logs: bool, stage: str | None, as_json: bool) -> None:
    """Show RUN: an id, the hash at its end, or `last`."""
    from ladle.cli.accounts import runs_of

    with runs_of(stage) as store:
        record = store.find(run)
        if as_json:
            click.echo(json.dumps(_data(store, record, history), indent=2, ensure_ascii=False))
        elif history:
            _history(store, record)
        elif logs:
            _logs(store, record)
        else:
            _overview(store, record, stage)


def _overview(store: Runs, record: RunRecord, stage: str | None) -> None:
    from ladle.cli.paint import moment, paint, speaks_ascii, wants_colour
    from ladle.cli.report import again, failure_lines, hash_of, result_lines, short, verdict, written_lines
    from ladle.cli.tree import tree
    from ladle.graph.outline import outline
    from ladle.operate.progress import Progress

    colour = wants_colour()
    definition = store.definition(record.id)
    rows = outline(definition)
    progress = Progress().see_all(store.events(record.id))
    if not progress.ended and record.status != "RUNNING":
        progress.status = record.status
    children = store.children(record.id)
    click.echo(
        f"{paint(record.workflow, 'bold', colour)}  run {record.id}  {moment(record.created)}", color=colour
    )
    click.echo(f"input    {_indented(short(record.input))}")
    for line in tree(progress, rows, colour=colour, ascii_only=speaks_ascii()):
        click.echo(line, color=colour)
    if record.status == "SUCCEEDED":
        click.echo(verdict(record, children, progress, rows, colour), color=colour)
        for line in result_lines(record, store.objects(record.id), colour):
            click.echo(line, color=colour)
    else:
        if record.status != "RUNNING":
            calls = [call for each in (record, *children) for call in store.calls(each.id)]
            for line in failure_lines(record, progress, calls, colour, definition.get("TimeoutSeconds")):
                click.echo(line, color=colour)
            click.echo("")
        click.echo(verdict(record, children, progress, rows, colour), color=colour)
        for line in written_lines(record, store.objects(record.id), colour):
            click.echo(line, color=colour)
        if record.parent is None and record.status != "RUNNING":
            command = again(record) if stage is None else f"ladle redrive {record.id} --stage {stage}"
            click.echo(f"again    {command}")
    there = "" if stage is None else f" --stage {stage}"
    if children:
        click.echo(f"nested   {_nested(children)}        ladle show {children[0].id}{there}")
    if stage is not None or any(store.calls(each.id) for each in (record, *children)):
        click.echo(f"logs     ladle show {hash_of(record)} --logs{there}")


def _nested(children: list[RunRecord]) -> str:
    from ladle.cli.paint import plural

    by_status: dict[str, int] = {}
    for child in children:
        by_status[child.status] = by_status.get(child.status, 0) + 1
    told = ", ".join(f"{number} {status.lower()}" for status, number in by_status.items())
    return f"{plural(len(children), 'run')} ({told})"


def _history(store: Runs, record: RunRecord) -> None:
    from ladle.operate.progress import details_of

    for event in store.events(record.id):
        details = dict(details_of(event) or {})
        name = details.pop("name", "") or event.get("state", "")
        rest = {k: v for k, v in details.items() if not k.endswith("Details")}
        text = json.dumps(rest, ensure_ascii=False) if rest else ""
        text = text if len(text) <= 110 else text[:109] + "…"
        click.echo(
            f"{event['id']:>6} {_clock(event['timestamp'])} {event['previousEventId']:>6}  "
            f"{event['type']:<26} {name:<20} {text}".rstrip()
        )


def _clock(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, tz=UTC).strftime("%H:%M:%S.%f")[:-3]


def _logs(store: Runs, record: RunRecord) -> None:
    from ladle.cli.paint import duration, paint, wants_colour

    colour = wants_colour()
    for each in (record, *store.children(record.id)):
        for call in store.calls(each.id):
            words = [call.task if call.task == call.step else f"{call.step} ({call.task})"]
            words += [f"item {call.item}"] if call.item is not None else []
            words += [f"try {call.attempt + 1}"] if call.attempt else []
            words += [each.id] if each is not record else []
            click.echo(
                paint(f"── {', '.join(words)}, {duration(call.seconds)}", "bold", colour), color=colour
            )
            if call.log:
                click.echo(call.log.rstrip("\n"))
            if call.error is not None:
                click.echo((call.traceback or f"{call.error}: {call.message}").rstrip("\n"))


def _data(store: Runs, record: RunRecord, history: bool) -> Mapping[str, Any]:
    found = record.as_json()
    found["objects"] = [
        {"uri": f"s3://{o.bucket}/{o.key}", "size": o.size, "path": o.path} for o in store.objects(record.id)
    ]
    found["calls"] = [
        {name: getattr(call, name) for name in type(call).__slots__} for call in store.calls(record.id)
    ]
    found["children"] = [child.as_json() for child in store.children(record.id)]
    if history:
        found["history"] = list(store.events(record.id))
    return found


def _indented(text: str) -> str:
    return text.replace("\n", "\n" + " " * 9)
