"""A month of days: which files it has, which are late, and whether a person accepts what is missing."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

from functions.models import DayFile, Decision, Month
from functions.storage import exists, landing_bucket, reports_bucket, write_text
from ladle import TaskToken, task


@task
def days_before(scheduled_for: datetime, last_day: int) -> Month:
    """The days of the month before `scheduled_for`, up to and with its `last_day`."""
    end = scheduled_for.date().replace(day=1)
    first = (end - timedelta(days=1)).replace(day=1)
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    return Month(name=f"{first:%Y-%m}", files=[day_file(day) for day in days if day.day <= last_day])


@task
def late_files(month: Month) -> int:
    """How many of the month's files have not been delivered yet. Quarantined ones have."""
    return sum(
        not exists(file.bucket, file.key) and not exists(file.bucket, f"quarantine/{file.key}")
        for file in month.files
    )


@task(timeout=3 * 24 * 3600)
def ask_approval(answer: TaskToken[Decision], month: str, bad_days: int, days: int) -> None:
    """Ask a person whether the month may be published with days missing; the call's value is the answer.

    The question is stored where the reports are, with the token that `aws stepfunctions send-task-success`
    needs.
    """
    question = {
        "question": f"{bad_days} of {days} days of {month} are bad. Publish the month without them?",
        "answer_with": {"approved": True, "by": "your name", "comment": ""},
        "task_token": answer.token,
    }
    write_text(
        reports_bucket(), f"approvals/{month}.json", json.dumps(question, indent=2), "application/json"
    )


def day_file(day: date) -> DayFile:
    return DayFile(date=day, bucket=landing_bucket(), key=f"flights/{day.isoformat()}.csv")
