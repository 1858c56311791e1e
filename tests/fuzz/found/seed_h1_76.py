"""A match that is known when compiling: its groups are read where it is tested, which was no JSONata."""

from __future__ import annotations

import re

from ladle import workflow


@workflow
def main(n: int, xs: list[int]) -> list[str]:
    word = found[0] if (found := re.search("[.]|/", "abc")) else ""
    other = found[1] if (found := re.search("(b)c", "abc")) else ""
    return [word, other, *[str(x + n) for x in xs]]
