"""Paths: which value they give, and what they say when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.engine.jsonpath.path import PathNotFound, parse_path
from ladle.engine.jsonpath.text import InvalidPath
from ladle.engine.scope import Scope

STORE = {
    "book": [
        {"title": "Sayings", "price": 8.95, "tags": ["a", "b"], "author": "Rees"},
        {"title": "Sword", "price": 12.99, "author": "Waugh"},
        {"title": "Moby", "price": 8.99, "isbn": "0-553", "author": "Melville"},
    ],
    "bike": {"price": 19.95, "odd name": 1, "de-luxe": True},
    "limit": 10,
    "none": None,
    "empty": [],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", STORE),
        ("$.limit", 10),
        ("$.none", None),
        ("$.bike.price", 19.95),
        ("$['bike']['odd name']", 1),
        ('$["bike"].de-luxe', True),
        ("$.book[0].title", "Sayings"),
        ("$.book[-1].title", "Moby"),
        ("$.bike['price', 'odd name']", {"price": 19.95, "odd name": 1}),
        ("$.book.length()", 3),
        ("$.bike.keys()", ["price", "odd name", "de-luxe"]),
    ],
)
def test_a_definite_path_gives_the_value(path: str, value: Any) -> None:
    """Names, single indexes and functions lead to one value."""
    compiled = parse_path(path)
    assert compiled.definite
    assert compiled.find(STORE) == value


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$.book[*].title", ["Sayings", "Sword", "Moby"]),
        ("$.book.*.title", ["Sayings", "Sword", "Moby"]),
        ("$.book[0,2].price", [8.95, 8.99]),
        ("$.book[1:].title", ["Sword", "Moby"]),
        ("$.book[:2].title", ["Sayings", "Sword"]),
        ("$.book[-2:].title", ["Sword", "Moby"]),
        ("$..price", [8.95, 12.99, 8.99, 19.95]),
        ("$..book[0].author", ["Rees"]),
        ("$.book[?(@.isbn)].title", ["Moby"]),
        ("$.book[?(!@.isbn)].title", ["Sayings", "Sword"]),
        ("$.book[?(@.price < 10)].title", ["Sayings", "Moby"]),
        ("$.book[?(@.price < $.limit && @.author == 'Rees')].title", ["Sayings"]),
        ("$.book[?(@.author == 'Rees' || @['author'] == \"Waugh\")].title", ["Sayings", "Sword"]),
        ("$.book[?(@.author =~ /.*EES/i)].title", ["Sayings"]),
        ("$.book[?(@.author in ['Rees', 'Melville'])].title", ["Sayings", "Moby"]),
        ("$.book[?(@.author nin ['Rees'])].title", ["Sword", "Moby"]),
        ("$.book[?(@.tags contains 'b')].title", ["Sayings"]),
        ("$.book[?(@.tags size 2)].title", ["Sayings"]),
        ("$.book[?(@.price >= 8.99)].price", [12.99, 8.99]),
        ("$.book[?(@.price != 8.99)].price", [8.95, 12.99]),
        ("$.book[?(@.nope == null)].title", []),
        ("$.nope[*]", []),
        ("$.nope.deeper[1:]", []),
        ("$.empty[*].x", []),
        ("$.limit[*]", []),
    ],
)
def test_any_other_path_gives_a_list(path: str, values: list[Any]) -> None:
    """Also of one match, also of none, also where nothing on the way is there (as recorded on AWS)."""
    compiled = parse_path(path)
    assert not compiled.definite
    assert compiled.find(STORE) == values


def test_aggregates_over_a_selection() -> None:
    """A function at the end of an indefinite path works on the list of matches."""
    assert parse_path("$.book[*].price.max()").find(STORE) == 12.99
    assert parse_path("$..price.min()").find(STORE) == 8.95


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("$.no", "No results for path: $['no']"),
        ("$.no.such.path", "Missing property in path $['no']"),
        ("$.bike.no.such", "Missing property in path $['bike']['no']"),
        ("$.book[7]", "No results for path: $['book'][7]"),
        ("$.none[0]", "The path $['none'] is null"),
        ("$.bike[0]", 'Filter: [0] can only be applied to arrays. Current context is: {"price":19.95'),
        ("$.limit.x", "Expected to find an object with property ['x'] in path $['limit'] but found"),
    ],
)
def test_a_definite_path_that_leads_nowhere_says_where(path: str, message: str) -> None:
    """In the words that AWS shows."""
    with pytest.raises(PathNotFound) as caught:
        parse_path(path).find(STORE)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "path",
    ["", "x", "$.", "$.a[", "$.a[]", "$.a[b]", "$.a['b", "$a b.c", "$.a[?(@.x ~ 1)]", "$.a[?(@.x == )]",
     "$.a..", "$.a.length().b", "$[?(@.x =~ /(/)]"],
)  # fmt: skip
def test_what_is_no_path_is_refused(path: str) -> None:
    """With the place and the reason."""
    with pytest.raises(InvalidPath) as caught:
        parse_path(path)
    assert caught.value.reason


def test_roots() -> None:
    """`$` is the document, `$$` the context object, `$name` a variable."""
    scope = Scope({"x": 1}, variables={"v": {"x": 3}}, context_source=lambda: {"x": 2})
    assert [parse_path(p).read(scope) for p in ("$.x", "$$.x", "$v.x", "$v['x']")] == [1, 2, 3, 3]
    with pytest.raises(PathNotFound):
        parse_path("$unset").read(scope)


TREES = st.recursive(
    st.integers() | st.none() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab .'\"\\", max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def places(value: Any, steps: str = "$") -> list[tuple[str, Any]]:
    """Every place in `value`, as a path in brackets, with what is there."""
    found = [(steps, value)]
    if isinstance(value, dict):
        for key, item in value.items():
            name = key.replace("\\", "\\\\").replace("'", "\\'")
            found += places(item, f"{steps}['{name}']")
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, f"{steps}[{index}]")
    return found


@given(TREES)
def test_every_place_can_be_reached(tree: Any) -> None:
    """Spelled in brackets, with any characters in the names."""
    for path, value in places(tree):
        assert parse_path(path).find(tree) is value


@given(TREES)
def test_the_descent_meets_every_container_once(tree: Any) -> None:
    """`$..*` gives each value below the root exactly once."""
    below = [value for _, value in places(tree)][1:]
    assert sorted(map(id, parse_path("$..*").find(tree))) == sorted(map(id, below))
