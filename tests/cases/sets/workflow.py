"""Sets between two tasks: made, united, compared, counted; what leaves them is sorted."""

from ladle import task, workflow

KNOWN = {"UA", "AA", "DL"}


@task
def carriers(day: str) -> list[str]:
    return day.split(",") if day else []


@task
def tell(names: list[str]) -> int:
    return len(names)


@workflow
def sets(first: str, second: str, numbers: list[int]) -> dict[str, list[str]]:
    mine, theirs = set(carriers(first)), set(carriers(second))
    seen: set[int] = set()
    twice: list[str] = []
    for number in numbers:
        if number in seen:
            twice.append(str(number))
            continue
        seen.add(number)
    told = tell(sorted(mine | theirs))
    return {
        "both": sorted(mine & theirs),
        "only": sorted(mine - theirs),
        "one": sorted(mine ^ theirs),
        "unknown": sorted(mine - KNOWN),
        "twice": twice,
        "facts": [
            f"{len(seen)} {told}",
            f"{mine == theirs} {mine <= KNOWN} {mine < theirs} {mine.isdisjoint(theirs)}",
            f"{'UA' in mine} {bool(mine)} {first in {'UA', 'AA'}} {mine != {'UA'}}",
        ],
        "lengths": [str(length) for length in sorted({len(name) for name in mine})],
    }
