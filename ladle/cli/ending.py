"""A run here as a command sees it to its end: what draws it, and what is said when it is over."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ladle.cli.live import Watch
    from ladle.graph.outline import Row
    from ladle.local.session import LocalSession
    from ladle.operate.ends import Runs
    from ladle.operate.progress import Progress
    from ladle.operate.records import RunRecord

__all__ = ["tell_end", "tell_verdict", "watch_for"]


def watch_for(as_json: bool) -> Watch:
    """A tree on a terminal, lines elsewhere, nothing where the output is JSON."""
    from ladle.cli.live import LineWatch, LiveWatch, SilentWatch
    from ladle.cli.paint import is_terminal

    if as_json:
        return SilentWatch(sys.stdout)
    return LiveWatch(sys.stdout) if is_terminal() else LineWatch(sys.stdout)


def tell_end(session: LocalSession, record: RunRecord, watch: Watch, as_json: bool) -> None:
    """Say how a run here ended: what it gave, or what failed, and what to do next."""
    from ladle.cli.report import again, failure_lines, hash_of, result_lines, verdict, written_lines

    store = session.store
    objects = store.objects(record.id)
    if as_json:
        found: Mapping[str, Any] = {
            **record.as_json(),
            "objects": [{"uri": f"s3://{o.bucket}/{o.key}", "size": o.size, "path": o.path} for o in objects],
        }
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for line in watch.final():
        watch.say(line)
    colour = watch.colour
    children = store.children(record.id)
    end = verdict(record, children, watch.progress, watch.rows, colour)
    if record.status == "SUCCEEDED":
        watch.say(end)
        for line in result_lines(record, objects, colour):
            watch.say(line)
        return
    calls = [call for each in (record, *children) for call in store.calls(each.id)]
    limit = store.definition(record.id).get("TimeoutSeconds")
    for line in failure_lines(record, watch.progress, calls, colour, limit):
        watch.say(line)
    watch.say("")
    watch.say(end)
    for line in written_lines(record, objects, colour):
        watch.say(line)
    watch.say(f"again    {again(record)}")
    watch.say(f"go on    ladle resume {hash_of(record)}        on corrected code")
    watch.say(f"details  ladle show {hash_of(record)}")


def tell_verdict(
    store: Runs, record: RunRecord, progress: Progress, rows: Sequence[Row], stage: str | None
) -> None:
    """Say how a run stands, wherever it is, below the tree of its steps."""
    from ladle.cli.doing import shown_at
    from ladle.cli.paint import wants_colour
    from ladle.cli.report import again, failure_lines, hash_of, result_lines, verdict, written_lines

    colour, children = wants_colour(), store.children(record.id)
    definition = store.definition(record.id)
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
            click.echo(f"go on    {shown_at(record.id, stage, 'resume')}        on corrected code")
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
