"""What a failing call stands before has not happened when the failure is handled."""

from ladle import task, workflow


@task
def load(key: str) -> int:
    """Read a file."""
    if key == "bad":
        raise ValueError(key)
    return len(key)


@workflow
def handler_reads_old(key: str, names: list[str]) -> list[str]:
    state = "new"
    try:
        size = load(key)
        state = key
        sizes = [load(name) for name in names]
    except ValueError:
        pass
    return [state]
