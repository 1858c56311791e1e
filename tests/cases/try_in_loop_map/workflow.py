"""A failure within a loop's iterations reaches the handler around the loop."""

from ladle import task, workflow


class BadFile(Exception):
    pass


@task
def load(key: str) -> int:
    """Read a file."""
    if key.startswith("bad"):
        raise BadFile(f'no "{key}"')
    if key.startswith("odd"):
        raise ValueError(key)
    return len(key)


@task
def note(text: str) -> None:
    pass


@workflow
def try_around_loop(keys: list[str]) -> str:
    try:
        for key in keys:
            size = load(key)
            if size > 3:
                raise BadFile(f"{key} is long")
            note(key)
    except BadFile as error:
        return str(error)
    return "fine"
