"""Every value of a JSON text is found at its line and column."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladle.asl import validate
from ladle.asl.document import MAX_DEPTH, decode
from ladle.asl.problems import Pointer, aws_location, json_pointer
from ladle.errors import Span

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=25,
)


def _cut(text: str, span: Span) -> str:
    """The characters a span covers."""
    starts = [0]
    position = 0
    while position < len(text):
        if text.startswith("\r\n", position):
            position += 1
        if text[position] in "\r\n":
            starts.append(position + 1)
        position += 1
    return text[starts[span.line - 1] + span.column - 1 : starts[span.end_line - 1] + span.end_column - 1]


def _pointers(value: Any, pointer: Pointer = ()) -> list[tuple[Pointer, Any]]:
    found: list[tuple[Pointer, Any]] = [(pointer, value)]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _pointers(inner, (*pointer, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _pointers(inner, (*pointer, index))
    return found


@given(JSON, st.sampled_from([None, 1, "\t", "\r"]), st.booleans())
def test_a_span_covers_its_value_exactly(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    """Cutting the span out of the text and decoding it gives the value, and its key the key."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).replace("\r", "\r\n")
    document, found = decode(text, "x.json")
    assert found == []
    for pointer, inner in _pointers(value):
        if value is None:
            continue  # an undecodable document and null look alike; neither is a definition
        assert json.loads(_cut(text, document.span(pointer))) == inner
        if pointer and isinstance(pointer[-1], str):
            assert json.loads(_cut(text, document.span(pointer, on_key=True))) == pointer[-1]


@given(st.text(min_size=1), st.booleans(), st.data())
def test_a_range_inside_a_text_counts_decoded_characters(text: str, ascii_only: bool, data: Any) -> None:
    """Escapes in the JSON do not shift the range (surrogate pairs aside, which are two escapes)."""
    plain = "".join(character for character in text if ord(character) < 0x10000) or "x"
    document, _ = decode(json.dumps({"a": plain}, ensure_ascii=ascii_only), "x.json")
    at = data.draw(st.integers(0, len(plain) - 1))
    cut = _cut(document.text, document.span(("a",), within=(at, at + 1)))
    assert json.loads(f'"{cut}"') == plain[at]


def test_a_problem_inside_an_expression_points_there() -> None:
    """The caret stands under the name in question, not under the whole text."""
    text = '{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Pass",\n'
    text += '  "Output": {"x": "{% \\"é\\" & phone %}"}, "End": true}}}'
    (found,) = validate(text, path="m.asl.json")
    assert (found.code, found.pointer, str(found.span)) == ("A405", "/States/A/Output/x", "m.asl.json:2:31")
    assert _cut(text, found.span) == "phone"


def test_something_missing_is_shown_at_what_lacks_it() -> None:
    """A state without Next is marked at its name."""
    text = '{"StartAt": "A",\n "States": {\n  "A": {"Type": "Pass"}, "B": {"Type": "Succeed"}}}'
    found = [item for item in validate(text) if item.code == "A201"]
    assert [(item.span.line, item.span.column, _cut(text, item.span)) for item in found] == [(3, 3, '"A"')]


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ('{"a": 1,}', 1, 8, "remove the comma"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ('{"a":\n // no\n 1}', 2, 2, "no comments"),
        ('{"a": 1 "b": 2}', 1, 9, "comma is missing"),
        ("", 1, 1, "JSON object"),
        ('{"a": NaN}', 1, 7, "null"),
        ('{"a": 1e999}', 1, 7, "ordinary size"),
        ('{"a": ' + "9" * 5000 + "}", 1, 7, "ordinary size"),
    ],
)
def test_a_syntax_error_says_where_and_what_to_do(text: str, line: int, column: int, hint: str) -> None:
    """One diagnostic, at the offending character, with a remedy."""
    (found,) = validate(text)
    assert (found.code, found.span.line, found.span.column) == ("A101", line, column)
    assert hint in found.hint


def test_the_same_state_twice_is_a_duplicate_name() -> None:
    """JSON would keep the second silently; both rules of names apply to what the text says."""
    text = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"},\n "A": {"Type": "Succeed"}}}'
    (found,) = validate(text)
    assert (found.code, found.span.line) == ("A304", 2)


def test_nesting_is_bounded() -> None:
    """A text of brackets is refused at the depth limit, without recursion."""
    (found,) = validate("[" * 100_000)
    assert (found.code, found.span.column) == ("A103", MAX_DEPTH + 1)


def test_pointers_are_written_both_ways() -> None:
    """RFC 6901 for us, brackets and plain names for AWS."""
    pointer: Pointer = ("States", "a/b~c", "Catch", 0, "Next")
    assert json_pointer(pointer) == "/States/a~1b~0c/Catch/0/Next"
    assert aws_location(pointer) == "/States/a/b~c/Catch[0]/Next"
    assert (json_pointer(()), aws_location(())) == ("", "/")
