"""Times made of parts, texts and numbers, written as text, moved to UTC, and compared through durations."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from ladle import task, workflow

EAST = timezone(timedelta(hours=5, minutes=30))
SHIFT = timedelta(hours=7, minutes=30)


@task
def stored(at: datetime) -> str:
    """Store it."""
    return at.isoformat()


@workflow
def times(text: str, year: int, day: date, hour: int, epoch: int) -> dict[str, object]:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        at = datetime(2000, 1, 1, tzinfo=UTC)
        said = str(error)
    else:
        said = f"{at}"
    try:
        made = datetime(year, 2, 29, hour, tzinfo=EAST)
    except ValueError:
        made = datetime.combine(day, time(6, 30), tzinfo=UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    naive = at.replace(tzinfo=None, year=2020, day=1)
    moment = datetime.fromtimestamp(epoch, UTC)
    apart = moment - at.replace(tzinfo=UTC)
    calendar = day.isocalendar()
    return {
        "said": said,
        "iso": [
            at.isoformat(),
            at.isoformat(sep=" ", timespec="seconds"),
            at.isoformat(timespec="milliseconds"),
        ],
        "made": [made.isoformat(), made.astimezone(UTC).isoformat(), f"{made:%I:%M %p %z}"],
        "midnight": midnight.isoformat(),
        "naive": [naive.isoformat(), f"{naive:%z}|", str(naive)],
        "moment": [stored(moment), f"{moment:%Y%j %f %u %w}"],
        "combined": [
            datetime.combine(day, datetime.min.time()).isoformat(),
            stored(datetime.combine(day, time.max)),
        ],
        "calendar": [calendar[0], day.isocalendar().week, day.isocalendar()[2], f"{day:%j %u %f %p}"],
        "micro": at.microsecond,
        "apart": [
            apart // timedelta(days=1),
            abs(apart).days,
            -apart < timedelta(0),
            (apart % timedelta(hours=1)).total_seconds(),
            apart / timedelta(days=0.5) > 1,
            (apart // 3).days,
        ],
        "parts": [timedelta(1, 30).total_seconds(), timedelta(hours=1.5, milliseconds=epoch).total_seconds()],
        "later": (made + SHIFT).isoformat(),
        "date": date(year=2013, month=1, day=hour % 28 + 1).isoformat(),
    }
