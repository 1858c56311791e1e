"""The page about editors is true: the fields are those that are printed, and the pattern matches."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ladle.cli.diagnostics import as_data, rendered
from ladle.cli.lsp import by_file
from ladle.errors import Diagnostic, Span

TEXT = (Path(__file__).parents[2] / "docs" / "editors.md").read_text(encoding="utf-8")
PLACE = Span("statemachines/flow.py", 3, 5, 3, 9)
PROBLEM = Diagnostic("L203", PLACE, "`f` takes 2 arguments", "write: f(a, b)", related=((PLACE, "here"),))


def test_every_field_of_a_diagnostic_is_described(tmp_path: Path) -> None:
    """And no other."""
    (file,) = by_file([PROBLEM], tmp_path)
    described = set(
        re.findall(r"`(\w+)(?:\.href)?`", TEXT[TEXT.index("An entry of") : TEXT.index("The exit code")])
    )
    diagnostic: dict[str, Any] = file["diagnostics"][0]
    assert {"uri", "path", "diagnostics"} == file.keys()
    assert diagnostic.keys() <= described
    assert diagnostic["data"].keys() <= described
    fields = TEXT[TEXT.index("| `problems`") : TEXT.index("| `files`")]
    assert as_data(PROBLEM).keys() == set(re.findall(r"`(\w+)`", fields)) - {"problems"}


def test_the_problem_matcher_reads_what_is_printed(tmp_path: Path) -> None:
    """Warnings, too."""
    (tasks,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    pattern = json.loads(tasks)["tasks"][0]["problemMatcher"]["pattern"]
    for severity in ("error", "warning"):
        line = rendered(Diagnostic("L703", PLACE, "text: more", severity=severity), tmp_path).splitlines()[0]
        found = re.match(pattern["regexp"], line)
        assert found is not None
        assert (found[pattern["file"]], found[pattern["line"]], found[pattern["column"]]) == (
            PLACE.path,
            "3",
            "5",
        )
        assert (found[pattern["code"]], found[pattern["message"]]) == ("L703", "text: more")
        assert (found[pattern["severity"]] == "warning") == (severity == "warning")
