"""What runs beside what, as text: waves, the critical path, and what the nesting costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ladle.cli.paint import columns, paint

if TYPE_CHECKING:
    from ladle.compiler.plan.schedule import Schedule, Step

__all__ = ["as_data", "as_text"]

WIDTH: Final = 40
"""Characters of the bar that stands for the whole run."""


def as_text(schedule: Schedule, colour: bool = False) -> str:
    """One line a step with a bar of when it runs; then the critical path and the cost of nesting."""
    critical = set(schedule.critical)
    whole = max(schedule.seconds, 1e-9)
    rows = []
    for start, _ in schedule.waves:
        for step in (each for each in schedule.steps if each.start == start):
            name = paint(step.label, "bold", colour) if step.label in critical else step.label
            inside = paint(f"in {' > '.join(step.inside)}", "dim", colour) if step.inside else ""
            rows.append((f"  {start:g} s", name, f"{step.seconds:g} s", _bar(step, whole), inside))
    lines = [schedule.workflow, *columns(rows, right=(0, 2))]
    lines.append(f"critical path {' > '.join(schedule.critical) or 'none'}, {schedule.least:g} s")
    if schedule.cost > 0:
        lines.append(f"nesting       costs {schedule.cost:g} s: machines have series and parallels, no graph")
    else:
        lines.append("nesting       costs nothing against it")
    return "\n".join(lines) + "\n"


def _bar(step: Step, whole: float) -> str:
    before = round(step.start / whole * WIDTH)
    length = max(1, round((step.start + step.seconds) / whole * WIDTH) - before)
    return " " * before + "━" * length


def as_data(schedule: Schedule) -> dict[str, Any]:
    """The schedule as `--json` prints it; seconds everywhere."""
    return {
        "workflow": schedule.workflow,
        "seconds": schedule.seconds,
        "least": schedule.least,
        "critical": list(schedule.critical),
        "steps": [
            {
                "label": s.label,
                "start": s.start,
                "seconds": s.seconds,
                "line": s.line,
                "inside": list(s.inside),
            }
            for s in schedule.steps
        ],
    }
