"""Rounding to digits is Python's to the last one, where evaluators' own rounding is not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.compiler.emit.expressions import print_expression
from ladle.compiler.language.form import Const, Expr, Op, Read, Variable
from ladle.jsonata import evaluate
from ladle.wire import FloatShape, IntShape, StrShape
from tests.operations.making import HERE
from tests.operations.test_operations import SETTINGS, names, reference_engine

__all__ = ["reference_engine"]

FLOAT, INT, STR = FloatShape(), IntShape(), StrShape()
X, Y = (Read(FLOAT, HERE, Variable(name, 0, FLOAT)) for name in "xy")

near_ties = st.one_of(
    st.integers(-10_000_000, 10_000_000).map(lambda n: n / 1000),
    st.integers(-10_000_000, 10_000_000).map(lambda n: n / 10_000 + 0.00005),
    st.integers(-100_000, 100_000).map(lambda n: n / 64),
    st.tuples(st.integers(-10_000, 10_000), st.sampled_from((-1, 1))).map(
        lambda pair: math.nextafter(pair[0] / 200, pair[1] * math.inf)
    ),
    st.floats(-9e15, 9e15, allow_nan=False),
    st.sampled_from((2.675, 1.005, 0.5, 1.5, 2.5, 0.125, 0.375, 5e-324, 0.005, 0.015, 999999.995, 0.995)),
).filter(lambda x: x != 0 or math.copysign(1, x) > 0)


def op(name: str, *operands: Expr, shape: Any = FLOAT) -> Op:
    return Op(shape, HERE, name, operands)


@SETTINGS
@given(x=near_ties, digits=st.integers(0, 4))
def test_texts_of_floats_have_pythons_digits(
    x: float, digits: int, reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """2.675 is less than it looks: 2.67, not 2.68. Ties go to the even digit."""
    spec = Const(STR, HERE, f".{digits}f")
    text = print_expression(op("float.format", X, spec, shape=STR), names)
    for run in (evaluate, reference_engine):
        assert run(text, {"x_0": x}) == f"{x:.{digits}f}"


@SETTINGS
@given(x=near_ties, digits=st.integers(0, 4))
def test_rounded_floats_are_pythons(
    x: float, digits: int, reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """The double nearest to the rounded decimal."""
    if abs(x) * 10**digits > 2**53 - 1:
        return
    text = print_expression(op("float.round", X, Const(INT, HERE, digits)), names)
    for run in (evaluate, reference_engine):
        assert run(text, {"x_0": x}) == round(x, digits)


def _exactly_18_digits(q: int, whole: int, odd: int) -> float:
    """A float that lies in the middle of two decimals of 17 digits."""
    return whole % 10 ** (18 - q) + (2 * (odd % 2 ** (q - 1)) + 1) / 2**q


shown_floats = st.one_of(
    near_ties,
    st.floats(1e-4, 1e16, exclude_max=True),
    st.floats(-1e3, -1e-4),
    st.tuples(st.integers(1, 10**6), st.sampled_from((3, 7, 9, 11, 64, 3e3))).map(
        lambda pair: pair[0] / pair[1]
    ),
    st.builds(_exactly_18_digits, st.integers(3, 17), st.integers(0, 10**16), st.integers(0, 2**17)),
    st.sampled_from(
        (0.1 + 0.2, 4503599627370492.5, 1234567890.00390625, 0.29999999999999993, 99999999.99999999)
    ),
).filter(lambda x: x == 0 or 1e-4 <= abs(x) < 1e16)


@SETTINGS
@given(x=shown_floats)
def test_floats_are_shown_with_the_fewest_digits(
    x: float, reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """`str(x)`: 0.30000000000000004 has 17 digits, and 1234567890.0039062 is half way between two of them."""
    text = print_expression(op("str.of_float", X, shape=STR), names)
    for run in (evaluate, reference_engine):
        assert run(text, {"x_0": x}) == str(x)


@SETTINGS
@given(x=near_ties, y=st.sampled_from((-2.0, 2.0, 1e-320, -1e-320, 0.0, 3.0)))
def test_a_zero_has_the_sign_of_its_factors(
    x: float, y: float, reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """0 * -2 is -0.00 to Python, and what underflows keeps its sign."""
    x = x % 1e-3
    spec = Const(STR, HERE, ".2f")
    for value, tree in ((x * y, op("float.mul", X, Y)), (-(x * y), op("float.neg", op("float.mul", X, Y)))):
        text = print_expression(op("float.format", tree, spec, shape=STR), names)
        for run in (evaluate, reference_engine):
            assert run(text, {"x_0": x, "y_0": y}) == f"{value:.2f}"


@pytest.mark.parametrize(("x", "shown"), [(2.675, "2.67"), (0.125, "0.12"), (0.375, "0.38"), (1.005, "1.00")])
def test_known_examples(x: float, shown: str) -> None:
    """The examples of Python's tutorial on floating-point arithmetic."""
    text = print_expression(op("float.format", X, Const(STR, HERE, ".2f"), shape=STR), names)
    assert evaluate(text, {"x_0": x}) == shown == f"{x:.2f}"
