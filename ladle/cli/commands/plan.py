"""`ladle plan`: what a deploy would change, and what drifted since the last one."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter

import click

__all__ = ["command"]


@click.command("plan")
@click.option(
    "--stage", default="dev", show_default=True, metavar="NAME", help="The stage, as in infra/NAME.toml."
)
@click.option("--check", "checking", is_flag=True, help="Exit with 1 when something would change or drifted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(stage: str, checking: bool, as_json: bool) -> None:
    """Say what `chalice deploy` would create, update, replace and delete, without touching anything.

    Lines with `-` are what is in the account, lines with `+` what the project wants.
    """
    from ladle.cli.paint import paint, wants_colour
    from ladle.cli.projects import load
    from ladle.deploy.account import here
    from ladle.deploy.chalice.building import build
    from ladle.deploy.plan import plan, records

    root = load().root
    built = build(root, stage)
    steps = plan(built.assembly, here(built.package), records(root, stage))
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(each) for each in steps], indent=2, ensure_ascii=False))
    else:
        colour = wants_colour()
        for step in steps:
            click.echo(paint(str(step), "bold", colour))
            for line in step.lines:
                click.echo(f"        {line}")
        counts = Counter(each.action for each in steps)
        click.echo(", ".join(f"{number} to {action}" for action, number in counts.items()) or "nothing to do")
    if checking and steps:
        raise click.exceptions.Exit(1)
