"""What a JSONata expression reads, found without evaluating it.

One pass over the tokens with a stack of brackets is enough for what the rules ask: which variables the
expression takes from outside (and which fields of `$states`), which bare names would need an input document
that Step Functions does not give, and which operators are newer than the JSONata 2.0.6 that AWS runs. Whether
the expression parses as a whole is not decided here: that is the evaluator's parser's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["CLOSE", "FUNCTIONS", "OPEN", "Query", "Read", "expression_in", "scan_query"]

OPEN = "{%"
CLOSE = "%}"

_FUNCTION_NAMES = (
    "abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl "
    "decodeUrlComponent distinct each encodeUrl encodeUrlComponent error eval exists filter floor "
    "formatBase formatInteger formatNumber fromMillis join keys length lookup lowercase map match max "
    "merge millis min not now number pad parseInteger power random reduce replace reverse round "
    "shuffle sift single sort split spread sqrt string substring substringAfter substringBefore sum "
    "toMillis trim type uppercase zip hash parse partition range uuid "
)
FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
"""JSONata 2.0.6's functions and the ones that Step Functions adds; `$eval` exists but is not available."""


class Token(NamedTuple):
    """A token: its kind (name, variable, text, number, regex or operator), its text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Read(NamedTuple):
    """A variable or name read from outside, with the plain field steps that follow it.

    `$states.input.day` is ``Read("states", ("input", "day"), …)``.
    """

    name: str
    path: tuple[str, ...]
    start: int
    end: int


@dataclass(slots=True)
class Query:
    """What a scan found. Offsets are characters of the expression, without its `{% %}`."""

    variables: list[Read] = field(default_factory=list)
    functions: list[Read] = field(default_factory=list)
    top_level_names: list[Read] = field(default_factory=list)
    unsupported: list[Token] = field(default_factory=list)
    error: tuple[str, int] | None = None


def expression_in(text: str) -> str | None:
    """The expression between `{%` and `%}`, or None when the whole text is not one."""
    if len(text) >= len(OPEN) + len(CLOSE) and text.startswith(OPEN) and text.endswith(CLOSE):
        return text[len(OPEN) : -len(CLOSE)]
    return None


_TOKEN = re.compile(
    r"""(?P<blank>\s+|/\*.*?\*/)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<quoted>`[^`]*`)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<variable>\$\$|\$\w*)
    |(?P<name>\w+)
    |(?P<operator>\.\.|:=|!=|>=|<=|\*\*|~>|\?:|\?\?|[.\[\]{}(),@\#;:?+\-*/%|=<>^&!λ])""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_WORD_OPERATORS = frozenset({"and", "or", "in"})
_CONSTANTS = frozenset({"true", "false", "null"})
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


class _ScanError(Exception):
    """The text cannot be cut into tokens, or its brackets do not match. Arguments: message, offset."""


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    previous: Token | None = None
    while position < len(text):
        if text[position] == "/" and not text.startswith("/*", position) and _is_prefix(previous):
            regex = _REGEX.match(text, position)
            if regex is None:
                raise _ScanError("No terminating / in regular expression", position)
            previous = Token("regex", regex.group(), position, regex.end())
            yield previous
            position = regex.end()
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            if text[position] in "\"'":
                raise _ScanError("String literal must be terminated by a matching quote", position)
            if text[position] == "`":
                raise _ScanError("Quoted property name must be terminated with a backquote (`)", position)
            raise _ScanError(f'Unknown operator: "{text[position]}"', position)
        kind = match.lastgroup or ""
        if kind == "blank":
            if match.group() == "/*":
                raise _ScanError("Comment has no closing tag", position)
        else:
            name = match.group()[1:-1] if kind == "quoted" else match.group()
            kind = "name" if kind == "quoted" else kind
            if kind == "name" and name == "λ":
                kind = "operator"
            if (
                kind == "name"
                and match.lastgroup == "name"
                and name in _WORD_OPERATORS
                and not _is_prefix(previous)
            ):
                kind = "operator"
            previous = Token(kind, name, match.start(), match.end())
            yield previous
        position = match.end()


def _is_prefix(previous: Token | None) -> bool:
    """Whether an operand may come next (so that `/` begins a regex and `*` is the wildcard)."""
    return previous is None or (previous.kind == "operator" and previous.text not in (")", "]", "}"))


@dataclass(slots=True)
class _Bracket:
    """An open bracket. `nested`: names inside it are fields of some value, not of a missing input."""

    mark: str
    start: int
    nested: bool
    bound: set[str] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)


def scan_query(text: str) -> Query:
    """Scan one expression (without its `{% %}`)."""
    query = Query()
    try:
        tokens = list(_tokens(text))
        _scan(tokens, query)
    except _ScanError as error:
        query.error = (str(error.args[0]), int(error.args[1]))
    return query


def _scan(tokens: list[Token], query: Query) -> None:
    stack = [_Bracket("", 0, nested=False)]
    parameters: set[str] = set()
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind == "variable":
            _variable(tokens, index, stack, parameters, query)
        elif token.kind == "name":
            if _is_function(token, after):
                parameters = _parameters(tokens, index + 1)
            elif not _is_step(before) and not stack[-1].nested and token.text not in _CONSTANTS:
                query.top_level_names.append(Read(token.text, (), token.start, token.end))
        elif token.kind == "operator":
            if token.text == "λ":
                parameters = _parameters(tokens, index + 1)
            elif token.text in _CLOSERS:
                parameters = _open(tokens, index, stack, parameters)
            elif token.text in (")", "]", "}"):
                _close(token, stack)
            elif token.text == ";":
                stack[-1].bound.update(stack[-1].pending)
                stack[-1].pending.clear()
            elif token.text in ("?:", "??"):
                query.unsupported.append(token)
    if len(stack) > 1:
        raise _ScanError(f'Expected "{_CLOSERS[stack[-1].mark]}" before end of expression', tokens[-1].end)


def _is_function(token: Token, after: Token | None) -> bool:
    return token.text == "function" and after is not None and after.text == "("


def _is_step(before: Token | None) -> bool:
    """Whether a name here is a field of what stands before it."""
    return before is not None and before.kind == "operator" and before.text == "."


def _parameters(tokens: list[Token], index: int) -> set[str]:
    """The parameters of a function whose opening parenthesis is at `index`."""
    names: set[str] = set()
    for token in tokens[index:]:
        if token.kind == "variable":
            names.add(token.text[1:])
        elif token.text == ")":
            break
    return names


def _open(tokens: list[Token], index: int, stack: list[_Bracket], parameters: set[str]) -> set[str]:
    token = tokens[index]
    before = tokens[index - 1] if index else None
    bracket = _Bracket(token.text, token.start, nested=stack[-1].nested)
    if before is not None and not _is_prefix(before):
        # After an operand: a call's arguments see what is outside; a filter, a grouping and a function's
        # body have a value of their own as context.
        is_call = token.text == "(" and before.kind == "variable"
        is_call = is_call or (token.text == "(" and before.kind == "name" and before.text == "function")
        called_on_value = is_call and index >= 2 and _is_step(tokens[index - 2])
        bracket.nested = bracket.nested or not is_call or called_on_value
    elif before is not None and before.text in (".", "^"):
        bracket.nested = True
    if token.text == "{" and parameters and before is not None and before.text in (")", ">"):
        bracket.bound |= parameters
        parameters = set()
    stack.append(bracket)
    return parameters


def _close(token: Token, stack: list[_Bracket]) -> None:
    if len(stack) == 1 or _CLOSERS[stack[-1].mark] != token.text:
        raise _ScanError(f'The symbol "{token.text}" cannot be used here', token.start)
    stack.pop()


def _variable(
    tokens: list[Token], index: int, stack: list[_Bracket], parameters: set[str], query: Query
) -> None:
    token = tokens[index]
    name = token.text[1:]
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None and after.text == ":=":
        # Bound for what follows the next `;`. A function sees itself, for recursion.
        value = tokens[index + 2].text if index + 2 < len(tokens) else ""
        (stack[-1].bound.add if value in ("function", "λ") else stack[-1].pending.append)(name)
        return
    if before is not None and before.kind == "operator" and before.text in ("@", "#"):
        stack[-1].bound.add(name)
        return
    if name in ("", "$"):
        if name == "$" or not stack[-1].nested:
            query.top_level_names.append(Read(token.text, (), token.start, token.end))
        return
    if any(name in bracket.bound for bracket in stack) or name in parameters:
        return
    read = Read(name, _steps(tokens, index + 1), token.start, token.end)
    (query.functions if name in FUNCTIONS else query.variables).append(read)


def _steps(tokens: list[Token], index: int) -> tuple[str, ...]:
    steps: list[str] = []
    while (
        index + 1 < len(tokens) and tokens[index].text == "." and tokens[index + 1].kind in ("name", "text")
    ):
        following = tokens[index + 1]
        steps.append(following.text if following.kind == "name" else following.text[1:-1])
        index += 2
    return tuple(steps)
