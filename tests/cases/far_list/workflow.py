"""A list gone over in runs of their own: values from outside travel with each item, and one may fail."""

from dataclasses import dataclass

from ladle import each, task, workflow


@dataclass
class Settings:
    factor: int
    names: list[str]


@task
def settings(factor: int) -> Settings:
    return Settings(factor, ["a", "b"])


@task
def scaled(number: int, factor: int, names: list[str]) -> list[int]:
    return [number * factor, len(names)]


@task
def total(parts: list[list[int]]) -> int:
    return sum(sum(part) for part in parts)


@workflow
def main(numbers: list[int], factor: int) -> int:
    chosen = settings(factor)
    parts = [
        scaled(number, chosen.factor, chosen.names)
        for number in each(numbers, concurrency=5, distributed=True, tolerate=factor)
        if number > 0
    ]
    inner = [
        [scaled(number, other, chosen.names)[0] for other in numbers]
        for number in each(numbers, distributed=True, tolerate="12.5%")
    ]
    return total([*parts, *inner])
