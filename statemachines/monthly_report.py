"""A month of daily reports becomes one summary."""

from __future__ import annotations

from datetime import datetime

from functions.models import Rejected, Summary
from functions.months import ask_approval, days_before, late_files
from functions.reports import publish_month
from ladle import Cron, Failed, attempt, each, sleep, workflow
from statemachines.daily_delays import daily_delays


@workflow(on=Cron("0 6 1 * ? *", timezone="America/New_York"), alerts="ops", timeout=7 * 24 * 3600)
def monthly_report(scheduled_for: datetime, last_day: int = 31, tolerate: int = 3) -> Summary:
    """Every day's report of the month before, and a summary of them all."""
    month = days_before(scheduled_for, last_day)
    checks = 0
    while late_files(month) and checks < 6:
        sleep(4 * 3600)
        checks += 1

    results = [attempt(daily_delays, file.bucket, file.key) for file in each(month.files, concurrency=4)]
    reports = [result for result in results if not isinstance(result, Failed)]
    bad_days = len(results) - len(reports)

    if bad_days > tolerate:
        decision = ask_approval(month.name, bad_days, len(results))
        if not decision.approved:
            raise Rejected(f"{month.name}: {bad_days} bad days, {decision.by} said no: {decision.comment}")
    return publish_month(month.name, reports, bad_days)
