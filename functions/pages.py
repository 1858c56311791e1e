"""Reports as HTML pages: one file each, charts drawn as SVG, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from functions.models import Delay, Report, Summary, WeatherHour

STYLE = """
:root { color-scheme: light dark; --ink: #1b2733; --soft: #5d6b79; --line: #dde3e9; --paper: #fff;
        --late: #c4501c; --early: #2a8577; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --soft: #9aa7b4; --line: #2c3742; --paper: #141a20;
          --late: #f08a5b; --early: #4fb3a3; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
       max-width: 54rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p.sub { color: var(--soft); margin: .25rem 0 1.5rem; }
dl { display: flex; flex-wrap: wrap; gap: 2.5rem; margin: 0; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: right; }
th { color: var(--soft); font-weight: 500; font-size: .85rem; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 13px system-ui, sans-serif; fill: var(--ink); }
svg .soft { fill: var(--soft); } svg .late { fill: var(--late); } svg .early { fill: var(--early); }
svg line { stroke: var(--line); }
.scroll { overflow-x: auto; }
"""


def day_page(report: Report, delays: Sequence[Delay], weather: Sequence[WeatherHour]) -> str:
    """The page of one day: carriers by mean delay, then the hours by airport."""
    chart = bars(((f"{delay.name}", delay.mean_delay) for delay in delays), "mean arrival delay, minutes")
    carriers = table(
        ("Carrier", "Flights", "Cancelled", "15 min late", "Mean", "Median", "Worst"),
        (
            (
                d.name,
                d.flights,
                d.cancelled,
                d.late,
                f"{d.mean_delay:.1f}",
                f"{d.median_delay:g}",
                d.worst_delay,
            )
            for d in delays
        ),
    )
    hours = table(
        ("Airport and hour", "Flights", "Mean delay", "Visibility, mi", "Wind, mph", "Rain, in"),
        (
            (
                f"{w.origin} {w.hour:02d}:00",
                w.flights,
                f"{w.mean_delay:.1f}",
                "" if w.visibility_miles is None else f"{w.visibility_miles:g}",
                "" if w.wind_mph is None else f"{w.wind_mph:.0f}",
                f"{w.precipitation_inches:g}",
            )
            for w in weather
        ),
    )
    return page(
        f"Flights out of New York, {report.date:%A %d %B %Y}",
        f"{len(delays)} carriers, worst mean delay first",
        (
            ("Flights", report.flights),
            ("15 minutes late or more", report.late),
            ("Mean delay, min", report.mean_delay),
        ),
        f"<h2>Arrival delay by carrier</h2>{chart}{carriers}<h2>Departure delay and weather</h2>{hours}",
    )


def month_page(summary: Summary, days: Sequence[Report]) -> str:
    """The page of one month: its days by mean delay."""
    chart = bars(((f"{day.date:%a %d}", day.mean_delay) for day in days), "mean arrival delay, minutes")
    return page(
        f"Flights out of New York, {summary.month}",
        f"{summary.days} days" + (f", {summary.bad_days} without usable data" if summary.bad_days else ""),
        (("Flights", summary.flights), ("Days", summary.days), ("Mean delay, min", summary.mean_delay)),
        f"<h2>Arrival delay by day</h2>{chart}",
    )


def page(title: str, subtitle: str, figures: Iterable[tuple[str, float]], body: str) -> str:
    numbers = "".join(f"<div><dt>{escape(name)}</dt><dd>{value:,}</dd></div>" for name, value in figures)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body><h1>{escape(title)}</h1><p class="sub">{escape(subtitle)}</p><dl>{numbers}</dl>{body}'
        "</body></html>\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(str(value))}</td>" for value in row) + "</tr>" for row in rows
    )
    titles = "".join(f"<th>{escape(name)}</th>" for name in head)
    return f'<div class="scroll"><table><thead><tr>{titles}</tr></thead><tbody>{cells}</tbody></table></div>'


def bars(values: Iterable[tuple[str, float]], unit: str) -> str:
    """A horizontal bar chart around zero, one row a value."""
    rows = list(values)
    low, high = min((v for _, v in rows), default=0.0), max((v for _, v in rows), default=0.0)
    low, high = min(low, 0.0), max(high, 0.0)
    scale = 460 / ((high - low) or 1.0)
    zero = 210 - low * scale
    parts = [f'<line x1="{zero:.1f}" y1="0" x2="{zero:.1f}" y2="{len(rows) * 24}"/>']
    for number, (name, value) in enumerate(rows):
        top, width = number * 24, abs(value) * scale
        left = zero if value >= 0 else zero - width
        kind = "late" if value >= 0 else "early"
        parts.append(
            f'<text x="200" y="{top + 16}" text-anchor="end">{escape(name)}</text>'
            f'<rect class="{kind}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="16" rx="2"/>'
            f'<text class="soft" x="{max(left + width, zero) + 6:.1f}" y="{top + 16}">{value:.1f}</text>'
        )
    height = len(rows) * 24 + 4
    return f'<svg viewBox="0 0 720 {height}" role="img" aria-label="{escape(unit)}">{"".join(parts)}</svg>'
