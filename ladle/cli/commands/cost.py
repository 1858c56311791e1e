"""`ladle cost`: what a month of each workflow costs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from ladle.cli import completing
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.compiler import Compiled

__all__ = ["command"]


@click.command("cost")
@click.argument("workflows", nargs=-1, metavar="[WORKFLOW]...", shell_complete=completing.workflows)
@click.option(
    "--runs",
    multiple=True,
    metavar="[WORKFLOW=]N",
    help="Runs a month; without it, those of the schedules, or 1,000.",
)
@click.option(
    "--items",
    multiple=True,
    metavar="NAME=N",
    help="Items of a Map, or passes of a loop, by the name that the output shows.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(workflows: tuple[str, ...], runs: tuple[str, ...], items: tuple[str, ...], as_json: bool) -> None:
    """Price a month of the project's workflows, or of those named.

    Each as a Standard machine, as an Express machine, and as a Standard machine whose Maps run each item as
    an Express one, with the Lambda calls and the runs that it starts. Runs a month come from the schedules;
    sizes and durations from the runs recorded here, else from `expect=`, else from assumptions, which are
    marked. List prices of us-east-1 without free tiers.
    """
    from ladle import compiler
    from ladle.budgets.monthly import month
    from ladle.budgets.prices import PRICES
    from ladle.cli.budgets import month_data, month_text, reports_of
    from ladle.cli.paint import wants_colour
    from ladle.cli.projects import load

    project = load()
    for name in workflows:
        project.workflow(name)
    compiled = {
        each.name: machine
        for one in project.workflows.values()
        for each, machine in compiler.with_loops(
            one, compiler.compile_workflow(one, root=project.root, known=project.known)
        )
    }
    reports = reports_of(project, compiled, _stated(items, compiled))
    wanted = list(workflows) or list(project.workflows)
    counts: dict[str, float] = {}
    for name, number in _pairs(runs, "--runs"):
        if name:
            project.workflow(name)
        counts.update({name: number} if name else {each: number for each in wanted if each not in counts})
    called = {place[2:-1] for report in reports.values() for place in report.budget.nested}
    months = []
    for name in wanted:
        if name in called and not reports[name].workflow.triggers and name not in counts:
            counts[name] = 0  # it runs as a part of others, and is priced there
        months.append(month(reports, name, counts))
    if as_json:
        prices = {"region": PRICES.region, "as_of": PRICES.as_of, "sources": list(PRICES.sources)}
        found = {"prices": prices, "workflows": [month_data(each) for each in months]}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for each in months:
        click.echo("\n".join(month_text(each, wants_colour())) + "\n")
    click.echo(f"list prices of {PRICES.region}, {PRICES.as_of}, without free tiers, retries and logs")


def _stated(given: Iterable[str], compiled: Mapping[str, Compiled]) -> dict[str, int]:
    """What `--items` says, each name checked against the Maps and loops that there are."""
    from ladle.operate.budget import budget_of

    known = dict.fromkeys(
        name for one in compiled.values() for name in budget_of(one.definition).transitions.names
    )
    stated = {name: int(number) for name, number in _pairs(given, "--items")}
    for name in stated:
        if name not in known:
            raise LadleError(
                f"--items: no Map or loop is called {name!r}; there are {', '.join(known) or 'none'}"
            )
    return stated


def _pairs(given: Iterable[str], option: str) -> list[tuple[str, float]]:
    """`NAME=N`, or `N` alone with an empty name where the option allows that."""
    found = []
    for text in given:
        name, equals, number = text.rpartition("=")
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            value = -1.0
        if not 0 <= value < 1e12 or (option == "--items" and (not equals or value != int(value))):
            form = "NAME=16" if option == "--items" else "30, or daily_delays=30"
            raise LadleError(f"{option} {text!r}: write {form}")
        found.append((name, value))
    return found
