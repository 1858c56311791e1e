"""The examples of docs/services.md run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "services.md"


def test_the_page_s_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block of Python, in a namespace of its own."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), {})
