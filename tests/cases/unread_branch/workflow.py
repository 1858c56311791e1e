"""A branch that only computes, and whose value nobody reads, still fails."""

from ladle import task, workflow


@task
def count(key: str) -> int:
    """Count a file."""
    return len(key)


@workflow
def unread_branch(key: str, n: int) -> int:
    found = count(key)
    try:
        pass
    except ConnectionError:
        found = count("again")
    else:
        share = 6 // n
    return found
