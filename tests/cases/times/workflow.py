"""Times moved, compared and written; durations finer than days."""

from datetime import date, datetime, timedelta

from ladle import task, workflow

NIGHT = timedelta(hours=8)


@task
def opened(name: str) -> datetime:
    zone = "+05:30" if name == "far" else "Z"
    return datetime.fromisoformat(f"2024-02-29T22:30:15.25{zone}")


@task
def tell(at: datetime) -> str:
    return at.isoformat()


@workflow
def times(name: str, at: datetime, day: date, text: str) -> list[str]:
    start = opened(name)
    lasted = at - start
    morning = start + NIGHT
    told = tell(start - timedelta(minutes=90))
    first = day.replace(day=1)
    file_day = date.fromisoformat(text[:8])
    slow = lasted > timedelta(days=1)
    return [
        f"{lasted.days} {lasted.seconds} {lasted.total_seconds():.2f} {slow} {at > start} {at == start}",
        f"{morning:%Y-%m-%d %H:%M} {morning:%A %d %B} {day:%d.%m.%y} {day:%b}",
        told,
        f"{first} {first - timedelta(days=1)} {(first + 2 * timedelta(weeks=1)).weekday()} {day + NIGHT}",
        f"{file_day} {start.weekday()} {at.timestamp():.1f} {(day - file_day).total_seconds() > 0}",
    ]
