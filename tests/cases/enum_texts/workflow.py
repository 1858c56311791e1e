"""Texts of values that may be None, or one of several types, and of members of enums."""

from enum import Enum, IntEnum

from ladle import task, workflow


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@task
def paint(name: str) -> Color:
    return Color.BLUE if name else Color.RED


@task
def level(name: str) -> Level:
    return Level.HIGH if name else Level.LOW


@workflow
def enum_texts(name: str, limit: int | None, key: int | str | None) -> list[str]:
    color = paint(name)
    height = level(name)
    return [f"{color} {color.name} {color.value}", f"{height} {height.name}", f"limit {limit}", f"key {key}!"]
