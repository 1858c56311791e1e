"""Unions are told apart; a Literal and an enum are texts."""

from enum import Enum
from typing import Literal

from ladle import task, workflow


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@task
def measure(n: int) -> Size:
    return Size.SMALL if n < 5 else Size.LARGE


@task
def label(kind: Literal["a", "b"], size: Size) -> str:
    return f"{kind} {size.value}"


@workflow
def sizes(n: int, kind: Literal["a", "b"] = "a") -> str:
    size = measure(n)
    if size is Size.SMALL:
        return "tiny"
    return label(kind, size)
