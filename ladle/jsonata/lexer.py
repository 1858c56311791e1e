"""Cuts a JSONata expression into tokens.

Enough of the reference's tokenizer (https://docs.jsonata.org) to know what stands outside strings,
comments, regular expressions and backtick names. Whether the expression as a whole is right is
jlens's business; text that this lexer cannot cut gives one ERROR token.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final, NamedTuple

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


class Token(NamedTuple):
    """One token: `text` is its value (strings unescaped, names without `$` and backticks)."""

    kind: Kind
    text: str
    position: int


_NAME = r"[^ \t\n\r\v.\[\]{}(),@#;:?+\-*/%|=<>^&!~\"'`]"
_TOKEN: Final = re.compile(
    rf"""
      (?P<blank> [ \t\r\n\v]+ | /\*.*?\*/ )
    | (?P<variable> \${_NAME}* )
    | (?P<number> (?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)? )
    | (?P<name> {_NAME}+ )
    | (?P<operator> \.\. | := | != | >= | <= | \*\* | ~> | \?: | \?\? | [.\[\]{{}}(),@\#;:?+\-*/%|=<>^&!~] )
    | (?P<string> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' )
    | (?P<quoted> `[^`]*` )
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS: Final = {"number": Kind.NUMBER, "operator": Kind.OPERATOR, "variable": Kind.VARIABLE}
_ESCAPES: Final = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_WORDS: Final = frozenset({"and", "or", "in"})
_CLOSING: Final = frozenset({")", "]", "}"})


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text`, ending with END, or with ERROR at the place that cannot be cut."""
    tokens: list[Token] = []
    position, length = 0, len(text)
    match_at = _TOKEN.match
    operand_next = True  # may an operand start here, so that `/` opens a regular expression?
    while position < length:
        match = match_at(text, position)
        kind = None if match is None else match.lastgroup
        if match is None or kind is None:
            tokens.append(Token(Kind.ERROR, "unterminated", position))
            return tokens
        word = match.group()
        if kind == "blank":
            position = match.end()
            continue
        if kind == "operator":
            if word == "/" and operand_next:
                token, position = _regex(text, position)
                tokens.append(token)
                if token.kind is Kind.ERROR:
                    return tokens
                operand_next = False
                continue
            tokens.append(Token(Kind.OPERATOR, word, position))
            operand_next = word not in _CLOSING
        elif kind == "name" and word in _WORDS:
            tokens.append(Token(Kind.OPERATOR, word, position))
            operand_next = True
        else:
            tokens.append(_operand(kind, word, position))
            if tokens[-1].kind is Kind.ERROR:
                return tokens
            operand_next = False
        position = match.end()
    tokens.append(Token(Kind.END, "", length))
    return tokens


def _operand(kind: str, word: str, position: int) -> Token:
    if kind == "variable":
        return Token(Kind.VARIABLE, word[1:], position)
    if kind == "string":
        return _string(word, position)
    if kind == "quoted":
        return Token(Kind.NAME, word[1:-1], position)
    return Token(_KINDS.get(kind, Kind.NAME), word, position)


def _string(word: str, start: int) -> Token:
    inner = word[1:-1]
    if "\\" not in inner:
        return Token(Kind.STRING, inner, start)
    for match in _ESCAPE.finditer(inner):
        if match[2] is not None and match[2] not in _ESCAPES:
            return Token(Kind.ERROR, "bad escape", start + 1 + match.start())
    return Token(Kind.STRING, _ESCAPE.sub(_unescape, inner), start)


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else _ESCAPES[match[2]]


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
