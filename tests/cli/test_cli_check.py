"""`ladle check`: warnings, what makes it fail, and what editors get."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FLOWS = '''
    from functions.work import length, words_of
    from ladle import workflow


    @workflow
    def careless(bucket: str, key: str) -> None:
        """😀 stands before nothing."""
        words_of(bucket, key){comment}
        words = "𝄞𝄞"; found = words_of(words, key)
        for word in found:
            length(word)
'''

Write = Callable[..., Path]


@pytest.fixture
def write(project: Path) -> Write:
    def written(comment: str = "") -> Path:
        path = project / "statemachines" / "careless.py"
        path.write_text(textwrap.dedent(FLOWS).format(comment=comment), encoding="utf-8")
        return path

    return written


def test_warnings_are_told_and_do_not_fail(ladle: Any, write: Write) -> None:
    """Unless it is asked for."""
    write()
    result = ladle("check", "careless")
    assert result.exit_code == 0
    assert "L705  warning: the result of `words_of` is ignored here, and read at line 10" in result.stdout
    assert result.stdout.splitlines()[-1] == "1 warning in 1 workflow.  ladle explain L705"
    assert ladle("check", "careless", "--strict").exit_code == 1


def test_a_comment_silences_a_warning_by_its_code(ladle: Any, write: Write) -> None:
    """Not by another one, and not without any."""
    write("  # ladle: ignore[L705]")
    assert ladle("check", "careless", "--strict").stdout == "no problems in 1 workflow\n"
    write("  # ladle: ignore[L704]")
    assert ladle("check", "careless", "--strict").exit_code == 1
    write("  # ladle: ignore")
    found = json.loads(ladle("check", "careless", "--json").stdout)["problems"]
    assert [each["code"] for each in found] == ["L705", "L709"]
    write("  # ladle: ignore[L795]")
    assert "there is no code 'L795'" in ladle("check", "careless").stdout


def test_the_project_says_what_it_wants_to_hear(ladle: Any, write: Write, project: Path) -> None:
    """In `pyproject.toml`; what is misspelt there is refused."""
    write()
    settings = project / "pyproject.toml"
    settings.write_text("[tool.ladle.check]\nstrict = true\n")
    assert ladle("check", "careless").exit_code == 1
    settings.write_text('[tool.ladle.check]\nstrict = true\nignore = ["L705"]\n')
    assert ladle("check", "careless").exit_code == 0
    for wrong, told in (
        ("stric = true", "did you mean strict?"),
        ("strict = 1", "true or false"),
        ('ignore = "L705"', "list of codes"),
    ):
        settings.write_text(f"[tool.ladle.check]\n{wrong}\n")
        result = ladle("check", "careless")
        assert result.exit_code == 2
        assert told in result.stderr


def test_errors_cannot_be_silenced(ladle: Any, write: Write, project: Path) -> None:
    path = write()
    path.write_text(path.read_text().replace("length(word)", "length(1)  # ladle: ignore[L401]"))
    result = ladle("check", "careless", "--json")
    assert result.exit_code == 1
    assert "L401" in {each["code"] for each in json.loads(result.stdout)["problems"]}
    (project / "pyproject.toml").write_text('[tool.ladle.check]\nignore = ["L401"]\n')
    assert ladle("check", "careless").exit_code == 1


def test_editors_get_diagnostics_of_the_language_server_protocol(ladle: Any, write: Write) -> None:
    """Lines and characters from 0, characters as UTF-16 counts them; the page of the code; other places."""
    path = write()
    (file,) = json.loads(ladle("check", "careless", "--json").stdout)["files"]
    assert file["uri"] == path.resolve().as_uri()
    assert file["path"] == "statemachines/careless.py"
    (found,) = file["diagnostics"]
    assert found["range"] == {"start": {"line": 8, "character": 4}, "end": {"line": 8, "character": 25}}
    assert (found["severity"], found["code"], found["source"]) == (2, "L705", "ladle")
    assert found["codeDescription"]["href"].endswith(
        "warnings.md#l705-a-result-is-ignored-that-matters-elsewhere"
    )
    assert found["message"].splitlines()[1] == found["data"]["fix"]
    (related,) = found["relatedInformation"]
    # `words = "𝄞𝄞"; found = ` has two characters that UTF-16 writes as two units each.
    assert related["location"]["range"]["start"] == {"line": 9, "character": 4 + 24}
    assert related["message"] == "here it is read"


def test_paths_do_not_depend_on_the_current_folder(ladle: Any, write: Write, monkeypatch: Any) -> None:
    path = write()
    monkeypatch.chdir(path.parent)
    assert ladle("check", "careless").stdout.startswith("statemachines/careless.py:9:5  L705")
    assert ladle("check").stdout.splitlines()[-1].startswith("1 warning in 10 workflows.")
