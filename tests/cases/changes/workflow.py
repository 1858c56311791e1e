"""Local lists and dicts, changed in place in every way."""

from ladle import task, workflow


@task
def letters(text: str) -> list[str]:
    return list(text)


@workflow
def changes(text: str, place: int) -> list[list[str]]:
    xs = letters(text)
    assert xs, f"no letters in '{text}'"
    last = xs.pop()
    try:
        taken = xs.pop(place)
    except IndexError as error:
        return [xs, [last, str(error)]]
    xs.insert(place, "<")
    xs.insert(99, ">")
    try:
        xs.remove("b")
    except ValueError as error:
        xs.append(str(error))
    xs.sort()
    del xs[0]
    table = {"a": 1, "b": 2, "c": 3}
    gone = table.pop("a")
    other = table.pop("z", 7)
    del table["b"]
    table |= {"d": gone + other}
    return [xs, [last, taken], sorted(table)]
