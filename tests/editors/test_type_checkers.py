"""What authors see in their editor: mypy and pyright, strict, find nothing in what is correct.

Read are the sample, the project of `ladle new`, the pages with examples that make a module, and the workflow
of every case under `tests/cases`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("language", "tasks", "budgets", "editors")
NOT_STRICT = {
    # boto3 has no types; examples import and bind what they only show.
    "reportMissingTypeStubs", "reportUnknownMemberType", "reportUnknownVariableType",
    "reportUnknownArgumentType",
    "reportUnusedImport", "reportUnusedVariable",
}  # fmt: skip
LESS_CLEVER = {
    # Python, and Ladle, know more of these: a range that has turns, patterns of every length, text as a list.
    ("case_constant_range.py", "reportPossiblyUnboundVariable"),
    ("case_loop_leaves.py", "reportPossiblyUnboundVariable"),
    ("case_split_nested.py", "reportPossiblyUnboundVariable"),
    ("case_match_parts.py", "reportMatchNotExhaustive"),
    ("case_match_parts.py", "reportPossiblyUnboundVariable"),
    ("language_page.py", "reportMatchNotExhaustive"),
    ("language_page.py", "reportReturnType"),
    ("language_page.py", "return"),
    ("case_unpack_lists.py", "str-unpack"),
    # A pattern that is never come to, as random workflows have them.
    ("case_loop_name_again.py", "reportUnnecessaryComparison"),
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every source that is read, in one folder."""
    folder = tmp_path_factory.mktemp("typed")
    for page in PAGES:
        text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        source = "from __future__ import annotations\n\n" + "\n\n".join(blocks)
        (folder / f"{page}_page.py").write_text(source, encoding="utf-8")
    for workflow in (ROOT / "tests" / "cases").glob("*/workflow.py"):
        text = workflow.read_text(encoding="utf-8")
        (folder / f"case_{workflow.parent.name}.py").write_text(text, encoding="utf-8")
    for part in ("functions", "statemachines"):
        for source_file in (ROOT / part).rglob("*.py"):
            target = folder / source_file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source_file.read_text(encoding="utf-8"), encoding="utf-8")
    scaffold = ROOT / "ladle" / "cli" / "scaffold"
    for template in (*scaffold.glob("functions/*.py.txt"), *scaffold.glob("statemachines/*.py.txt")):
        if "__init__" not in template.name:
            target = folder / template.relative_to(scaffold).with_suffix("")
            target.write_text(template.read_text(encoding="utf-8").replace("@NAME@", "new"), encoding="utf-8")
    return folder


def findings(sources: Path) -> list[dict[str, Any]]:
    """What pyright finds."""
    options = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT)],
        **dict.fromkeys(NOT_STRICT, False),
    }
    (sources / "pyrightconfig.json").write_text(json.dumps(options))
    command = [
        sys.executable,
        "-m",
        "pyright",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        "-p",
        str(sources),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.stdout, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["generalDiagnostics"]
    return found


@pytest.mark.slow
def test_pyright_finds_nothing(sources: Path) -> None:
    """In strict mode; but for what it knows less of than Python."""
    pytest.importorskip("pyright")
    found = {
        (Path(each["file"]).name, each.get("rule", ""), each["message"].splitlines()[0])
        for each in findings(sources)
        if (Path(each["file"]).name, each.get("rule", "")) not in LESS_CLEVER
    }
    assert found == set()


@pytest.mark.slow
def test_mypy_finds_nothing(sources: Path) -> None:
    """In strict mode."""
    api = pytest.importorskip("mypy.api")
    (sources / "mypy.ini").write_text(
        "[mypy]\nstrict = true\npython_version = 3.11\n"
        "disable_error_code = empty-body\n"  # pages leave out what tasks do: `...`
        "[mypy-boto3.*,botocore.*]\nignore_missing_imports = true\n"
    )
    files = [str(path) for path in sorted(sources.glob("*.py"))]
    options = ["--config-file", str(sources / "mypy.ini"), "--cache-dir", str(ROOT / ".mypy_cache")]
    report, errors, _ = api.run([*options, "--follow-imports", "silent", *files])
    assert errors == ""
    found = re.findall(r"^.*?([^/]+\.py):\d+: error: (.*?)  \[([a-z-]+)\]$", report, re.MULTILINE)
    assert {each for each in found if (each[0], each[2]) not in LESS_CLEVER} == set()
    assert "checked" in report  # it has read them


@pytest.mark.slow
def test_a_wrong_argument_is_found(tmp_path: Path) -> None:
    """So the checks above can fail: signatures are known, and not `Any`."""
    pytest.importorskip("pyright")
    (tmp_path / "wrong.py").write_text(
        "from ladle import task, workflow\n\n\n"
        "@task(timeout=5)\ndef size(key: str, *, deep: bool = False) -> int:\n    return len(key)\n\n\n"
        "@workflow\ndef flow(key: str) -> int:\n    size(3)\n    size(key, deep=1)\n    size()\n"
        "    return size(key, deep=True).upper()\n"
    )
    found = [(each["range"]["start"]["line"], each["rule"]) for each in findings(tmp_path)]
    assert found == [
        (10, "reportArgumentType"),
        (11, "reportArgumentType"),
        (12, "reportCallIssue"),
        (13, "reportAttributeAccessIssue"),
    ]
