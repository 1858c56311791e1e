"""Copies of records, changes of their fields, and what their classes compute."""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any, TypedDict

from ladle import task, workflow
from pydantic import BaseModel


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Size:
    width: int
    height: int = 1

    @property
    def area(self) -> int:
        return self.width * self.height

    def times(self, factor: int, *, flat: bool = False) -> Size:
        """Another one: methods may call methods."""
        return Size.of(self.width * factor, 1 if flat else self.height)

    @classmethod
    def of(cls, width: int, height: int) -> Size:
        return cls(width, height)

    @staticmethod
    def unit() -> str:
        return "cm"

    def measured(self) -> int:
        return measure(self.width) + self.area


@dataclass
class Box:
    name: str
    size: Size
    day: date
    parts: list[Size] = field(default_factory=list)
    color: Color = Color.RED
    note: str | None = None


class Options(TypedDict):
    level: str
    limit: int


class Part(BaseModel):
    name: str
    count: int = 1


class Kit(BaseModel):
    part: Part
    day: date
    color: Color = Color.BLUE
    more: list[Part] = []

    @property
    def title(self) -> str:
        return f"{self.part.name} of {len(self.more)}"


@task
def measure(width: int) -> int:
    """Measure it."""
    return width + 1


@task
def stored(box: Box, options: Options) -> str:
    """Store a box."""
    return f"{box.name} {box.size.width} {box.note} {options['level']}:{options['limit']}"


@workflow
def records(name: str, width: int, day: date, count: int) -> dict[str, Any]:
    size = Size(width)
    size.height = 3
    size.height += count
    box = Box(name, size, day, [size.times(2), Size.of(count, 2)])
    other = replace(box, name=f"{name}2", note="copy", size=dataclasses.replace(size, width=count))
    box.note = name or None
    if box.note is not None:
        box.note = None
    plain = asdict(other)
    plain["name"] = "third"
    options: Options = {"level": "low", "limit": count}
    more: Options = {**options, "level": "high"}
    most: Options = {**more, "limit": 100}
    options["limit"] += 1
    kit = Kit(part=Part(name=name), day=day, more=[Part(name="x", count=count)])
    bigger = kit.model_copy(update={"color": Color.RED})
    bigger.part = kit.part.model_copy(update={"count": kit.part.count + 1})
    dumped = bigger.model_dump(mode="json")
    return {
        "heights": [size.height, box.size.height, other.size.height],
        "names": [box.name, other.name, plain["name"], plain["size"]["width"], plain["parts"][0]["height"]],
        "areas": [size.area, other.size.area, *[part.area for part in box.parts]],
        "times": size.times(2, flat=True).area,
        "unit": [Size.unit(), size.unit()],
        "measured": [part.measured() for part in box.parts],
        "largest": max(box.parts, key=lambda part: part.area).width,
        "stored": [stored(box, options), stored(other, more)],
        "most": dict(most, extra=width),
        "keys": {**options, "more": 1},
        "part": [bigger.part.count, kit.part.count, bigger.color.value, kit.color.value, kit.title],
        "dumped": dumped,
        "python": bigger.model_dump()["part"]["name"],
        "same": [other == box, kit == bigger, Size(1) == Size(1, 1)],
    }
