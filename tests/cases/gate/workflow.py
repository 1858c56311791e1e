"""What is written after a raise waits for it; what is written before need not have ended."""

from ladle import task, workflow


class TooBig(Exception):
    pass


@task
def size(n: int) -> int:
    return n


@task
def name(n: int) -> str:
    return f"n{n}"


@task
def publish(label: str, n: int) -> str:
    return f"{label}:{n}"


@workflow
def gate(n: int) -> str:
    measured = size(n)
    label = name(n)
    if measured > 10:
        raise TooBig(f"{measured} is too big")
    return publish(label, measured)
