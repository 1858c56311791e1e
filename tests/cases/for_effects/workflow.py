"""A loop whose iterations share nothing still keeps their order."""

from ladle import task, workflow


@task
def note(text: str) -> str:
    return text


@task
def confirm(text: str) -> None:
    pass


@workflow
def for_effects(names: list[str]) -> int:
    for name in names:
        seen = note(name)
        confirm(seen + "!")
    return len(names)
