"""Input is checked in full before anything runs; each wrong field is named."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pytest

from ladle import S3Upload, workflow
from ladle.errors import LadleError
from ladle.local.door import S3Object, check_input, fill_from_upload, input_from_words
from ladle.project import Stage


@dataclass
class Limits:
    most: int
    least: int = 0


@workflow(on=S3Upload("landing", prefix="flights/", suffix=".csv"))
def daily(bucket: str, key: str, size: int = 0) -> None:
    """Takes an upload."""


@workflow
def tuned(
    day: date, limits: Limits, mode: Literal["fast", "slow"] = "fast", factors: list[float] | None = None
) -> None:
    """Takes more."""


STAGE = Stage("local", buckets={"landing": "nyc-landing"})


def test_defaults_are_filled_in():
    """Also inside of records: what the machine reads is always there."""
    given = {"day": "2013-01-01", "limits": {"most": 3}}
    assert check_input(tuned, given) == {
        "day": "2013-01-01",
        "limits": {"most": 3, "least": 0},
        "mode": "fast",
        "factors": None,
    }


def test_every_wrong_field_is_told_at_once():
    """With its path, what was expected, and what was given."""
    with pytest.raises(LadleError) as caught:
        check_input(tuned, {"day": "soon", "limits": {"most": "3"}, "mod": "fast"})
    assert str(caught.value).splitlines() == [
        "tuned: the input is not right, nothing was run",
        "  day: expected a date like 2013-01-31, got str ('soon')",
        "  limits.most: expected int, got str ('3')",
        "  mod: tuned has no such parameter; did you mean mode?",
    ]


def test_a_missing_field_is_named_with_its_type():
    """Not a KeyError in the first task."""
    with pytest.raises(LadleError, match=r"key: missing \(expected str\)"):
        check_input(daily, {"bucket": "b"})


@pytest.mark.parametrize("given", [None, [], "x", 3])
def test_input_that_is_no_object_is_refused(given):
    """And the parameters are listed."""
    with pytest.raises(LadleError, match="JSON object with bucket: str, key: str, size: int"):
        check_input(daily, given)


def test_words_are_json_except_where_text_is_expected():
    """So that dates and keys need no quotes, and numbers and objects are what they are."""
    found = input_from_words(tuned, ["day=2013-01-01", 'limits={"most": 3}', "mode=slow", "factors=[1.5]"])
    assert found == {"day": "2013-01-01", "limits": {"most": 3}, "mode": "slow", "factors": [1.5]}
    assert input_from_words(daily, ["key=1=2", "size=3"]) == {"key": "1=2", "size": 3}


def test_a_word_without_a_sign_is_refused():
    """It could be a forgotten option."""
    with pytest.raises(LadleError, match="write name=value"):
        input_from_words(daily, ["flights"])


def test_an_upload_fills_what_the_workflow_takes():
    """Of bucket, key, size, etag and version, those that are parameters; the rest may be given beside it."""
    upload = S3Object("nyc-landing", "flights/a.csv", 12, "e", None)
    assert fill_from_upload(daily, upload, STAGE, {}) == {
        "bucket": "nyc-landing",
        "key": "flights/a.csv",
        "size": 12,
    }
    assert fill_from_upload(daily, upload, STAGE, {"size": 1})["size"] == 1


@pytest.mark.parametrize(
    ("bucket", "key", "said"),
    [
        ("other", "flights/a.csv", "uploads to nyc-landing"),
        ("nyc-landing", "weather/a.csv", "must begin with 'flights/'"),
        ("nyc-landing", "flights/a.json", "must end with '.csv'"),
    ],
)
def test_an_upload_that_would_not_start_it_is_refused_with_the_reason(bucket, key, said):
    """On AWS this event would start nothing."""
    with pytest.raises(LadleError, match=said):
        fill_from_upload(daily, S3Object(bucket, key, 1, "e", None), STAGE, {})


def test_a_workflow_without_upload_trigger_takes_none():
    """It says what to do instead."""
    with pytest.raises(LadleError, match="not started by uploads"):
        fill_from_upload(tuned, S3Object("b", "k", 1, "e", None), STAGE, {})
