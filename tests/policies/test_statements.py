"""Statements: joined without allowing more, split within AWS's limits."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.deploy.policies import Statement, document, merged, split
from ladle.deploy.policies.statements import INLINE, MANAGED
from ladle.deploy.resources import arn
from ladle.errors import LadleError
from tests.policies.iam import pairs

CONDITIONS = st.sampled_from([{}, {"StringEquals": {"a": "b"}}])
NAMES = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True).map(tuple)
STATEMENTS = st.lists(st.builds(Statement, NAMES, NAMES, CONDITIONS), max_size=8)


def allowed(statements: list[Statement] | tuple[Statement, ...]) -> set[tuple[str, str, str]]:
    """What is allowed, under which condition."""
    return {(*pair, json.dumps(each.condition)) for each in statements for pair in pairs([each])}


@given(STATEMENTS)
def test_joining_changes_nothing(statements: list[Statement]) -> None:
    """The same is allowed, by no more statements, in the same order each time."""
    found = merged(statements)
    assert allowed(found) == allowed(statements)
    assert len(found) <= len(statements)
    assert merged(statements) == found == merged(found)


def test_what_belongs_together_stands_together() -> None:
    """Calls of three functions are one statement."""
    assert merged([Statement(("lambda:InvokeFunction",), (each,)) for each in "abca"]) == (
        Statement(("lambda:InvokeFunction",), ("a", "b", "c")),
    )


def functions(count: int) -> list[Statement]:
    """A machine that calls that many functions."""
    return [
        Statement(
            ("lambda:InvokeFunction",), (arn("lambda", f"function:nyc-flights-production-{number:04}"),)
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 60, 150, 500])
def test_policies_stay_within_the_limits(count: int) -> None:
    """What all inline policies of a role may have together, and what one managed policy may have."""
    statements = functions(count)
    found = split(statements, "machine w")

    def size(part: tuple[Statement, ...]) -> int:
        return len("".join(json.dumps(document(part)).split()))

    assert size(found.inline) <= INLINE
    assert all(size(part) <= MANAGED for part in found.managed)
    assert pairs([*found.inline, *(each for part in found.managed for each in part)]) == pairs(statements)
    assert bool(found.managed) == (count >= 150)


def test_more_than_a_role_can_hold_is_an_error() -> None:
    """Naming who it is, and what to do."""
    with pytest.raises(LadleError, match=r"machine w needs .* managed policies, and AWS allows 10"):
        split(functions(1000), "machine w")


def test_a_statement_as_iam_has_it() -> None:
    """With its condition, if it has one."""
    assert Statement(("a:B",), ("r",)).iam == {"Effect": "Allow", "Action": ["a:B"], "Resource": ["r"]}
    assert Statement(("a:B",), ("r",), {"Bool": {"x": "y"}}).iam["Condition"] == {"Bool": {"x": "y"}}
