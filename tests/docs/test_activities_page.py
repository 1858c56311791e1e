"""The page about activities is true: its tests pass, and it names every option of the worker."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from ladle.cli.commands.worker import command

PAGE = (Path(__file__).parents[2] / "docs" / "activities.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", re.findall(r"^def (test_\w+)\(\):$", PAGE, re.MULTILINE))
def test_its_tests_pass(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand there."""
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    file = tmp_path / "activities_page.py"
    file.write_text("\n\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)))
    spec = importlib.util.spec_from_file_location("activities_page", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "activities_page", module)
    spec.loader.exec_module(module)
    getattr(module, name)()


def test_every_option_is_told_of() -> None:
    """Those that say something of the work."""
    options = {name for each in command.params for name in each.opts if name.startswith("--")}
    assert {each for each in options - {"--name"} if each not in PAGE} == set()
