"""Members of enums by value and by name, classes gone over, members that are numbers or texts."""

from enum import Enum, IntEnum, StrEnum

from ladle import task, workflow


class Color(Enum):
    RED = "red"
    BLUE = "blue"
    AZURE = "blue"  # noqa: PIE796 - a second name of a member


class Priority(IntEnum):
    LOW = 0
    HIGH = 2


class Kind(StrEnum):
    CSV = "csv"
    NONE = ""


class Level(str, Enum):  # noqa: UP042 - what the case is about
    """What was written before `StrEnum`: texts that do not read as such."""

    DEBUG = "debug"
    INFO = "info"


LIMITS = {Color.RED: 10, Color.BLUE: 20}
NAMES = {Priority.HIGH: "first"}


@task
def told(text: str, number: int) -> str:
    """Say it."""
    return f"{text}/{number}"


@workflow
def enums(
    value: str, name: str, rank: int, kind_of: str, level_of: str, keys: list[str]
) -> dict[str, object]:
    kind, level = Kind(kind_of), Level(level_of)
    try:
        color = Color(value)
    except ValueError as error:
        color = Color.RED
        said = str(error)
    else:
        said = f"{color}"
    try:
        named = Color[name].value
    except KeyError as error:
        named = str(error)
    priority = Priority(rank)
    labels: list[str] = []
    for each in Color:
        labels.append(f"{each.name:>5}={LIMITS[each]}")
    return {
        "said": said,
        "named": named,
        "color": color.value,
        "limit": LIMITS[color],
        "labels": labels,
        "values": [each.value for each in Color],
        "known": value in [each.value for each in Color],
        "count": len(Kind),
        "sums": [priority + 1, -priority, priority * 2.5, max(priority, 1), sum([priority, priority])],
        "order": [
            priority > Priority.LOW,
            priority == 2,
            priority < rank,
            bool(priority),
            priority is Priority.LOW,
        ],
        "texts": [f"{priority}", f"{priority:03d}", str(kind), f"{kind:>5}|", kind + "!", kind.upper()],
        "same": [kind == "csv", kind in ("csv", "x"), value == kind, bool(kind), kind in keys],
        "level": [f"{level}", level + "!", level.upper(), level.value, f"{level:>12}"],
        "equal": [level == "info", level < "e", level in keys],
        "at": {kind: 1}.get(Kind.CSV, 0),
        "first": NAMES.get(priority, "later"),
        "told": told(kind, priority),
    }
