"""Regular expressions between two tasks: found, taken apart, replaced, split."""

import re

from ladle import task, workflow

NAME = re.compile(r"flights/(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?\.csv")


@task
def store(key: str, year: int, day: str | None) -> str:
    return f"{key}:{year}:{day}"


@task
def skip(key: str, why: str) -> str:
    return f"{key}: {why}"


@workflow
def regexes(key: str, note: str) -> list[str]:
    if re.search(r"^\s*$", note):
        return [skip(key, "no note")]
    match = NAME.fullmatch(key)
    if match is None:
        return [skip(key, "no flights"), re.sub(r"[^a-z0-9]+", "-", key.lower())]
    year, month = match.group("year", "month")
    stored = store(key, int(match["year"]), match["day"])
    words = re.split(r"[,;]\s*", note)
    pairs = [f"{name}={value}" for name, value in re.findall(r"(\w+):(\w+)", note, re.ASCII)]
    swapped = re.sub(r"([a-z]+)-([0-9]+)", r"\2-\1", note, flags=re.I, count=1)
    if (error := re.match(r"err(or)?", note, re.IGNORECASE)) and not re.search("ignored", note):
        swapped = f"{error.group()}: {error[1]}"
    return [stored, f"{month}/{year}", *words, *pairs, swapped, match.group(0)]
