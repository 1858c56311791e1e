"""Lists and text taken apart by their number of items, which is known only when it runs."""

from ladle import task, workflow


@task
def parts(path: str) -> list[str]:
    return path.split("/")


@workflow
def unpack_lists(path: str, rows: list[list[int]]) -> list[str]:
    try:
        bucket, key = parts(path)
    except ValueError as error:
        return [str(error)]
    first, *middle, last = [*rows, [1], [2]]
    [head, *_] = key if key else "-"
    total = 0
    for a, *others in rows:
        total += a * len(others)
    return [bucket, key, head, f"{len(first)} {len(middle)} {last[0]} {total}"]
