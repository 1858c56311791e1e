"""`except Base` takes the errors that derive from it, the first handler that fits wins."""

from ladle import task, workflow


class Problem(Exception):
    pass


class Small(Problem):
    pass


@task
def check(n: int) -> int:
    if n == 1:
        raise Small("one")
    if n == 2:
        raise Problem("two")
    if n == 3:
        raise KeyError("three")
    return n


@workflow
def except_base(n: int) -> str:
    try:
        check(n)
        text = "fine"
    except Small:
        text = "small"
    except Problem as problem:
        text = str(problem)
    except Exception:
        text = "other"
    return text
