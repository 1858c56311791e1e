"""Names of runs: readable, legal, and one for each thing that starts a run."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from ladle.runtime.run_names import DIGITS, fingerprint, run_name, slug, time_slug, upload_slug

LEGAL = re.compile(r"[A-Za-z0-9_-]{1,80}")
IDENTITIES = st.lists(
    st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.text()), max_size=6
)


@given(st.text(), IDENTITIES, st.sampled_from(DIGITS))
def test_a_name_is_legal_whatever_it_is_made_from(readable: str, identity: list[object], digits: int) -> None:
    """At most 80 letters, digits, dashes and underscores."""
    assert LEGAL.fullmatch(run_name(readable, identity, digits))


@given(IDENTITIES, IDENTITIES)
def test_two_identities_never_share_what_is_hashed(one: list[object], other: list[object]) -> None:
    """So only SHA-256 itself could give them one fingerprint."""
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


def test_parts_do_not_run_into_each_other() -> None:
    """A bucket `a/b` with the key `c` is not a bucket `a` with the key `b/c`."""
    pairs = [("a/b", "c"), ("a", "b/c"), ("a", '","'), ('a","', ""), ("a", ""), ("", "a"), ("a", "null")]
    assert len({run_name("x", ["w", *pair]) for pair in pairs}) == len(pairs)
    assert run_name("x", ["w", "a", None]) != run_name("x", ["w", "a", "null"])


def test_one_identity_has_one_name() -> None:
    """Today and after the next deployment: this very name is stored with runs."""
    assert run_name("2013-01-01", ["daily_delays", "landing", "k", "1"]) == "2013-01-01-e54488353d"


def test_a_name_begins_with_what_a_person_looks_for() -> None:
    """The file's name, or the time in UTC; the workflow's name where the file's has nothing readable."""
    assert upload_slug("flights/2013-01-01.csv", "daily") == "2013-01-01"
    assert upload_slug("日本/日本.csv", "daily") == "daily"
    assert time_slug(datetime(2013, 1, 31, 6, tzinfo=timezone(timedelta(hours=1)))) == "2013-01-31-0500"
    assert time_slug(datetime(2013, 1, 31, 6, tzinfo=UTC)) == "2013-01-31-0600"
    assert slug("a  b+c/d") == "a-b-c-d"
    assert run_name("日本", [1]).startswith("run-")
