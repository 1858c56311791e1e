"""Compiles an expression once and evaluates it many times. The only door to jlens.

A compiled expression has two ways to its value: the plain closures of `plain.py` where they can, else
jlens, given only the variables (and only those of their fields) that the expression reads.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import jlens

from ladle.jsonata import functions
from ladle.jsonata.dialect import check_tokens, names_called, refuse_input
from ladle.jsonata.lexer import tokenize
from ladle.jsonata.plain import Fetch, Getter, Run, compile_plain, fetch_from_mapping
from ladle.jsonata.scalars import SAFE, finite
from ladle.jsonata.syntax import NotPlain, parse_plain
from ladle.jsonata.values import JSON, UNDEFINED, JsonataError, UnsupportedResult

__all__ = ["LIMITS", "Expression", "compile_expression"]

LIMITS: Final[dict[str, Any]] = {
    "timeout": 1.0,  # seconds, as AWS documents
    "max_steps": 20_000_000,  # about a second: ends a loop at the same place on any machine
    "max_depth": 100,  # evaluations inside each other
    "max_string_length": 6_990_256,  # bytes
    "max_array_length": 873_782,  # items
    "max_result_size": 8 * 1024 * 1024,  # bytes of JSON
}
"""The bounds of one evaluation. AWS documents a second and a memory limit without figures; the other
figures are those that users measured (floci-io/floci issue 2737)."""

_BOUND_MESSAGES: Final = {
    "D1011": "Stack overflow error: Check for non-terminating recursive function."
    " Consider rewriting as tail-recursive.",
    "D1012": "Expression evaluation timeout: Check for infinite loop",
    "U1006": "Expression evaluation timeout: Check for infinite loop",
    "U1001": "Expression evaluation memory limit exceeded: Check for excessive memory usage",
}
"""AWS's words for each of jlens's limits. They come without a code."""

_CLOCK_FUNCTIONS: Final = frozenset({"now", "millis"})
_RANDOM_FUNCTIONS: Final = frozenset({"random", "uuid", "shuffle"})

Clock = Callable[[Any], float]
Seed = Callable[[Any], int]


def _no_seed(_environment: Any) -> int:
    return 0


class Expression:
    """One expression, compiled. Immutable to its users; may be shared between threads.

    `text` is the source without `{% %}`. `plain` tells whether it was understood whole by the plain
    evaluator (which may still hand single evaluations to jlens).
    """

    __slots__ = ("_bind", "_clock", "_compiled", "_fetch", "_lock", "_names", "_plain", "_seed", "_state",
                 "_type_of", "plain", "text")  # fmt: skip

    def __init__(self, text: str, fetch: Fetch, clock: Clock | None = None, seed: Seed = _no_seed) -> None:
        """Compile `text`. Raises JsonataError where AWS would refuse it."""
        tokens = tokenize(text)
        check_tokens(tokens)
        self.text = text
        self._lock = threading.Lock()
        self._state = functions.EvaluationState()
        self._names = names_called(tokens)
        self._clock = clock if self._names & _CLOCK_FUNCTIONS else None
        self._seed = seed if self._names & _RANDOM_FUNCTIONS else None
        try:
            self._plain: Run | None = compile_plain(parse_plain(tokens), fetch)
        except NotPlain:
            self._plain = None
        self.plain = self._plain is not None
        self._fetch = fetch
        self._compiled: jlens.Expression | None = None
        self._type_of: jlens.Expression | None = None
        self._bind: tuple[Callable[[Any, dict[str, JSON]], None], ...] = ()
        if self._plain is None:
            self._prepare()
            refuse_input(tokens)

    @property
    def plain_run(self) -> Run | None:
        """The closure that evaluates plain values, None for an expression that is not plain.

        It raises NotPlain where `evaluate` is to be called instead, and leaves infinity as a float.
        """
        return self._plain

    def reads(self) -> frozenset[str]:
        """Return the names of all variables and functions after `$` in the text (`states` among them)."""
        return self._names

    def evaluate(self, environment: Any) -> JSON:
        """Return the value, or UNDEFINED.

        `environment` is whatever the `fetch` given at compile time reads from: a mapping of variable
        names by default. Raises JsonataError (UnsupportedResult for a function). The environment's
        values may be part of the result and must not be changed afterwards.
        """
        plain = self._plain
        if plain is not None:
            try:
                value = plain(environment)
            except NotPlain:
                pass
            else:
                return _shown(value) if type(value) is float else value
        return self._evaluate_in_jlens(environment)

    def _prepare(self) -> jlens.Expression:
        """Compile for jlens, and work out which variables, cut down to what, it is to be given."""
        compiled = self._compile(self.text)
        reads = compiled.reads()["bindings"]
        names = sorted(set(reads) | self._names)
        self._bind = tuple(_binder(name, reads.get(name, True), self._fetch) for name in names)
        self._compiled = compiled
        return compiled

    def _compile(self, text: str) -> jlens.Expression:
        try:
            compiled = jlens.Expression(text)
        except jlens.JlensError as error:
            raise JsonataError(error.code, str(error), error.position) from None
        table = functions.implementations(self._state)
        for name in self._names & functions.NAMES:
            compiled.register_function(name, table[name], functions.SIGNATURES[name])
        return compiled

    def _evaluate_in_jlens(self, environment: Any) -> JSON:
        compiled = self._compiled or self._prepare()
        bindings: dict[str, JSON] = {}
        for bind in self._bind:
            bind(environment, bindings)
        options = LIMITS
        if self._clock is not None:
            options = {**options, "now": datetime.fromtimestamp(self._clock(environment), UTC)}
        if self._seed is None:
            return self._run(compiled, bindings, options)
        seed = self._seed(environment)
        with self._lock:
            return self._run(compiled, bindings, {**options, "seed": seed & 0xFFFFFFFF}, seed)

    def _run(
        self, compiled: jlens.Expression, bindings: dict[str, JSON], options: dict[str, Any], seed: int = 0
    ) -> JSON:
        try:
            if self._seed is not None:
                self._state.generator = random.Random(seed)
            value = compiled.evaluate(None, bindings, **options)
            if value is None:
                if self._seed is not None:
                    self._state.generator = random.Random(seed)
                value = self._null_or_undefined(bindings, options)
        except jlens.JlensError as error:
            if error.code in _BOUND_MESSAGES:
                raise JsonataError("", _BOUND_MESSAGES[error.code], error.position) from None
            raise JsonataError(error.code, str(error), error.position) from None
        except (ValueError, TypeError, OverflowError, RecursionError) as error:  # of values that are no JSON
            raise JsonataError("", str(error)) from None
        return value

    def _null_or_undefined(self, bindings: dict[str, JSON], options: dict[str, Any]) -> JSON:
        """jlens gives None for null, undefined and functions alike: ask for the type."""
        if self._type_of is None:
            self._type_of = self._compile(f"$type(({self.text}\n))")
        kind = self._type_of.evaluate(None, {k: v for k, v in bindings.items() if k != "type"}, **options)
        if kind == "function":
            raise UnsupportedResult
        if kind == "object":  # what the reference calls not-a-number
            return "NaN"
        return None if kind == "null" else UNDEFINED


def _shown(value: float) -> JSON:
    """Return a number as it leaves an expression: integral ones as int, infinity as text."""
    if value.is_integer() and abs(value) <= SAFE:
        return int(value)
    return finite(value)


def _binder(name: str, read: Any, fetch: Fetch) -> Callable[[Any, dict[str, JSON]], None]:
    """Return what puts variable `name`, cut down to what is read of it, into the bindings."""
    if isinstance(read, dict) and read:
        return _partial_binder(name, read, fetch)
    get, _ = fetch(name, ())

    def bind(environment: Any, bindings: dict[str, JSON]) -> None:
        value = get(environment)
        if value is not UNDEFINED:
            bindings[name] = value

    return bind


def _partial_binder(name: str, read: dict[str, Any], fetch: Fetch) -> Callable[[Any, dict[str, JSON]], None]:
    """Bind only the fields that are read, following the first levels without building the rest."""
    parts: list[tuple[str, Getter, Any]] = []
    for field, inner in read.items():
        get, taken = fetch(name, (field,))
        if not taken:
            break
        parts.append((field, get, inner))
    else:

        def bind_fields(environment: Any, bindings: dict[str, JSON]) -> None:
            cut: dict[str, JSON] = {}
            for field, get, inner in parts:
                value = get(environment)
                if value is not UNDEFINED:
                    cut[field] = _cut(value, inner)
            bindings[name] = cut

        return bind_fields
    whole, _ = fetch(name, ())

    def bind(environment: Any, bindings: dict[str, JSON]) -> None:
        value = whole(environment)
        if value is not UNDEFINED:
            bindings[name] = _cut(value, read)

    return bind


def _cut(value: JSON, read: Any) -> JSON:
    """Keep of nested dicts what `read` lists; lists pass whole (cutting items costs more than it saves)."""
    if type(value) is not dict or type(read) is not dict or not read:
        return value
    return {key: _cut(value[key], inner) for key, inner in read.items() if key in value}


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Return `text` (without `{% %}`) compiled, to be evaluated over a mapping of variable names.

    Raises JsonataError where Step Functions would refuse the expression when the machine is created.
    """
    return Expression(text, fetch_from_mapping)


def evaluate(text: str, bindings: Mapping[str, JSON]) -> JSON:
    """Evaluate `text` once: `evaluate("$x + 1", {"x": 2})` is 3. Raises JsonataError."""
    return compile_expression(text).evaluate(bindings)
