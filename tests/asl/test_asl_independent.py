"""Our verdict beside cfn-lint's and moto's. Where they differ, this file says so and why we stand by ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ladle.asl import has_errors, validate
from tests.asl.independent import cfn_lint_problems, moto_parses

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.asl.json"))

CFN_LINT_DIFFERS = {
    "map_jsonata": "its JSONata schema allows no expression for MaxConcurrency; the specification does",
    "placeholders": "it wants whole ARNs; ${…} is filled in when the definition is deployed",
}
MOTO_DIFFERS = {
    "http": "it takes States.Http.* for names that a user invented; AWS documents them",
    "map_distributed_csv": "its grammar has no ItemBatcher, ResultWriter only in part",
    "placeholders": "it takes a resource apart while parsing; ${…} is filled in at deployment",
    "wait_forms": "it wants Z; the specification's profile of RFC 3339 also takes a numeric offset",
}

REFUSED_BY_ALL = {
    "no StartAt": {"States": {"A": {"Type": "Succeed"}}},
    "no such type": {"StartAt": "A", "States": {"A": {"Type": "Lambda", "End": True}}},
    "Catch on Pass": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Catch": [], "End": True}}},
    "unknown field": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Nexd": "A", "End": True}}},
    "Seconds as a text": {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": "1", "End": True}}},
}
MOTO_ACCEPTS = {"Catch on Pass": "the parser leaves checks of fields per type to others"}


def _name(path: Path) -> str:
    return path.name.removesuffix(".asl.json")


@pytest.mark.parametrize("path", CORPUS, ids=_name)
def test_cfn_lint_accepts_the_corpus(path: Path) -> None:
    """But for the definitions listed, which it must still refuse: else the list is out of date."""
    found = cfn_lint_problems(json.loads(path.read_text(encoding="utf-8")))
    assert bool(found) == (_name(path) in CFN_LINT_DIFFERS), found


@pytest.mark.parametrize("path", CORPUS, ids=_name)
def test_moto_parses_the_corpus(path: Path) -> None:
    """But for the definitions listed, which it must still refuse: else the list is out of date."""
    found = moto_parses(json.loads(path.read_text(encoding="utf-8")))
    assert (found is not None) == (_name(path) in MOTO_DIFFERS), found


@pytest.mark.parametrize("name", REFUSED_BY_ALL)
def test_all_refuse_what_is_plainly_wrong(name: str) -> None:
    """The judges are no rubber stamps."""
    definition: dict[str, Any] = REFUSED_BY_ALL[name]
    assert has_errors(validate(definition))
    assert cfn_lint_problems(definition)
    assert (moto_parses(definition) is None) == (name in MOTO_ACCEPTS)


RECORDINGS = Path(os.environ.get("CONFORMANCE_CASES", ""))
EXECUTED = ("execution", "sync_execution", "express_async")
RECORDINGS_CFN_LINT_DIFFERS = (
    # What it says of definitions that AWS created and ran, by a part of the text.
    "None is not of type",  # a null inside Arguments or Output
    "is not of type 'number'",  # {% … %} for MaxConcurrency
    "is not of type 'integer'",  # {% … %} for ToleratedFailureCount; 0.5 for the percentage
    "'Parameters' was unexpected",  # of a Parallel
)


@pytest.mark.skipif(not os.environ.get("CONFORMANCE_CASES"), reason="CONFORMANCE_CASES names no folder")
def test_what_aws_ran_is_accepted() -> None:
    """Every definition that AWS created and ran has no error here, and cfn-lint differs only as listed."""
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RECORDINGS.glob("*.json"))]
    executed = [case for case in cases if case["kind"] in EXECUTED]
    assert executed
    refused = [
        (case["id"], [str(item) for item in found])
        for case in executed
        if has_errors(found := validate(case["definition_raw"], type=case["type"]))
    ]
    assert refused == []
    for case in executed:
        for text in cfn_lint_problems(case["definition"]):
            assert any(part in text for part in RECORDINGS_CFN_LINT_DIFFERS), (case["id"], text)
        text = moto_parses(case["definition"])
        assert text is None or "ItemBatcher" in text, (case["id"], text)
