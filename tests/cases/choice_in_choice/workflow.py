"""Choices that follow each other directly are one: an `if` in an `if`, and one after another."""

from ladle import task, workflow


@task
def note(text: str) -> str:
    return text


@workflow
def choice_in_choice(rows: list[list[int]], loud: bool, text: str | None) -> str:
    said = "nothing"
    if loud:
        if text is not None and len(text) > 3:
            said = note(text)
        elif rows:  # noqa: SIM102
            if rows[0][0] > 1:
                said = note("large")
    if rows and said == "nothing":
        said = note("rows")
    return said
