"""What of a budget breaks one of AWS's limits, or may: each with the expression, and the way out.

An error is what can happen within the bounds that source and author state: a range of 5,000, `most=5000`, a
type. A list without a stated length is no problem by that alone, or every comprehension would be one: it is
told at how many items the limit is met, and warned of where that is a small number, or where recorded runs
came near it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ladle.budgets.report import (
    DEFINITION_LIMIT,
    INLINE_AT_ONCE,
    PAYLOAD_LIMIT,
    Collected,
    Report,
    Size,
)
from ladle.declare import Task
from ladle.errors import Diagnostic, Span
from ladle.operate.budget import EVENT_LIMIT

__all__ = ["FEW", "NEAR", "judge"]

FEW: Final = 50
"""Fewer items than that a list of unknown length may easily have."""

NEAR: Final = 0.5
"""The part of a limit from which on recorded runs are near it."""

ACCOUNT_CALLS: Final = 1_000
"""Lambda calls that run at once in an account and Region, unless AWS was asked for more (Lambda quotas)."""


def judge(found: Report) -> tuple[Diagnostic, ...]:
    """The problems of one budget."""
    return (
        *_history(found),
        *_results(found),
        *_together(found),
        *_values(found),
        *_definition(found),
        *_calls(found),
    )


def _problem(
    code: str, span: Span, message: str, hint: str, *, error: bool = False, other: Size | None = None
) -> Diagnostic:
    related: tuple[tuple[Span, str], ...] = ()
    if other is not None and other.round is not None and other.round.span != span:
        related = ((other.round.span, "and this goes round, too"),)
    return Diagnostic(code, span, message, hint, severity="error" if error else "warning", related=related)


# ---------------------------------------------------------------------------------------------- history


def _history(found: Report) -> Iterator[Diagnostic]:
    if found.express:
        return  # its history goes to logs, and has no limit
    events = found.budget.events
    certain = found.certain(events)
    if certain > EVENT_LIMIT:
        size = _largest(found)
        what = "a run" if size is None else _described(size)
        yield _problem(
            "B101",
            found.place if size is None or size.round is None else size.round.span,
            f"{what}: a run may have {certain:,} events, and its history holds {EVENT_LIMIT:,}",
            _way_out(size),
            error=True,
        )
        return
    near = [
        size
        for name, size in found.sizes.items()
        if size.usual is not None
        and size.turns is None
        and (full := found.full_at(name)) is not None
        and size.usual.most > NEAR * full
    ]
    for size in near:
        assert size.usual is not None
        yield _problem(
            "B102",
            _place(found, size),
            f"{found.full_at(size.name):,} {_units(size)} of `{_name(size)}` fill the history of a run, and "
            f"recorded runs had up to {size.usual.most:,.0f}",
            _way_out(size),
        )
    even = found.even
    if near or even is None or even >= FEW:
        return
    open_ = [each for name in events.names if (each := found.sizes[name]).turns is None]
    size = max(open_, key=lambda each: _share(found, each))
    within = " each" if len(open_) > 1 else ""
    yield _problem(
        "B102",
        _place(found, size),
        f"nothing tells how often `{_name(size)}` goes round, and {even + 1:,} {_units(size)}{within} are "
        "too many for the history of a run",
        f"state it: each(…, most={max(1, even):,}); or: {_way_out(size)}",
        other=next((each for each in open_ if each is not size), None),
    )


def _share(found: Report, size: Size) -> int:
    """How much of the history comes with one Map or loop."""
    sizes = {name: each.turns or each.typical for name, each in found.sizes.items()}
    return found.budget.events.at(sizes) - found.budget.events.at({**sizes, size.name: 0})


def _largest(found: Report) -> Size | None:
    """The innermost Map or loop that makes the most of the history."""
    known = [found.sizes[name] for name in found.budget.events.names if found.sizes[name].turns]
    return max(known, key=lambda size: (_share(found, size), _depth(size)), default=None)


def _depth(size: Size) -> tuple[int, int]:
    return (0, 0) if size.round is None else (size.round.span.line, size.round.span.column)


def _described(size: Size) -> str:
    one = size.round
    assert one is not None
    assert one.bound is not None
    if one.runs == "calls":
        return f"`{one.over}` has up to {one.turns:,} runs of {one.every:,} turns ({one.bound.why})"
    return f"`{one.over}` goes round up to {one.turns:,} times ({one.bound.why})"


def _way_out(size: Size | None) -> str:
    if size is None:
        return "make a part of it a workflow of its own: a nested run has a history of its own"
    if size.loop or (size.round is not None and size.round.kind != "map"):
        runs = "" if size.round is None else size.round.runs
        if runs == "calls":
            return "let each run take more of the passes: a larger `every` of split(…)"
        if runs == "turns":
            return "let each run take fewer of the passes: a smaller `every` of split(…)"
        return (
            "let runs of their own make the passes: with split(every=500): around the loop. Each has "
            "its own history, and takes 6 events of this one (docs/budgets.md)"
        )
    return (
        "let one call take many items: each(…, batch=100); or give each item a run of its own: "
        "each(…, distributed=True)"
    )


def _units(size: Size) -> str:
    if size.round is not None and size.round.runs == "calls":
        return "runs"
    return "passes" if size.loop else "items"


def _name(size: Size) -> str:
    return size.name if size.round is None else size.round.over


def _place(found: Report, size: Size) -> Span:
    if size.round is not None:
        return size.round.span
    return found.places.get(size.name, found.place)


# ---------------------------------------------------------------------------------------------- payloads


def _results(found: Report) -> Iterator[Diagnostic]:
    """Maps whose results do not go through one payload."""
    for each in found.collected:
        most = each.round.turns
        if most is not None and most > each.full:
            yield _problem(
                "B103",
                each.round.span,
                f"`{each.round.over}` gives up to {most:,} results of at least {each.least:,} bytes, and one "
                f"state passes on {PAYLOAD_LIMIT:,} in all: there is room for {each.full:,}",
                _fewer(each),
                error=True,
            )


def _together(found: Report) -> Iterator[Diagnostic]:
    """Parallels whose results may not go through one payload."""
    for each in found.shared:
        if each.most > PAYLOAD_LIMIT:
            sizes = [size for size in each.results.values() if size is not None]
            yield _problem(
                "B109",
                found.places.get(each.name, found.place),
                f"the {len(sizes)} results of `{each.name}` may have {each.most:,} bytes together, and one "
                f"state passes on {PAYLOAD_LIMIT:,}",
                "put some of the calls in order (with in_order():), or return less from the tasks: a result "
                "is carried as it is up to 32 KiB, and stored beyond",
            )


def _fewer(each: Collected) -> str:
    return (
        "let the task store its result and return less; or write the element as a bare call where nobody "
        f"reads the list; or state fewer: each(…, most={each.full:,})"
    )


def _values(found: Report) -> Iterator[Diagnostic]:
    """Values of recorded runs that came near the limit."""
    for state, weight in sorted(found.recorded.values.items()):
        if weight.bytes > NEAR * PAYLOAD_LIMIT and (state in found.places or state in found.sizes):
            yield _problem(
                "B104",
                found.places.get(state, found.place),
                f"`{state}` passed on {weight.bytes:,} bytes in run {weight.run}, and a state can pass on "
                f"{PAYLOAD_LIMIT:,}",
                "read less of the value in the workflow: what no expression reads is stored, and a reference "
                "travels (docs/operating.md); of a Map's results, let the task return less",
            )


# -------------------------------------------------------------------------------------------- definition


def _definition(found: Report) -> Iterator[Diagnostic]:
    size = found.definition_bytes
    if size > 0.9 * DEFINITION_LIMIT:
        yield _problem(
            "B105",
            found.places.get(found.largest_state, found.place),
            f"the definition of `{found.workflow.name}` has {size:,} bytes as deployed, and AWS takes "
            f"{DEFINITION_LIMIT:,}; this is its largest state",
            "make a part of it a workflow of its own",
            error=size > DEFINITION_LIMIT,
        )


# ------------------------------------------------------------------------------------------- concurrency


def _calls(found: Report) -> Iterator[Diagnostic]:
    for size in found.sizes.values():
        one = size.round
        if one is not None and not size.loop and not size.far and (one.concurrency or 0) > INLINE_AT_ONCE:
            yield _problem(
                "B106",
                one.span,
                f"`{one.over}` asks for {one.concurrency:,} at once, and an inline Map runs {INLINE_AT_ONCE}",
                f"write at most {INLINE_AT_ONCE}; each(…, batch=…) gives each call more to do",
            )
    for callee, number in found.at_once.items():
        task = found.tasks.get(callee)
        if isinstance(task, Task) and not task.pools:
            yield from _crowded(found, task, number)


def _crowded(found: Report, task: Task[..., object], number: int) -> Iterator[Diagnostic]:
    span = next((found.places[state] for state in found.states_of(task.name) if state in found.places), None)
    if task.concurrency is not None and number > task.concurrency:
        yield _problem(
            "B107",
            span or found.place,
            f"`{task.name}` may be called {number:,} times at once, and reserves {task.concurrency:,}: the "
            "other calls are refused, and after three more tries the run fails",
            f"write each(…, concurrency={task.concurrency}); or let them wait: pool=Pool(…)",
        )
        return
    number = found.usually_at_once[task.name]
    if number > ACCOUNT_CALLS:
        yield _problem(
            "B108",
            span or found.place,
            f"`{task.name}` may be called {number:,} times at once, and an account runs {ACCOUNT_CALLS:,} "
            "calls, all functions together, unless AWS was asked for more",
            "write each(…, concurrency=…) at the outer or the inner comprehension",
        )
