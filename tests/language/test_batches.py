"""Batches: what a machine that has no item in hand can still say of it."""

from __future__ import annotations

import pytest

from tests.language.written import Language


@pytest.mark.parametrize(
    ("comprehension", "message", "hint"),
    [
        ("[size(k) for k in each(names(key), batch=9) if k]", "has no `if`", "leave items out in a task"),
        ("[size(k + '!') for k in each(names(key), batch=9)]", "`key` is the item", "let `size` work out"),
        ("[delays(load(key), k) for k in each(names(key), batch=9)]", "is one call of a task", "before"),
        ("[size(k) + 1 for k in each(names(key), batch=9)]", "is one call of a task", "[f(x) for x in"),
        ("[child(k) for k in each(names(key), batch=9)]", "is one call of a task", "[f(x) for x in"),
        ("[attempt(size, k) for k in each(names(key), batch=9)]", "is one call of a task", "[f(x)"),
        ("[size(a) for a, b in each([(key, n)], batch=9)]", "one `for`, with a name", "[f(x) for x in"),
        ("[k for k in each(names(key), batch=9)]", "is one call of a task", "[f(x) for x in"),
    ],
)
def test_what_needs_the_item_is_refused(
    language: Language, comprehension: str, message: str, hint: str
) -> None:
    """With what to write instead."""
    found = language.problem(f"x = {comprehension}\nnote(str(len(x)))")
    assert found.code == "L104"
    assert message in found.message
    assert hint in (found.hint or "")


@pytest.mark.parametrize("size", ["0", "n", "1.5", "True", "'9'", "100_001"])
def test_the_size_is_a_number_that_is_written_out(language: Language, size: str) -> None:
    """The task that makes the list is told it, so it is known when compiling."""
    found = language.problem(f"x = [size(k) for k in each(names(key), batch={size})]\nnote(str(len(x)))")
    assert (found.code, found.message) == (
        "L401",
        "`batch` is a number from 1 to 100,000, known when compiling",
    )
