"""Values too large for a state machine: stored, with references in their place, and given back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given as example_of
from hypothesis import strategies as st

from ladle.errors import LadleError
from ladle.runtime import values
from ladle.runtime.envelope import Envelope
from ladle.runtime.values import JOINED, STORED, carried, given
from tests.oracles.storing import everything_stored, stored

ROOT = "arn:aws:states:us-east-1:123456789012:execution:daily:run-1"
OTHER = "arn:aws:states:us-east-1:123456789012:execution:daily:run-2"


def call(keep: Any, item: int | None = None, root: str = ROOT, **more: Any) -> Envelope:
    return Envelope(run=root, root=root, keep=keep, item=item, **more)


LARGE = {"day": "2013-01-01", "rows": [{"id": n, "text": "x" * 400} for n in range(100)], "late": 7}


def test_a_small_result_travels_as_it_is() -> None:
    """What is below the threshold is not stored."""
    with stored() as place:
        assert carried({"day": "2013-01-01"}, call({})) == {"day": "2013-01-01"}
    assert place.objects == {}


def test_a_large_result_travels_as_a_reference_beside_what_is_read() -> None:
    """The fields that the workflow reads stay where its expressions look for them."""
    with stored() as place:
        cut = carried(LARGE, call({"day": True}))
        assert cut["day"] == "2013-01-01"
        assert set(cut) == {STORED, "day"}
        assert len(place.objects) == 1
        assert given({"table": cut}, call(None)) == {"table": LARGE}


def test_a_field_that_travels_on_alone_is_a_reference_of_its_own() -> None:
    """Its bytes are read from the document, not the document."""
    with stored() as place:
        cut = carried(LARGE, call({"rows": {}}))
        assert given({"rows": cut["rows"]}, call(None)) == {"rows": LARGE["rows"]}
        (_, part) = place.reads[-1]
        assert part.startswith("bytes=")


def test_items_that_are_mapped_over_are_references_each() -> None:
    """The list stays a list; of an item, what is read is there."""
    with stored():
        cut = carried(LARGE, call({"rows": {"*": {"id": True}}}))
        assert [row["id"] for row in cut["rows"]] == list(range(100))
        assert given({"row": cut["rows"][42]}, call(None)) == {"row": LARGE["rows"][42]}


def test_a_list_that_is_mapped_over_in_batches_is_a_reference_each() -> None:
    """Of 100 items in batches of 30 the last has 10; each batch is read by its bytes, the list at once."""
    with stored() as place:
        cut = carried(LARGE, call({"rows": {"#": 30}}))
        batches = cut["rows"][JOINED]
        assert [given({"rows": each}, call(None))["rows"] for each in batches] == [
            LARGE["rows"][at : at + 30] for at in range(0, 100, 30)
        ]
        assert [part.startswith("bytes=") for _, part in place.reads] == [True] * 4
        assert given({"rows": cut["rows"]}, call(None)) == {"rows": LARGE["rows"]}
        assert len(place.reads) == 5


def test_what_batches_gave_is_one_list() -> None:
    """Some of it was stored, some travels as it is."""
    with stored() as place:
        first = carried(LARGE["rows"], call({}, item=0, each={"row": []}))
        assert set(first) == {STORED}
        assert given({"rows": {JOINED: [first, [1, 2], []]}}, call(None)) == {"rows": [*LARGE["rows"], 1, 2]}
        assert len(place.objects) == 1


def test_results_of_a_batch_are_stored_soonest() -> None:
    """A thousand batches make one payload."""
    with stored():
        results = ["a result"] * 30
        assert carried(results, call({}, item=3)) == results
        assert STORED in carried(results, call({}, item=3, each={"row": []}))


def test_a_reference_without_a_place_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's environment and the machine are of two deploys."""
    monkeypatch.delenv(values.VALUES_VARIABLE, raising=False)
    with pytest.raises(LadleError, match="deploy again"):
        given({STORED: "s3://values/test/daily/run-1/0.json"}, call(None))


@pytest.mark.parametrize("keep", [None, True])
def test_what_the_workflow_reads_whole_is_not_stored(keep: Any) -> None:
    """Nor what a machine that says nothing gets."""
    with stored() as place:
        assert carried(LARGE, call(keep)) == LARGE
    assert place.objects == {}


def test_without_a_place_nothing_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage without a bucket passes values on as they are."""
    monkeypatch.delenv(values.VALUES_VARIABLE, raising=False)
    assert carried(LARGE, call({})) == LARGE


def test_results_within_a_map_are_stored_sooner() -> None:
    """All iterations share one payload."""
    middling = {"text": ["x" * 300] * 20}
    with stored():
        assert carried(middling, call({})) == middling
        assert STORED in carried(middling, call({}, item=3))


def test_what_is_read_may_still_be_too_large() -> None:
    """The message says how large, and what to do."""
    with (
        stored() as place,
        pytest.raises(LadleError, match=r"reads has [\d,]+ of the 245,760.*batch=1000"),
    ):
        carried(["x" * 1000] * 1000, call({"*": True}))
    assert place.objects == {}


def test_a_reference_of_another_run_is_refused() -> None:
    """A run reads values of its own root only, or of those that it goes on from."""
    with stored():
        cut = carried(LARGE, call({}))
        with pytest.raises(LadleError, match="belongs to the run daily/run-1"):
            given(cut, call(None, root=OTHER))
        assert given(cut, call(None, root=OTHER, lineages=("daily/run-1",))) == LARGE


def test_a_reference_to_elsewhere_is_refused() -> None:
    """Whoever writes a reference by hand reaches nothing."""
    with stored(), pytest.raises(LadleError, match="is not in s3://values/test/"):
        given({STORED: "s3://secrets/test/daily/run-1/0.json"}, call(None))


@pytest.mark.parametrize("part", ["", "rows"])
def test_an_object_that_was_changed_is_refused(part: str) -> None:
    """What is read must have the digest that the reference names."""
    with stored() as place:
        cut = carried(LARGE, call({"rows": {}}))
        (key,) = place.objects
        place.objects[key] = place.objects[key].replace(b"x", b"y")
        with pytest.raises(LadleError, match="was changed"):
            given(cut[part] if part else cut, call(None))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)
KEEP = st.recursive(
    st.just(True) | st.just({}),
    lambda inner: (
        st.dictionaries(st.text(max_size=2).filter("#".__ne__) | st.just("*"), inner)
        | st.fixed_dictionaries({"#": st.integers(1, 3)})
    ),
    max_leaves=10,
)


@example_of(JSON, KEEP)
def test_what_is_given_is_what_was_carried(value: Any, keep: Any) -> None:
    """Whatever is kept, the whole comes back, to the last digit, and so does each part."""
    with everything_stored():
        cut = carried(value, call(keep))
        assert json.dumps(given(cut, call(None))) == json.dumps(value)
        if isinstance(cut, dict) and isinstance(value, dict):
            for name in set(cut) - {STORED}:
                assert json.dumps(given(cut[name], call(None))) == json.dumps(value[name])
        if isinstance(cut, list):
            assert json.dumps([given(one, call(None)) for one in cut]) == json.dumps(value)
