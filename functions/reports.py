"""Publishing: a report as JSON for machines and as a page for people, side by side in the reports bucket."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from functions.models import Day, Delay, Report, Summary, WeatherHour
from functions.pages import day_page, month_page
from functions.storage import reports_bucket, write_text
from ladle import Pool, task

REPORTS = Pool("reports", 4)
"""At most so many reports are written at once, also when a whole year is computed anew."""


@task(timeout=60, pool=REPORTS)
def publish_day(day: Day, delays: list[Delay], weather: list[WeatherHour]) -> Report:
    """Publish one day's report, and say where it is."""
    ranked = sorted(delays, key=lambda delay: delay.mean_delay, reverse=True)
    arrived = sum(delay.arrived for delay in ranked)
    minutes = sum(delay.mean_delay * delay.arrived for delay in ranked)
    folder = day.date.isoformat()
    report = Report(
        date=day.date,
        flights=day.flights,
        arrived=arrived,
        late=sum(delay.late for delay in ranked),
        mean_delay=round(minutes / arrived, 1) if arrived else 0.0,
        url=f"s3://{reports_bucket()}/{folder}/index.html",
    )
    publish(
        folder,
        {
            "report": asdict(report),
            "carriers": list(map(asdict, ranked)),
            "weather": list(map(asdict, weather)),
        },
        day_page(report, ranked, weather),
    )
    return report


@task(timeout=60, pool=REPORTS)
def publish_month(month: str, reports: list[Report], bad_days: int) -> Summary:
    """Publish a month's summary of the days that could be read, and say where it is."""
    arrived = sum(report.arrived for report in reports)
    minutes = sum(report.mean_delay * report.arrived for report in reports)
    summary = Summary(
        month=month,
        days=len(reports),
        bad_days=bad_days,
        flights=sum(report.flights for report in reports),
        mean_delay=round(minutes / arrived, 1) if arrived else 0.0,
        url=f"s3://{reports_bucket()}/{month}/index.html",
    )
    days = sorted(reports, key=lambda report: report.date)
    publish(month, {"summary": asdict(summary), "days": list(map(asdict, days))}, month_page(summary, days))
    return summary


def publish(folder: str, data: dict[str, Any], page: str) -> None:
    """Stores the page last: whoever sees it finds the data there."""
    text = json.dumps(data, indent=2, default=str, ensure_ascii=False) + "\n"
    write_text(reports_bucket(), f"{folder}/report.json", text, "application/json")
    write_text(reports_bucket(), f"{folder}/index.html", page, "text/html; charset=utf-8")
