"""Cuts a JSONata expression into tokens.

Enough of the reference's tokenizer (https://docs.jsonata.org) to know what stands outside strings,
comments, regular expressions and backtick names. Whether the expression as a whole is right is
jlens's business; text that this lexer cannot cut gives one ERROR token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["Kind", "Token", "tokenize"]


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    STRING = auto()
    NAME = auto()
    VARIABLE = auto()  # text is the name without `$`; "" is the context `$`, "$" the root `$$`
    OPERATOR = auto()
    REGEX = auto()
    ERROR = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `text` is its value (strings unescaped, names without `$` and backticks)."""

    kind: Kind
    text: str
    position: int


_SPACE = re.compile(r"[ \t\r\n\v]+")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?")
_DOUBLES = ("..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??")
_SINGLES = frozenset(".[]{}(),@#;:?+-*/%|=<>^&!~")
_NAME_END = frozenset(" \t\n\r\v.[]{}(),@#;:?+-*/%|=<>^&!~\"'`")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = frozenset({"and", "or", "in"})


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, ending with END, or with ERROR at the place that cannot be cut."""
    tokens: list[Token] = []
    position = 0
    while True:
        position = _skip_blank(text, position)
        if position >= len(text):
            tokens.append(Token(Kind.END, "", len(text)))
            return tokens
        token, position = _next(text, position, regex_allowed=_prefix_expected(tokens))
        tokens.append(token)
        if token.kind is Kind.ERROR:
            return tokens


def _skip_blank(text: str, position: int) -> int:
    while True:
        match = _SPACE.match(text, position) or _COMMENT.match(text, position)
        if match is None:
            return position
        position = match.end()


def _prefix_expected(tokens: list[Token]) -> bool:
    """Tell whether an operand may start here, so that `/` opens a regular expression."""
    if not tokens:
        return True
    last = tokens[-1]
    if last.kind is Kind.NAME:
        return last.text in _WORDS
    return last.kind is Kind.OPERATOR and last.text not in (")", "]", "}")


def _next(text: str, position: int, *, regex_allowed: bool) -> tuple[Token, int]:
    char = text[position]
    if char == "/" and regex_allowed:
        return _regex(text, position)
    if text[position : position + 2] in _DOUBLES:
        return Token(Kind.OPERATOR, text[position : position + 2], position), position + 2
    if char in _SINGLES:
        return Token(Kind.OPERATOR, char, position), position + 1
    if char in "\"'":
        return _string(text, position)
    if char == "`":
        end = text.find("`", position + 1)
        if end < 0:
            return Token(Kind.ERROR, "unterminated name", position), len(text)
        return Token(Kind.NAME, text[position + 1 : end], position), end + 1
    if match := _NUMBER.match(text, position):
        return Token(Kind.NUMBER, match.group(), position), match.end()
    end = position
    while end < len(text) and text[end] not in _NAME_END:
        end += 1
    if end == position:
        return Token(Kind.ERROR, char, position), len(text)
    if char == "$":
        return Token(Kind.VARIABLE, text[position + 1 : end], position), end
    word = text[position:end]
    return Token(Kind.OPERATOR if word in _WORDS else Kind.NAME, word, position), end


def _string(text: str, start: int) -> tuple[Token, int]:
    quote = text[start]
    parts: list[str] = []
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == quote:
            return Token(Kind.STRING, "".join(parts), start), position + 1
        if char != "\\":
            parts.append(char)
            position += 1
            continue
        escape = text[position + 1 : position + 2]
        if escape in _ESCAPES:
            parts.append(_ESCAPES[escape])
            position += 2
        elif escape == "u" and re.fullmatch("[0-9a-fA-F]{4}", text[position + 2 : position + 6]):
            parts.append(chr(int(text[position + 2 : position + 6], 16)))
            position += 6
        else:
            return Token(Kind.ERROR, "bad escape", position), len(text)
    return Token(Kind.ERROR, "unterminated string", start), len(text)


def _regex(text: str, start: int) -> tuple[Token, int]:
    """Scan `/…/flags` as the reference does: brackets nest, a `/` inside them does not end it."""
    depth = 0
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == "/" and depth == 0 and not _escaped(text, position):
            end = position + 1
            while end < len(text) and text[end] in "im":
                end += 1
            return Token(Kind.REGEX, text[start:end], start), end
        if char in "([{" and text[position - 1] != "\\":
            depth += 1
        if char in ")]}" and text[position - 1] != "\\":
            depth -= 1
        position += 1
    return Token(Kind.ERROR, "unterminated regular expression", start), len(text)


def _escaped(text: str, position: int) -> bool:
    """Tell whether an odd number of backslashes stands before `position`."""
    before = text[:position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
