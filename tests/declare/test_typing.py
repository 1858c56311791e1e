"""What a type checker makes of tasks and workflows: their signatures survive the decorators."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_signatures_survive_the_decorators(tmp_path: Path) -> None:
    """mypy in strict mode finds every `assert_type` right and every marked mistake wrong."""
    api = pytest.importorskip("mypy.api")
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\nenable_error_code = ignore-without-code\n"
    )
    report, errors, status = api.run(
        [
            "--config-file",
            str(tmp_path / "mypy.ini"),
            "--cache-dir",
            str(HERE.parents[1] / ".mypy_cache"),
            "--follow-imports",
            "silent",
            str(HERE / "typed_project.py"),
        ]
    )
    assert (status, errors) == (0, ""), report
