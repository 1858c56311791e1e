"""What a JSONata expression reads, found without evaluating it.

One pass over the tokens with a stack of brackets is enough for what the rules ask: which variables the
expression takes from outside (and which fields of `$states`), which bare names would need an input document
that Step Functions does not give, and which operators are newer than the JSONata 2.0.6 that AWS runs. Whether
the expression parses as a whole is not decided here: that is the evaluator's parser's to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
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
    """A token: its kind (name, variable, text, number, regex, operator, bar), its text, and its place."""

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
    called: bool = False


@dataclass(slots=True)
class Query:
    """What a scan found. Offsets are characters of the expression, without its `{% %}`.

    `functions` are reads of names that JSONata's own functions have; a workflow variable may have one too
    (`$error`), and then hides the function.
    """

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
    bars = 0
    while position < len(text):
        if text.startswith("/*", position) and text.find("*/", position + 2) < 0:
            raise _ScanError("Comment has no closing tag", position)
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
        if kind != "blank":
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
            if name == "|" and kind == "operator":
                bars = (bars + 1) % 3
                kind = "operator" if bars else "bar"  # the third closes a transform, which is an operand
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
    bound: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)


def scan_query(text: str) -> Query:
    """Scan one expression (without its `{% %}`)."""
    query = Query()
    try:
        _Scanner(list(_tokens(text)), query).run()
    except _ScanError as error:
        query.error = (str(error.args[0]), int(error.args[1]))
    return query


class _Scanner:
    """One pass over the tokens. `parameters` is not None between a function's `(` and its body's `{`."""

    def __init__(self, tokens: list[Token], query: Query) -> None:
        self.tokens = tokens
        self.query = query
        self.stack = [_Bracket("", 0, nested=False)]
        self.parameters: set[str] | None = None
        self.bound: Counter[str] = Counter()  # of local names, over all open brackets
        self.bars = 0  # of a transform, | place | update |, whose parts have a context

    def run(self) -> None:
        for index, token in enumerate(self.tokens):
            if token.kind == "variable":
                self.variable(index, token)
            elif token.kind == "name":
                self.name(index, token)
            elif token.kind == "operator":
                self.operator(index, token)
            elif token.kind == "bar":
                self.bars = 0
        if len(self.stack) > 1:
            expected = _CLOSERS[self.stack[-1].mark]
            raise _ScanError(f'Expected "{expected}" before end of expression', self.tokens[-1].end)

    def before(self, index: int) -> Token | None:
        return self.tokens[index - 1] if index else None

    def after(self, index: int) -> str:
        return self.tokens[index + 1].text if index + 1 < len(self.tokens) else ""

    def name(self, index: int, token: Token) -> None:
        if token.text == "function" and self.after(index) == "(":
            self.begin_function(index + 1)
        elif token.text not in _CONSTANTS and not _is_step(self.before(index)):
            self.top_level(token)

    def operator(self, index: int, token: Token) -> None:
        if token.text == "λ":
            self.begin_function(index + 1)
        elif token.text in _CLOSERS:
            self.open(index, token)
        elif token.text in (")", "]", "}"):
            if len(self.stack) == 1 or _CLOSERS[self.stack[-1].mark] != token.text:
                raise _ScanError(f'The symbol "{token.text}" cannot be used here', token.start)
            self.bound.subtract(self.stack.pop().bound)
        elif token.text == ";":
            self.bind(self.stack[-1], self.stack[-1].pending)
            self.stack[-1].pending.clear()
        elif token.text == "|":
            self.bars += 1
        elif token.text in ("?:", "??"):
            self.query.unsupported.append(token)
        elif token.text in ("*", "**", "%"):
            before = self.before(index)
            if _is_prefix(before) and not _is_step(before):
                self.top_level(token)

    def begin_function(self, index: int) -> None:
        self.parameters = set()
        for token in self.tokens[index:]:
            if token.kind == "variable":
                self.parameters.add(token.text[1:])
            elif token.text not in ("(", ","):
                break

    def open(self, index: int, token: Token) -> None:
        before = self.before(index)
        bracket = _Bracket(token.text, token.start, nested=self.stack[-1].nested)
        is_body = self.parameters is not None and token.text == "{"
        if before is not None and not _is_prefix(before):
            # After an operand: a call's arguments and a function's body see what is outside; a filter and a
            # grouping have a value of their own as context.
            is_call = token.text == "("
            on_value = index >= 2 and _is_step(self.tokens[index - 2])
            bracket.nested = bracket.nested or not (is_call or is_body) or (is_call and on_value)
        elif before is not None and before.text in (".", "^"):
            bracket.nested = True
        if is_body:
            self.bind(bracket, self.parameters or ())
            self.parameters = None
        self.stack.append(bracket)

    def bind(self, bracket: _Bracket, names: Iterable[str]) -> None:
        """Make names local until the bracket closes."""
        added = list(names)
        bracket.bound += added
        self.bound.update(added)

    def variable(self, index: int, token: Token) -> None:
        name = token.text[1:]
        before = self.before(index)
        if self.after(index) == ":=":
            # Bound for what follows the next `;`. A function sees itself, for recursion.
            value = self.tokens[index + 2].text if index + 2 < len(self.tokens) else ""
            if value in ("function", "λ"):
                self.bind(self.stack[-1], (name,))
            else:
                self.stack[-1].pending.append(name)
        elif before is not None and before.kind == "operator" and before.text in ("@", "#"):
            self.bind(self.stack[-1], (name,))
        elif name == "":
            self.top_level(token)
        elif name == "$":
            self.query.top_level_names.append(Read("$$", (), token.start, token.end))
        elif not self.bound[name] and name not in (self.parameters or ()):
            called = self.after(index) == "("
            read = Read(name, self.steps(index + 1), token.start, token.end, called)
            (self.query.functions if name in FUNCTIONS else self.query.variables).append(read)

    def top_level(self, token: Token) -> None:
        """A name, wildcard or `$` that is read from the input document, unless a value around it is meant."""
        if not self.stack[-1].nested and not self.bars:
            self.query.top_level_names.append(Read(token.text, (), token.start, token.end))

    def steps(self, index: int) -> tuple[str, ...]:
        found: list[str] = []
        while self.after(index - 1) == "." and index + 1 < len(self.tokens):
            following = self.tokens[index + 1]
            if following.kind not in ("name", "text"):
                break
            found.append(following.text if following.kind == "name" else following.text[1:-1])
            index += 2
        return tuple(found)


def _is_step(before: Token | None) -> bool:
    """Whether a name here is a field of what stands before it."""
    return before is not None and before.kind == "operator" and before.text == "."
