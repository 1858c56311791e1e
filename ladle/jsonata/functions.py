"""The functions that Step Functions adds to JSONata, or takes away, for registration in jlens.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html lists them: `$partition`,
`$range`, `$hash`, `$random` (with a seed), `$uuid`, `$parse`. A call of `$eval` fails when it is made.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import uuid
from collections.abc import Callable
from typing import Any, Final

from ladle.jsonata.java_random import JavaRandom
from ladle.jsonata.values import JSON, JsonataError

__all__ = ["BUILT_IN", "HASHES", "NAMES", "SIGNATURES", "EvaluationState", "implementations"]

HASHES: Final = {
    "MD5": hashlib.md5,
    "SHA-1": hashlib.sha1,
    "SHA-256": hashlib.sha256,
    "SHA-384": hashlib.sha384,
    "SHA-512": hashlib.sha512,
}
SIGNATURES: Final[dict[str, str | None]] = {
    "eval": None,
    "partition": "<a-n:a>",
    "range": "<nnn:a>",
    "hash": "<s-s:s>",
    "random": "<n?:n>",
    "uuid": "<:s>",
    "parse": "<s-:x>",
}
NAMES: Final = frozenset(SIGNATURES)
_MAX_ITEMS: Final = 1_000_000

BUILT_IN: Final = NAMES | {
    "abs", "append", "assert", "average", "base64decode", "base64encode", "boolean", "ceil", "clone",
    "contains", "count", "decodeUrl", "decodeUrlComponent", "distinct", "each", "encodeUrl",
    "encodeUrlComponent", "error", "exists", "filter", "floor", "formatBase", "formatInteger",
    "formatNumber", "fromMillis", "join", "keys", "length", "lookup", "lowercase", "map", "match", "max",
    "merge", "millis", "min", "not", "now", "number", "pad", "parseInteger", "power", "random", "reduce",
    "replace", "reverse", "round", "shuffle", "sift", "single", "sort", "split", "spread", "sqrt",
    "string", "substring", "substringAfter", "substringBefore", "sum", "toMillis", "trim", "type",
    "uppercase", "zip",
}  # fmt: skip
"""The names of all functions of the dialect: JSONata's and those that AWS adds."""


class EvaluationState:
    """The random numbers of one evaluation, drawn from its seed."""

    __slots__ = ("generator",)

    generator: random.Random


def partition(values: list[JSON] | None, size: Any) -> JSON:
    """Cut `values` into lists of `size` items, the last one shorter."""
    if values is None:
        return None
    length = int(size)
    if length <= 0:
        raise JsonataError("", "The chunk size of $partition must be a positive integer")
    return [values[start : start + length] for start in range(0, len(values), length)]


def number_range(first: Any, last: Any, step: Any) -> JSON:
    """Return first, first + step, … up to and including last. A single number comes without its list."""
    if step == 0:
        raise JsonataError("", "The step of $range must not be zero")
    count = math.floor((last - first) / step) + 1
    if count > _MAX_ITEMS:
        raise JsonataError("D2014", f"$range would give {count} numbers; at most {_MAX_ITEMS} are allowed")
    numbers = [first + index * step for index in range(count)]
    return numbers[0] if len(numbers) == 1 else numbers


def digest(text: str, algorithm: str) -> str:
    """Return the hash of `text` (as UTF-8) in hexadecimal."""
    make = HASHES.get(algorithm)
    if make is None:
        raise JsonataError(
            "", f"Unsupported hash algorithm {algorithm!r}: must be one of {', '.join(HASHES)}"
        )
    return make(text.encode("utf-8"), usedforsecurity=False).hexdigest()


def parse(text: str | None) -> JSON:
    """Return the value of a JSON text."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JsonataError("", f"$parse: the argument is not a JSON text: {error}") from error


def implementations(state: EvaluationState) -> dict[str, Callable[..., JSON]]:
    """Return the functions by name; `$random` and `$uuid` draw from `state`."""

    def draw(seed: Any = None) -> float:
        return state.generator.random() if seed is None else JavaRandom(int(seed)).next_double()

    def new_uuid() -> str:
        return str(uuid.UUID(int=state.generator.getrandbits(128), version=4))

    def no_eval(*_arguments: Any) -> JSON:
        raise JsonataError("T1006", "Attempted to invoke a non-function")

    return {
        "eval": no_eval,
        "partition": partition,
        "range": number_range,
        "hash": digest,
        "random": draw,
        "uuid": new_uuid,
        "parse": parse,
    }
