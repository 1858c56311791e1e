"""The excerpt under a problem: the line, carets at the place, the label, the hint."""

from __future__ import annotations

import doctest

from ladle import excerpt as module
from ladle.errors import Diagnostic, Span
from ladle.excerpt import excerpt


def diagnostic(
    line: int, start: int, end: int, *, end_line: int = 0, label: str = "", hint: str = ""
) -> Diagnostic:
    return Diagnostic("L203", Span("w.py", line, start, end_line or line, end), "message", hint, label)


def test_carets_stand_under_the_place() -> None:
    assert excerpt(diagnostic(2, 5, 8, label="here", hint="write: xyz"), "a\nfoo bar baz\n") == (
        "    2 | foo bar baz\n      |     ^^^ here\n      = write: xyz"
    )


def test_tabs_and_wide_characters_keep_the_carets_in_place() -> None:
    """A tab stays a tab; a wide character takes two columns of a terminal."""
    assert excerpt(diagnostic(1, 2, 4), "\tab").split("\n")[1] == "      | \t^^"
    assert excerpt(diagnostic(1, 3, 5), "日本語x").split("\n")[1] == "      |     ^^^"


def test_a_place_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert excerpt(diagnostic(1, 3, 2, end_line=2), "f(a,\n  b)").split("\n")[1] == "      |   ^^"


def test_an_empty_place_gets_one_caret() -> None:
    assert excerpt(diagnostic(1, 1, 1), "").endswith("| ^")


def test_a_line_that_is_gone_has_no_excerpt() -> None:
    assert excerpt(diagnostic(9, 1, 2), "one line") == ""


def test_the_documented_example() -> None:
    assert doctest.testmod(module).failed == 0
