"""A page about each workflow, in Markdown: what starts it, what it does, what it does when something fails.

The pages are made from the code alone, so that the same code gives the same pages, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from ladle.asl.model import Visit, walk
from ladle.compiler import Compiled, SplitLoop
from ladle.declare import Activity, S3Upload, Task, Workflow
from ladle.graph import mermaid, outline
from ladle.operate.budget import EVENT_LIMIT, Budget, budget_of
from ladle.operate.records import price_of
from ladle.wire import describe

__all__ = ["index_page", "page_file", "workflow_page"]

TYPICAL_ITEMS: Final = 10
"""So many items of each Map, and passes of each loop, the price on a page is for."""

SERVICE: Final = "Lambda."
"""The errors of Lambda itself, which every task retries without being asked."""


def page_file(workflow: str) -> str:
    """The name of a workflow's page."""
    return f"{workflow}.md"


def index_page(workflows: Sequence[Workflow[..., Any]]) -> str:
    """The list of all pages."""
    rows = [
        [f"[{each.name}]({page_file(each.name)})", first_line(each.__doc__), "<br>".join(starts(each))]
        for each in workflows
    ]
    head = (
        "# Workflows\n\nWritten by `ladle docs` from the code; `ladle docs --check` tells when they differ.\n"
    )
    return head + "\n" + _table(["workflow", "", "starts"], rows)


def workflow_page(workflow: Workflow[..., Any], compiled: Compiled) -> str:
    """The page of one workflow."""
    parts = [
        f"# {workflow.name}\n",
        _document(workflow),
        _facts(workflow),
        f"## What runs\n\n```mermaid\n{mermaid(compiled.definition)}```\n",
        _schedule(compiled),
        "## Steps\n\n" + _steps(compiled),
        "## When something fails\n\n" + _failures(workflow, compiled),
        "## What it costs\n\n" + _costs(workflow, compiled),
    ]
    return "\n".join(part for part in parts if part)


# ------------------------------------------------------------------------------------------------ the head


def _document(workflow: Workflow[..., Any]) -> str:
    import inspect

    text = inspect.cleandoc(workflow.__doc__ or "")
    return f"{text}\n" if text else ""


def _facts(workflow: Workflow[..., Any]) -> str:
    takes = [
        f"`{each.name}: {describe(each.shape)}`"
        + ("" if each.required else f", {_json(each.default)} if left out")
        for each in workflow.door.parameters
    ]
    rows = [
        ["source", f"`{workflow.place.path}`" if workflow.definition is None else f"`{workflow.definition}`"],
        ["starts", "<br>".join(starts(workflow))],
        ["takes", "<br>".join(takes) or "nothing"],
        ["gives", f"`{describe(workflow.door.result)}`"],
        ["alerts", f"failed runs to `{workflow.alerts}`" if workflow.alerts else "nobody"],
        ["deadline", f"{workflow.deadline}, local time of its schedules" if workflow.deadline else ""],
        ["time limit", _long(workflow.timeout) if workflow.timeout else ""],
        ["type", workflow.type.capitalize()],
    ]
    return _table(["", ""], [row for row in rows if row[1]])


def starts(workflow: Workflow[..., Any]) -> list[str]:
    """What starts a workflow, a line each."""
    if isinstance(workflow, SplitLoop):
        return [f"a run of [{workflow.owner.name}]({page_file(workflow.owner.name)})"]
    found = []
    for trigger in workflow.triggers:
        if isinstance(trigger, S3Upload):
            key = f"{trigger.prefix}…{trigger.suffix}" if trigger.prefix or trigger.suffix else "any key"
            found.append(f"an upload to `{trigger.bucket}`: `{key}`")
        else:
            given = f", with `{_json(trigger.input)}`" if trigger.input else ""
            found.append(f"`{trigger.aws}`, {trigger.timezone}{given}")
    return found or ["by hand, or by another workflow"]


# ----------------------------------------------------------------------------------------------- the steps


def _schedule(compiled: Compiled) -> str:
    critical = compiled.schedule.critical
    return f"The longest way through it: {' > '.join(critical)}.\n" if len(critical) > 1 else ""


def _steps(compiled: Compiled) -> str:
    callees: dict[str, Task[..., Any] | Workflow[..., Any]] = {}
    callees |= {task.name: task for task in (*compiled.tasks, *compiled.activities)}
    callees |= {nested.name: nested for nested in compiled.workflows}
    states = {visit.name: visit for visit in walk(compiled.definition)}
    rows = []
    for row in outline(compiled.definition):
        for name in (row.name, *row.folded):
            visit = states[name]
            called = callees.get(_callee(visit.state))
            if called is None and visit.type not in ("Wait", "Map"):
                continue
            rows.append(
                [
                    f"`{name}`",
                    _what(visit, called),
                    _long(visit.state["TimeoutSeconds"]) if "TimeoutSeconds" in visit.state else "",
                    _memory(called),
                ]
            )
    return _table(["step", "does", "at most", "memory"], rows)


def _memory(called: Task[..., Any] | Workflow[..., Any] | None) -> str:
    if isinstance(called, Activity):
        return "a worker's"
    return f"{called.memory} MB" if isinstance(called, Task) else ""


def _callee(state: Mapping[str, Any]) -> str:
    arguments = {**state.get("Parameters", {}), **_object(state.get("Arguments"))}
    name = str(arguments.get("FunctionName") or arguments.get("StateMachineArn") or state.get("Resource"))
    return name.removeprefix("${").removesuffix("}")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _what(visit: Visit, called: Task[..., Any] | Workflow[..., Any] | None) -> str:
    if isinstance(called, Workflow):
        return f"a run of [{called.name}]({page_file(called.name)})"
    if called is not None:
        summary = first_line(called.__doc__)
        name = f"activity {called.name}" if isinstance(called, Activity) else called.name
        return f"{name}: {summary}" if summary else name
    if visit.type == "Map":
        most = visit.state.get("MaxConcurrency")
        return f"what is below, for each item, {most} at once" if most else "what is below, for each item"
    return "waits"


# --------------------------------------------------------------------------------------------- the failures


def _failures(workflow: Workflow[..., Any], compiled: Compiled) -> str:
    rows = []
    for row in outline(compiled.definition):
        for name in (row.name, *row.folded):
            visit = next(each for each in walk(compiled.definition) if each.name == name)
            tries = [_tries(rule) for rule in visit.state.get("Retry", ()) if not _of_service(rule)]
            taken = [_taken(rule) for rule in visit.state.get("Catch", ())]
            if tries or taken:
                rows.append([f"`{name}`", "<br>".join(tries), "<br>".join(taken)])
    what_else = "A failure that no step takes ends the run"
    what_else += f", and tells `{workflow.alerts}`." if workflow.alerts else "; nobody is told."
    service = "Errors of Lambda itself are tried again three times at every task."
    if not rows:
        return f"{what_else} {service}\n"
    return _table(["step", "is tried again", "is taken by"], rows) + f"\n{what_else} {service}\n"


def _of_service(rule: Mapping[str, Any]) -> bool:
    return all(str(error).startswith(SERVICE) for error in rule.get("ErrorEquals", ()))


def _tries(rule: Mapping[str, Any]) -> str:
    times = rule.get("MaxAttempts", 3)
    first = _long(rule.get("IntervalSeconds", 1))
    growth = rule.get("BackoffRate", 2)
    growing = f", then {growth} times as long each" if growth != 1 else ""
    return f"{_errors(rule)}: {times} times, after {first}{growing}"


def _taken(rule: Mapping[str, Any]) -> str:
    return f"{_errors(rule)}: `{rule.get('Next')}`"


def _errors(rule: Mapping[str, Any]) -> str:
    return ", ".join(f"`{each}`" for each in rule.get("ErrorEquals", ()))


# ------------------------------------------------------------------------------------------------ the costs


def _costs(workflow: Workflow[..., Any], compiled: Compiled) -> str:
    budget = budget_of(compiled.definition)
    nested = ", ".join(f"{amount} of {_plain(name)}" for name, amount in budget.nested.items())
    rows = [
        ["state transitions", str(budget.transitions)],
        ["history events", f"{budget.events} (of {EVENT_LIMIT:,})"],
        ["functions called", "<br>".join(f"{_plain(name)}: {n}" for name, n in budget.calls.items())],
        ["runs started", nested],
    ]
    text = "At most, without retries:\n\n" + _table(["", ""], [row for row in rows if row[1]])
    names = budget.transitions.names
    sizes = dict.fromkeys(names, TYPICAL_ITEMS)
    number = budget.transitions.at(sizes)
    of_each = f" with {TYPICAL_ITEMS} of each of {', '.join(names)}" if names else ""
    if workflow.type == "STANDARD":
        dollars = f"${price_of(number * 1000):,.2f} in us-east-1"
        beside = "beside Lambda and the runs started" if budget.nested else "beside Lambda"
        text += f"\nA thousand runs{of_each} are {number * 1000:,} transitions: {dollars}, {beside}.\n"
    return text + _limits(budget, sizes)


def _limits(budget: Budget, sizes: Mapping[str, int]) -> str:
    limits = {name: budget.items_at_limit(name, sizes) for name in budget.events.names}
    told = [f"{limit:,} of {name}" for name, limit in limits.items() if limit is not None]
    return f"\nThe history holds {' or '.join(told)}.\n" if told else ""


def _plain(placeholder: str) -> str:
    return f"`{placeholder.removeprefix('${').removesuffix('}')}`"


# ------------------------------------------------------------------------------------------------- writing


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def lines() -> Iterator[str]:
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        for row in rows:
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"

    return "\n".join(lines()) + "\n"


def first_line(document: str | None) -> str:
    """The first line of a docstring."""
    return (document or "").strip().partition("\n")[0]


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _long(seconds: Any) -> str:
    """How long in words; an expression as it stands.

    >>> _long(5400)
    '1 h 30 min'
    """
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return f"`{seconds}`"
    parts = []
    left = seconds
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count:g} {unit}")
    if left or not parts:
        parts.append(f"{left:g} s")
    return " ".join(parts)
