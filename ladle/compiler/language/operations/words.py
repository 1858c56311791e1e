"""What the less common operations on text mean: repeating, cutting in few parts, kinds of characters.

What depends on tables of Unicode is exact for ASCII, and a limit beyond it: evaluators have no such tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from ladle.compiler.language.operations.reference import LONGEST, Limit

__all__ = [
    "KINDS",
    "PLAIN",
    "cut",
    "is_kind",
    "padded",
    "plain_case",
    "plain_repr",
    "position",
    "repeated_text",
    "stepped",
]

KINDS: Final = (
    "isdigit", "isdecimal", "isnumeric", "isalpha", "isalnum", "isspace", "isupper", "islower", "isascii",
    "isidentifier",
)  # fmt: skip
"""Methods that ask what the characters of a text are."""

_EVERYWHERE: Final = ("isascii", "isspace")


def is_kind(text: str, kind: str) -> bool:
    """`text.isdigit()` and the like."""
    if kind not in _EVERYWHERE and not text.isascii():
        raise Limit("UnicodeError", "kind of a character beyond ASCII")
    return bool(getattr(text, kind)())


def plain_case(method: str) -> Callable[[str], str]:
    """`title`, `capitalize`, `swapcase`, `casefold` of ASCII text."""

    def changed(text: str) -> str:
        if not text.isascii():
            raise Limit("UnicodeError", "case of a character beyond ASCII")
        return str(getattr(text, method)())

    return changed


def repeated_text(text: str, times: int) -> str:
    """`text * times`, if the result has a size that a state can have."""
    if len(text) * max(times, 0) > LONGEST:
        raise Limit("MemoryError", "text of more than 10,000,000")
    return text * times


def padded(method: str) -> Callable[[str, int, str], str]:
    """`ljust`, `rjust`, `center` with one character."""

    def filled(text: str, width: int, fill: str) -> str:
        if width > LONGEST:
            raise Limit("MemoryError", "text of more than 10,000,000")
        return str(getattr(text, method)(width, fill))

    return filled


def cut(method: str) -> Callable[[str, str], Any]:
    """`partition` and `rpartition`: three parts."""
    return lambda text, separator: list(getattr(text, method)(separator))


def position(method: str) -> Callable[[str, str], int]:
    """`index` and `rindex`."""

    def found(text: str, part: str) -> int:
        place = int(getattr(text, method)(part))
        if place < 0:
            raise ValueError("substring not found")
        return place

    return found


def stepped(items: Any, start: int | None, stop: int | None, step: int) -> Any:
    """`items[start:stop:step]`."""
    return items[start:stop:step]


PLAIN: Final = r"[^ -&\u0028-\u005b\u005d-~]"
"""What `repr` writes in another way, or perhaps so: quotes, backslashes, and all but printable ASCII."""


def plain_repr(text: str) -> str:
    """`repr(text)`, of plain text."""
    if re.search(PLAIN, text):
        raise Limit("UnicodeError", "repr of quotes, backslashes, or characters beyond printable ASCII")
    return repr(text)
