"""The least by a key, where a handler takes the error of an empty list: keys stay a loop over the items."""

from ladle import task, workflow


@task
def names(text: str) -> list[str]:
    return text.split()


@workflow
def keys_in_try(text: str) -> list[str]:
    found = names(text)
    try:
        longest = max(found, key=len)
        last = max(zip(found, found, strict=False))[1]
    except ValueError:
        return ["none"]
    return [longest, last]
