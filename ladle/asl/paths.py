"""JSONPath as Step Functions reads it: syntax, and which variable a path starts from.

AWS evaluates paths with Jayway JsonPath: `$` is the state's input, `$$` the context object, `$name` a
variable. A *reference path* names exactly one place: fields and indexes only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Path", "PathError", "parse_path"]


class PathError(ValueError):
    """The text is no JSONPath. `position` is where, in characters from its start."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Path:
    """A parsed path: where it starts (`$`, `$$` or `$name`) and its steps.

    A step is a field's name, an index, or a :class:`Selector` for everything that can match several values.
    """

    root: str
    steps: tuple[str | int | Selector, ...]

    @property
    def variable(self) -> str:
        """The variable it starts from, or an empty text."""
        return "" if self.root in ("$", "$$") else self.root[1:]

    @property
    def is_reference(self) -> bool:
        """Whether it names exactly one place."""
        return not any(isinstance(step, Selector) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Selector:
    """A step that may match several values; `text` is how it was written (`[*]`, `..name`, `[?(@.a)]`)."""

    text: str


_ROOT = re.compile(r"\$\$|\$(?:[^\W\d]\w*)?")
# Jayway takes any character but the ones that end a step; names in real definitions have - and spaces.
_NAME = re.compile(r"[^.\[\]()*?@,:'\"\s$]+(?: [^.\[\]()*?@,:'\"\s$]+)*")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_INDEX = re.compile(r"-?\d+")
_SLICE = re.compile(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?\s*)?")
_UNESCAPE = re.compile(r"\\(.)")


def parse_path(text: str) -> Path:
    """Parse a JSONPath.

    Raises:
        PathError: the text is no path; `position` says where it stops being one.
    """
    root = _ROOT.match(text)
    if root is None:
        raise PathError("a path starts with '$'", 0)
    steps: list[str | int | Selector] = []
    position = root.end()
    while position < len(text):
        step, position = _step(text, position)
        steps.append(step)
    return Path(root.group(), tuple(steps))


def _step(text: str, position: int) -> tuple[str | int | Selector, int]:
    start = position
    if text.startswith("..", position):
        position += 2
        if text.startswith("[", position):
            _, position = _bracket(text, position)
        elif text.startswith("*", position):
            position += 1
        elif (name := _NAME.match(text, position)) is not None:
            position = name.end()
        else:
            raise PathError("a name, '*' or '[' must follow '..'", position)
        return Selector(text[start:position]), position
    if text[position] == ".":
        position += 1
        if text.startswith("*", position):
            return Selector(".*"), position + 1
        name = _NAME.match(text, position)
        if name is None:
            raise PathError("a field's name must follow '.'", position)
        if text.startswith("()", name.end()):
            return Selector(text[start : name.end() + 2]), name.end() + 2
        return name.group(), name.end()
    if text[position] == "[":
        return _bracket(text, position)
    raise PathError(f"{text[position]!r} cannot stand here", position)


def _bracket(text: str, position: int) -> tuple[str | int | Selector, int]:
    start = position
    position += 1
    if text.startswith("?", position):
        end = _matching(text, start)
        if not re.fullmatch(r"\?\s*\(.+\)", text[position:end], re.DOTALL):
            raise PathError("a filter is written [?(…)]", position)
        return Selector(text[start : end + 1]), end + 1
    if text.startswith("(", position):
        end = _matching(text, start)
        return Selector(text[start : end + 1]), end + 1
    if text.startswith("*]", position):
        return Selector("[*]"), position + 2
    quoted = _QUOTED.match(text, _blank(text, position))
    if quoted is not None:
        names = [_UNESCAPE.sub(r"\1", quoted.group()[1:-1])]
        position = _blank(text, quoted.end())
        while text.startswith(",", position):
            quoted = _QUOTED.match(text, _blank(text, position + 1))
            if quoted is None:
                raise PathError("a quoted name must follow ','", position + 1)
            names.append(quoted.group()[1:-1])
            position = _blank(text, quoted.end())
        position = _close(text, position)
        return (names[0] if len(names) == 1 else Selector(text[start:position])), position
    piece = _SLICE.match(text, position)
    if piece is not None and ":" in piece.group():
        position = _close(text, piece.end())
        return Selector(text[start:position]), position
    index = _INDEX.match(text, _blank(text, position))
    if index is None:
        raise PathError("an index, a quoted name, a slice, '*' or a filter must follow '['", position)
    position = _blank(text, index.end())
    if text.startswith(",", position):
        while text.startswith(",", position):
            following = _INDEX.match(text, _blank(text, position + 1))
            if following is None:
                raise PathError("an index must follow ','", position + 1)
            position = _blank(text, following.end())
        position = _close(text, position)
        return Selector(text[start:position]), position
    return int(index.group()), _close(text, position)


def _blank(text: str, position: int) -> int:
    while position < len(text) and text[position] == " ":
        position += 1
    return position


def _close(text: str, position: int) -> int:
    if not text.startswith("]", position):
        raise PathError("']' is missing", position)
    return position + 1


def _matching(text: str, start: int) -> int:
    """The offset of the bracket that closes the one at `start`, quoted texts and regexes left out."""
    depth = 0
    position = start
    while position < len(text):
        character = text[position]
        if character in "'\"":
            quoted = _QUOTED.match(text, position)
            if quoted is None:
                raise PathError("the quote is not closed", position)
            position = quoted.end()
            continue
        if character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    raise PathError("']' is missing", len(text))
