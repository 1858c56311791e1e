"""The corpus: definitions across the language's features, each accepted without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ladle.asl import print_definition, validate

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.asl.json"))


def test_the_corpus_is_there() -> None:
    """Every state type and both query languages occur in it."""
    text = "".join(path.read_text(encoding="utf-8") for path in CORPUS)
    for kind in ("Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"):
        assert f'"Type": "{kind}"' in text
    assert len(CORPUS) >= 30


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name.removesuffix(".asl.json"))
def test_a_good_definition_has_no_diagnostics(path: Path) -> None:
    """Neither an error nor a warning."""
    assert validate(path.read_text(encoding="utf-8")) == ()


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name.removesuffix(".asl.json"))
def test_the_files_are_as_we_print_them(path: Path) -> None:
    """Printing a corpus file gives the file, byte for byte."""
    text = path.read_text(encoding="utf-8")
    assert print_definition(json.loads(text)) == text
