"""Reading the text of paths, filters and intrinsic calls; writing JSON the way AWS's causes show it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeVar

from ladle.engine.scope import JSON
from ladle.errors import LadleError

__all__ = ["InvalidPath", "Scanner", "compact"]

_T = TypeVar("_T")
_NAME = re.compile(r"[^\s.\[\]()'\",?@*$=<>!&|~]+")
_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class InvalidPath(LadleError):
    """A path or intrinsic call that cannot be parsed; `position` counts characters from 0."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(f"{text!r} is not a valid path: {reason} (at character {position + 1})")
        self.text = text
        self.position = position
        self.reason = reason


def compact(value: JSON) -> str:
    """Return `value` as JSON without blanks, as causes quote it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Scanner:
    """A cursor over `text` that reads the small pieces paths are made of."""

    __slots__ = ("at", "text")

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def error(self, reason: str) -> InvalidPath:
        """Return the error that says `reason` at the cursor."""
        return InvalidPath(self.text, self.at, reason)

    def at_end(self) -> bool:
        """Tell whether nothing is left."""
        return self.at >= len(self.text)

    def peek(self) -> str:
        """Return the next character, "" at the end."""
        return self.text[self.at : self.at + 1]

    def accept(self, word: str) -> bool:
        """Skip `word` if it comes next."""
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def expect(self, word: str) -> None:
        """Skip `word`, which must come next."""
        if not self.accept(word):
            raise self.error(f"expected {word}")

    def blanks(self) -> None:
        """Skip white space."""
        while not self.at_end() and self.text[self.at].isspace():
            self.at += 1

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Skip and return what `pattern` matches here, or None."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found.group()

    def name(self) -> str:
        """Read a field name after a dot."""
        name = self.match(_NAME)
        if name is None:
            raise self.error("expected a field name")
        return name

    def integer(self) -> int | None:
        """Read an integer, None where there is none."""
        digits = self.match(_INTEGER)
        return None if digits is None else int(digits)

    def number(self) -> int | float | None:
        """Read a JSON number, None where there is none."""
        digits = self.match(_NUMBER)
        if digits is None:
            return None
        return int(digits) if digits.lstrip("-").isdigit() else float(digits)

    def quoted(self) -> str:
        r"""Read a string in single or double quotes; `\` makes the next character literal."""
        quote = self.peek()
        if quote not in ("'", '"') or not quote:
            raise self.error("expected a quoted name")
        self.at += 1
        parts: list[str] = []
        while not self.at_end():
            char = self.text[self.at]
            self.at += 1
            if char == quote:
                return "".join(parts)
            if char == "\\" and not self.at_end():
                char = self.text[self.at]
                self.at += 1
            parts.append(char)
        raise self.error("the string does not end")

    def separated(self, read: Callable[[], _T]) -> list[_T]:
        """Read one or more items with commas between them."""
        items = [read()]
        self.blanks()
        while self.accept(","):
            self.blanks()
            items.append(read())
            self.blanks()
        return items
