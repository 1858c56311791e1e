"""The functions that Step Functions adds to JSONata."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ladle.jsonata import UNDEFINED, JsonataError, evaluate
from ladle.jsonata.expression import Expression
from ladle.jsonata.plain import fetch_from_mapping


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("$partition([1], 5)", [[1]]),
        ("$range(0, 10, 3)", [0, 3, 6, 9]),
        ("$range(1, 9, 9)", 1),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86"),
        ("$hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("$parse('\"text\"')", "text"),
        ("$count($parse('[1, 2]'))", 2),
        ("$random(42)", 0.7275636800328681),
    ],
)
def test_values(text: str, value: Any) -> None:
    """As documented, and as recorded on AWS."""
    assert evaluate(text, {}) == value


@pytest.mark.parametrize(
    "text",
    [
        "$partition([1], 0)",
        "$range(1, 2, 0)",
        "$range(1, 100000000, 1)",
        "$hash('a', 'CRC32')",
        "$parse('{')",
    ],
)
def test_arguments_that_make_no_sense_fail(text: str) -> None:
    """With an error, never with a value."""
    with pytest.raises(JsonataError):
        evaluate(text, {})


def test_missing_arguments_give_nothing() -> None:
    """An undefined list has no partitions."""
    assert evaluate("$partition($nope, 2)", {}) is UNDEFINED


def seeded(text: str, seed: int) -> Any:
    return Expression(text, fetch_from_mapping, seed=lambda _: seed).evaluate({})


def test_random_values_come_from_the_seed() -> None:
    """The same seed gives the same numbers, another seed others; `$random(n)` has a seed of its own."""
    text = "[$random(), $random(), $uuid(), $shuffle([1..20])]"
    assert seeded(text, 1) == seeded(text, 1)
    assert seeded(text, 1) != seeded(text, 2)
    first, second, unique, *_ = seeded(text, 1)
    assert 0 <= first < 1
    assert first != second
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", unique)
    assert seeded("$random(7)", 1) == seeded("$random(7)", 2)


def test_the_clock_is_the_environment_s() -> None:
    """`$now()` and `$millis()` read the clock that was given at compile time."""
    expression = Expression("[$now(), $millis()]", fetch_from_mapping, clock=lambda _: 1_700_000_000.25)
    assert expression.evaluate({}) == ["2023-11-14T22:13:20.250Z", 1_700_000_000_250]
