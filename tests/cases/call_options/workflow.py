"""Options of one call: its own retries, a shorter timeout; the other calls keep those of the task."""

from ladle import Failed, Retry, attempt, task, workflow

tried: dict[str, int] = {}


class Late(Exception):
    pass


def reset() -> None:
    tried.clear()


@task(retry=Retry(on=[Late], attempts=1))
def load(name: str, misses: int) -> str:
    tried[name] = tried.get(name, 0) + 1
    if tried[name] <= misses:
        raise Late(f"{name} is late")
    return f"{name} after {tried[name]}"


@workflow
def main(misses: int) -> list[str]:
    first = load.options(retry=Retry(on=[Late], attempts=3), timeout=30)("a", misses)
    once = attempt(load.options(retry=()), "b", misses)
    plain = attempt(load, "c", misses)
    return [first, *[one.error if isinstance(one, Failed) else one for one in [once, plain]]]
