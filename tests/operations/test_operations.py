"""Every operation means the same in Python and in both evaluators of JSONata."""

from __future__ import annotations

import operator
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ladle.compiler.emit.expressions import RULES, lists, print_expression
from ladle.compiler.language.form import Expr, Loop, Op, Read, Variable
from ladle.compiler.language.operations import OPERATIONS, Limit, failures, result_shape, verify_op
from ladle.compiler.language.operations.reference import same
from ladle.compiler.language.operations.regexes import DIGITS, Refused, translated
from ladle.jsonata import UNDEFINED, JsonataError, evaluate
from ladle.wire import FloatShape, ListShape
from tests.operations.making import BOOL, HERE, STR, Maker, operands_of, shapes
from tests.operations.meaning import meaning
from tests.oracles.jsonata_js import JsError, Unavailable, oracle

CASES = int(os.environ.get("CASES", "25"))
SETTINGS = settings(
    max_examples=CASES,
    deadline=None,
    derandomize="CASES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
LIMIT_CODES = {"D1001", "D2014", "D3030"}
"""Errors of the evaluators that stand for a limit: infinities, endless ranges, numbers past 1e308."""


def names(variable: Variable) -> str:
    return f"${variable.name}_{variable.index}"


@pytest.fixture(scope="session")
def reference_engine() -> Callable[[str, dict[str, Any]], Any]:
    """jsonata-js 2.0.6."""
    try:
        return oracle().evaluate
    except Unavailable as reason:
        pytest.skip(f"no jsonata 2.0.6: {reason}")


def outcome(run: Callable[[], Any]) -> tuple[str, Any]:
    """("value", it), ("error", its text), or ("limit", its name) where Python has a value."""
    try:
        return "value", run()
    except Limit as limit:
        return "limit", limit.name
    except (ArithmeticError, LookupError, ValueError) as error:
        return "error", type(error).__name__
    except JsError as error:
        return "error", error.code if error.code in LIMIT_CODES else error.message
    except JsonataError as error:
        code = getattr(error, "code", "")
        return "error", code if code in LIMIT_CODES else str(error)


def agree(expr: Expr, maker: Maker, engines: dict[str, Callable[[str, dict[str, Any]], Any]]) -> None:
    """Hold the expression's meaning against every engine."""
    text = print_expression(expr, names)
    bindings = {names(variable)[1:]: value for variable, value in maker.values.items()}
    kind, wanted = outcome(lambda: meaning(expr, maker.values))
    event(kind)
    for engine, run in engines.items():
        got_kind, got = outcome(lambda run=run: run(text, bindings))
        note = f"{engine}: {text}\n  with {bindings}\n  gives {got!r}, Python {wanted!r}"
        if (kind, wanted, got_kind) == ("limit", "UnicodeError", "value"):
            # beside a constant of plain characters a comparison is more exact than it must be
            kind, wanted = outcome(lambda: meaning(expr, maker.values, UNLIMITED))
        assert (got_kind == "value") == (kind == "value"), note
        if kind == "value":
            assert got is not UNDEFINED, note
            assert same(got, wanted), note
        else:
            assert got in LIMIT_CODES or "Error: " in got, note


ENGINES = {"jlens": evaluate}
ORDERS = {f"str.{verb}": getattr(operator, verb) for verb in ("lt", "le", "gt", "ge")}
UNLIMITED = OPERATIONS | {name: replace(OPERATIONS[name], python=compare) for name, compare in ORDERS.items()}
"""Comparisons of texts without their limit."""


@pytest.mark.parametrize("name", sorted(name for name, row in OPERATIONS.items() if not row.volatile))
@SETTINGS
@given(data=st.data())
def test_an_operation_prints_what_it_means(
    name: str, data: st.DataObject, reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """Python's value is the value of jlens and of jsonata-js 2.0.6, and so are its failures."""
    maker = Maker(data.draw)
    operands = operands_of(name, maker)
    op = Op(result_shape(name, operands), HERE, name, operands)
    assert verify_op(op) == []
    if OPERATIONS[name].unordered:
        op = Op(BOOL, HERE, "truth.list", (op,))
    agree(op, maker, {**ENGINES, "jsonata-js": reference_engine})


@pytest.mark.parametrize("name", sorted(name for name, row in OPERATIONS.items() if row.failures))
@SETTINGS
@given(data=st.data())
def test_a_failure_is_foretold_by_its_test(name: str, data: st.DataObject) -> None:
    """The explicit test is true exactly when Python raises; a limit of the test itself is allowed."""
    maker = Maker(data.draw)
    operands = operands_of(name, maker)
    op = Op(result_shape(name, operands), HERE, name, operands)
    kind, raised = outcome(lambda: meaning(op, maker.values))
    (failure,) = failures(op)
    assert isinstance(failure.test, Op)
    assert verify_op(failure.test) == []
    foretold = outcome(lambda: meaning(failure.test, maker.values))
    if kind == "value":
        assert foretold == ("value", False)
    elif kind == "error":
        assert foretold == ("value", True)
        assert failure.error == raised
    else:  # a limit, which the test may reach as well; but it must not foretell a failure
        assert foretold != ("value", True)


@settings(SETTINGS, max_examples=max(300, CASES))
@given(data=st.data())
def test_composed_expressions_print_what_they_mean(
    data: st.DataObject, reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """Operations, loops, conditions, displays and bindings in each other."""
    maker = Maker(data.draw)
    expr = maker.expr(data.draw(shapes(2)), 3)
    agree(expr, maker, {**ENGINES, "jsonata-js": reference_engine})


def test_every_operation_prints() -> None:
    """The table of meanings and the tables of rules have the same names."""
    assert set(RULES) == set(OPERATIONS)


@pytest.mark.parametrize(("name", "change"), [("str.upper", str.upper), ("str.lower", str.lower)])
def test_case_agrees_in_the_whole_bmp(
    name: str, change: Callable[[str], str], reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """Every character beside which the operation is not refused has the same case everywhere."""
    python = OPERATIONS[name].python
    characters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    words = [f"a{char}b" for char in characters if outcome(lambda char=char: python(char))[0] == "value"]
    assert len(words) > 63_000
    shape, item = ListShape(STR), Variable("word", 0, STR)
    source = Read(shape, HERE, Variable("words", 0, shape))
    element = Op(STR, HERE, name, (Read(STR, HERE, item),))
    text = print_expression(Loop(shape, HERE, item, source, None, element), names)
    for start in range(0, len(words), 8000):
        some = words[start : start + 8000]
        for run in (evaluate, reference_engine):
            assert run(text, {"words_0": some}) == list(map(change, some))


def test_digits_beyond_ascii_are_where_patterns_stop() -> None:
    """Each character that `\\d` takes to be a digit is an ASCII one, or one of those that stop the run."""
    digits = [chr(code) for code in range(0x110000) if re.fullmatch(r"\d", chr(code))]
    assert len(digits) > 600
    assert all(char in "0123456789" or re.fullmatch(f"[{DIGITS}]", char) for char in digits)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"(a)\1", "a reference to a group"),
        (r"(?<=a)b", "a lookbehind"),
        (r"(?m)^a", "the flag MULTILINE"),
        (r"(a*)*", "the repetition of what can be empty"),
        (r"(?:(a)|b)*", "a group that only some turns of a repetition have"),
        (r"(?i:a)b", "flags for a part of the pattern"),
        (r"[\D.]", r"an opposite such as \D inside of brackets"),
        (r"(?=(a))", "a group in a lookahead"),
        ("😀+", "a character beyond U+FFFF"),
        ("(?i)é", "upper and lower case beyond ASCII"),
        (r"(?>a+)b", "what only Python's patterns have"),
    ],
)
def test_patterns_on_which_both_do_not_agree_are_refused(pattern: str, why: str) -> None:
    """With what it is that differs."""
    with pytest.raises(Refused, match=re.escape(why)):
        translated(pattern, 0)


@SETTINGS
@given(
    items=st.lists(st.one_of(st.floats(-1e300, 1e300), st.sampled_from([0.1, 1e16, -1e16, 1.0])), max_size=8)
)
def test_sums_of_floats_are_compensated_from_3_12_on(
    items: list[float], reference_engine: Callable[[str, dict[str, Any]], Any]
) -> None:
    """The printed form for newer Pythons adds as their `sum` does (Neumaier's algorithm)."""
    shape = ListShape(FloatShape())
    source = Read(shape, HERE, Variable("items", 0, shape))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "COMPENSATED_SUM", True)
        text = print_expression(Op(FloatShape(), HERE, "list.sum_float", (source,)), names)
    total, lost = 0.0, 0.0
    for item in items:
        t = total + item
        lost += (total - t) + item if abs(total) >= abs(item) else (item - t) + total
        total = t
    if sys.version_info >= (3, 12):
        assert total + lost == sum(items)
    for run in (evaluate, reference_engine):
        assert run(text, {"items_0": items}) == total + lost
