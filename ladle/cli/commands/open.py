"""`ladle open`: what a run published."""

from __future__ import annotations

import json

import click

from ladle.cli import completing
from ladle.errors import LadleError

__all__ = ["command"]


@click.command("open")
@click.argument("run", default="last", shell_complete=completing.runs)
@click.option("--print", "only_print", is_flag=True, help="Only print where it lies.")
@click.option("--all", "everything", is_flag=True, help="Everything that the run wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; open nothing.")
def command(run: str, only_print: bool, everything: bool, as_json: bool) -> None:
    """Open what RUN published: the objects that its result names, else a web page; print where it lies."""
    from ladle.cli.paint import is_terminal
    from ladle.cli.projects import store_of
    from ladle.cli.report import published

    with store_of() as store:
        record = store.find(run)
        objects = store.objects(record.id)
        root = store.folder.parent
    found = objects if everything else (published(record, objects) or objects)
    if not found:
        raise LadleError(f"run {record.id} wrote nothing to S3")
    if as_json:
        data = [
            {"uri": f"s3://{o.bucket}/{o.key}", "size": o.size, "path": str(root / o.path)} for o in found
        ]
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for each in found:
        click.echo(root / each.path)
    page = next((each for each in found if each.key.endswith((".html", ".htm"))), None)
    if page is not None and is_terminal() and not only_print:
        import webbrowser

        webbrowser.open((root / page.path).as_uri())
