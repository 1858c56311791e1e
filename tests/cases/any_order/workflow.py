"""Keys and values of dicts, where their order means nothing."""

from ladle import task, workflow


@task
def count(words: list[str]) -> dict[str, int]:
    return {word: words.count(word) for word in words}


@workflow
def any_order(words: list[str], more: dict[str, int]) -> dict[str, int]:
    counts = count(words) | more
    doubled = {word: 2 * n for word, n in counts.items() if n > 0}
    return {
        **doubled,
        "total": sum(n for n in counts.values()),
        "letters": sum(len(word) for word in counts),
        "most": max((n for n in counts.values()), default=0),
        "any": int(any(n > 2 for n in counts.values())),
        "all": int(all(n for _, n in counts.items())),
        "three": int(3 in counts.values()),
        "size": len(counts.items()),
        "top": sorted(sorted(counts.items()), key=lambda pair: -pair[1])[0][1] if counts else -1,
        "last": len(sorted(counts.items(), reverse=True)),
    }
