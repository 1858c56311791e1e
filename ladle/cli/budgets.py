"""Budgets and months, as text and as `--json` gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladle.cli.paint import columns, paint

if TYPE_CHECKING:
    from ladle.budgets import Recorded, Report
    from ladle.budgets.monthly import Month
    from ladle.budgets.rounds import Round
    from ladle.compiler import Compiled
    from ladle.declare import Workflow
    from ladle.errors import Span
    from ladle.project import Project

__all__ = ["budget_data", "budget_text", "known_of", "money", "month_data", "month_text", "reports_of"]


def known_of(root: Path, compiled: Mapping[str, Compiled]) -> dict[str, Recorded]:
    """What the runs recorded on this machine tell; nothing is made where there was none."""
    from ladle.budgets import recorded
    from ladle.local.store import Store
    from ladle.operate.budget import budget_of

    if not (root / ".ladle" / "runs.db").exists():
        return {}
    with Store(root / ".ladle") as store:
        return recorded(store, {name: budget_of(one.definition).loops for name, one in compiled.items()})


def reports_of(
    project: Project, compiled: Mapping[str, Compiled], items: Mapping[str, int] | None = None
) -> dict[str, Report]:
    """The budget of each compiled workflow of a project, and of the loops that are split."""
    from ladle.budgets import report

    known = known_of(project.root, compiled)
    return {
        name: report(one, *_declared(project, name, one), known.get(name), items)
        for name, one in compiled.items()
    }


def _declared(project: Project, name: str, compiled: Compiled) -> tuple[Workflow[..., Any], Span]:
    """The workflow of a machine, or what makes the turns of a split loop; with its place."""
    from ladle.compiler.lints.findings import place_of

    program = compiled.program
    if program is not None and program.turns is not None:
        return program.workflow, program.turns[0]
    return project.workflows[name], place_of(project.workflows[name], project.root)


def money(dollars: float | None) -> str:
    """An amount of US dollars.

    >>> [money(0.00055), money(12.3), money(0), money(None)]
    ['$0.00055', '$12.30', '$0', '-']
    """
    if dollars is None:
        return "-"
    if dollars >= 0.01:
        return f"${dollars:,.2f}"
    return f"${dollars:.6f}".rstrip("0").rstrip(".") if dollars >= 0.0000005 else "$0"


# ---------------------------------------------------------------------------------------------- budgets


def budget_data(report: Report, reports: Mapping[str, Report]) -> dict[str, Any]:
    """A budget as `--json` gives it. Numbers are of one run, without retries; None is no bound.

    `reports` are those of the workflows that it may start: the typical price has their runs in it.
    """
    from ladle.budgets.monthly import month, worst_run
    from ladle.budgets.report import DEFINITION_LIMIT, PAYLOAD_LIMIT
    from ladle.operate.budget import EVENT_LIMIT

    name = report.workflow.name
    one = month(reports, name, {name: 1})
    budget = report.budget
    return {
        "workflow": name,
        "type": report.workflow.type,
        "transitions": {
            "formula": str(budget.transitions),
            "worst": report.worst(budget.transitions),
            "typical": report.typical(budget.transitions),
            "recorded": None if report.recorded.transitions is None else report.recorded.transitions.mean,
        },
        "dollars": {"worst": worst_run(report), "typical": one.run(one.as_declared)},
        "events": {
            "formula": str(budget.events),
            "worst": report.worst(budget.events),
            "typical": report.typical(budget.events),
            "limit": None if report.express else EVENT_LIMIT,
        },
        "sizes": [_size_data(report, each) for each in report.sizes],
        "definition": {"bytes": report.definition_bytes, "limit": DEFINITION_LIMIT},
        "payloads": {
            "limit": PAYLOAD_LIMIT,
            "collected": [
                {
                    "map": each.name,
                    "least_bytes": each.least,
                    "most_bytes": each.most,
                    "surely_fit": each.sure,
                    "never_fit_beyond": each.full,
                }
                for each in report.collected
            ],
            "shared": [{"parallel": each.name, "most_bytes": dict(each.results)} for each in report.shared],
            "recorded": {
                state: {"bytes": weight.bytes, "run": weight.run}
                for state, weight in sorted(report.recorded.values.items())
            },
        },
        "calls_at_once": dict(report.at_once),
    }


def _size_data(report: Report, name: str) -> dict[str, Any]:
    size = report.sizes[name]
    one = size.round
    return {
        "name": name,
        "kind": "runs" if one is not None and one.runs == "calls" else "loop" if size.loop else "map",
        "place": None if one is None else str(one.span),
        "most": _most(one),
        "because": _because(one),
        "typical": size.typical - size.loop,
        "typical_from": size.origin,
        "full_at": None if report.express else report.full_at(name),
    }


def _most(one: Round | None) -> int | None:
    """How many items or passes there are at most; of a split loop, how many runs that make its turns."""
    if one is None or one.bound is None:
        return None
    return one.turns if one.runs == "calls" else one.bound.most


def _because(one: Round | None) -> str | None:
    if one is None or one.bound is None:
        return None
    return f"{one.bound.why}, {one.every:,} a run" if one.runs == "calls" else one.bound.why


def budget_text(report: Report, reports: Mapping[str, Report], colour: bool) -> Iterator[str]:
    """A budget as lines of text."""
    data = budget_data(report, reports)
    yield paint(str(data["workflow"]), "bold", colour) + f"  {report.place}"
    transitions, events, dollars = data["transitions"], data["events"], data["dollars"]
    rows = [
        ["", "typical", "worst", "of"],
        [
            "transitions",
            f"{transitions['typical']:,}",
            _or_open(transitions["worst"]),
            transitions["formula"],
        ],
        [
            "dollars",
            money(dollars["typical"]),
            money(dollars["worst"]),
            "a run, with its Lambda calls" + (" and runs it starts" if report.budget.nested else ""),
        ],
    ]
    limit = "no limit" if report.express else f"{events['formula']}, of {events['limit']:,}"
    rows.append(["events", f"{events['typical']:,}", _or_open(events["worst"]), limit])
    size = data["definition"]["bytes"]
    rows.append(["definition", f"{size:,}", f"{size:,}", f"{data['definition']['limit']:,} bytes"])
    yield from (f"  {line}" for line in columns(rows, right=(1, 2)))
    for each in data["sizes"]:
        yield f"  {_size_line(each)}"
    for each in report.collected:
        until = f"surely up to {each.sure:,}, " if each.sure is not None else ""
        yield (
            f"  results of `{each.name}`: {until}never more than {each.full:,} fit into the "
            f"{data['payloads']['limit']:,} bytes that a state passes on"
        )
    heavy = max(report.recorded.values.items(), key=lambda item: item[1].bytes, default=None)
    if heavy is not None:
        yield f"  largest value in recorded runs: {heavy[1].bytes:,} bytes, of `{heavy[0]}` in {heavy[1].run}"
    crowds = [f"{number:,} of `{name}`" for name, number in report.at_once.items() if number > 1]
    if crowds:
        yield f"  calls at once: {', '.join(crowds)}"


def _or_open(number: int | None) -> str:
    return "no bound" if number is None else f"{number:,}"


def _size_line(size: Mapping[str, Any]) -> str:
    units = {"loop": "passes", "runs": "runs"}.get(size["kind"], "items")
    bound = (
        f"at most {size['most']:,} {units} ({size['because']})" if size["most"] is not None else "no bound"
    )
    full = "" if size["full_at"] is None else f", {size['full_at']:,} {units} fill the history"
    where = f" at {size['place']}" if size["place"] else ""
    return f"`{size['name']}`{where}: {bound}, typically {size['typical']:,} ({size['typical_from']}){full}"


# ---------------------------------------------------------------------------------------------- months


def month_data(month: Month) -> dict[str, Any]:
    """A month as `--json` gives it, in US dollars."""
    return {
        "workflow": month.report.workflow.name,
        "type": month.report.workflow.type,
        "runs": month.runs,
        "runs_from": month.runs_from,
        "seconds_a_run": month.seconds,
        "transitions_a_run": month.report.typical(month.report.budget.transitions),
        "items": {
            name: {"typical": size.typical - size.loop, "from": size.origin}
            for name, size in month.report.sizes.items()
        },
        "lambda": [
            {
                "task": call.task,
                "calls_a_run": call.calls,
                "seconds": call.seconds,
                "seconds_from": call.origin,
                "memory": call.memory,
                "dollars_a_run": call.dollars,
            }
            for call in month.calls
        ],
        "nested": [
            {"workflow": name, "runs": number, "dollars_each": dollars}
            for name, (number, dollars) in month.nested.items()
        ],
        "ways": [
            {
                "name": way.name,
                "possible": way.dollars is not None,
                "why_not": way.why,
                "dollars_a_run": month.run(way),
                "dollars_a_month": None if way.dollars is None else (month.run(way) or 0.0) * month.runs,
            }
            for way in month.ways
        ],
    }


def month_text(month: Month, colour: bool) -> Iterator[str]:
    """A month as lines of text."""
    name = month.report.workflow.name
    runs = f"{month.runs:,.0f} runs a month ({month.runs_from})"
    yield paint(name, "bold", colour) + f"  {runs}"
    rows = [["", "a run", "a month", ""]]
    for way in month.ways:
        a_run = month.run(way)
        note = way.why
        if way is month.as_declared:
            note = "as declared"
        elif way is month.cheapest:
            note = "the cheapest"
        total = None if a_run is None else a_run * month.runs
        rows.append([way.name, money(a_run), money(total), note])
    yield from (f"  {line}" for line in columns(rows, right=(1, 2)))
    parts = [f"{money(month.as_declared.dollars)} for its own states"]
    if month.calls:
        parts.append(f"{money(month.functions)} for Lambda")
    for callee, (number, dollars) in month.nested.items():
        parts.append(f"{money(number * dollars)} for {number:,} runs of {callee}")
    yield f"  of a run: {', '.join(parts)}"
    yield from (f"  {line}" for line in _known(month))


def _known(month: Month) -> Iterable[str]:
    sizes = [
        f"{name} {size.typical - size.loop:,} ({size.origin})" for name, size in month.report.sizes.items()
    ]
    if sizes:
        yield f"items and passes: {', '.join(sizes)}"
    times = [f"{call.task} {call.seconds:.3g} s ({call.origin})" for call in month.calls]
    if times:
        yield f"calls: {', '.join(times)}"
