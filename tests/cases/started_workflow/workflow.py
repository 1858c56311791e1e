"""Runs that are started and not waited for: what becomes of them is their own affair."""

from ladle import sleep, task, workflow


class Broken(Exception):
    pass


@task
def step(name: str) -> str:
    if name == "broken":
        raise Broken(name)
    return name.upper()


@workflow
def other(name: str, seconds: int = 60) -> str:
    sleep(seconds)
    return step(name)


@workflow
def main(names: list[str]) -> list[str]:
    started = [other.start(name) for name in names]
    other.start("last", seconds=1)
    return [f"{arn.split(':')[5]} {arn.split(':')[6]}" for arn in started]
