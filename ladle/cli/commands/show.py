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
@click.argument("step", required=False)
@click.option("--item", type=int, metavar="N", help="With STEP: only the item of that index in its Map.")
@click.option("--history", is_flag=True, help="Every event, as GetExecutionHistory has it.")
@click.option("--logs", is_flag=True, help="Everything that its tasks printed.")
@click.option("--stage", metavar="NAME", help="A run of a deployed stage, instead of one made here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; with --history the events, too.")
def command(
    run: str,
    step: str | None,
    item: int | None,
    history: bool,
    logs: bool,
    stage: str | None,
    as_json: bool,
) -> None:
    """Show RUN: an id, the hash at its end, or `last`. With STEP what it got, called, gave and wrote.

    \b
    ladle show last
    ladle show 7f3a41 load_day
    """
    from ladle.cli.accounts import runs_of
    from ladle.cli.logs import print_logs
    from ladle.cli.steps import show_step

    with runs_of(stage) as store:
        record = store.find(run)
        if step is not None:
            show_step(store, record, step, item, as_json=as_json)
        elif as_json:
            click.echo(json.dumps(_data(store, record, history), indent=2, ensure_ascii=False))
        elif history:
            _history(store, record)
        elif logs:
            print_logs(store, record)
        else:
            _overview(store, record, stage)


def _overview(store: Runs, record: RunRecord, stage: str | None) -> None:
    from ladle.cli.ending import tell_verdict
    from ladle.cli.paint import moment, paint, speaks_ascii, wants_colour
    from ladle.cli.report import short
    from ladle.cli.tree import tree
    from ladle.graph.outline import outline
    from ladle.operate.steps import progress_of

    colour = wants_colour()
    definition = store.definition(record.id)
    rows = outline(definition)
    progress = progress_of(store, record.id)
    if not progress.ended and record.status != "RUNNING":
        progress.status = record.status
    click.echo(
        f"{paint(record.workflow, 'bold', colour)}  run {record.id}  {moment(record.created)}", color=colour
    )
    click.echo(f"input    {_indented(short(record.input))}")
    for line in tree(progress, rows, colour=colour, ascii_only=speaks_ascii()):
        click.echo(line, color=colour)
    tell_verdict(store, record, progress, rows, stage)


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
