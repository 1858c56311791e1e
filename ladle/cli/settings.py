"""What a project says about the command line: the tables `[tool.ladle.…]` of its `pyproject.toml`."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladle.errors import LadleError

__all__ = ["CheckSettings", "check_settings"]


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """`[tool.ladle.check]`: with `strict`, warnings fail, too; `ignore` are codes of warnings not to tell."""

    strict: bool = False
    ignore: frozenset[str] = frozenset()


def check_settings(root: Path) -> CheckSettings:
    """The settings of `ladle check`. Raises LadleError for what it does not know."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return CheckSettings()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LadleError(f"{path}: not valid TOML: {error}") from None
    table: Any = data.get("tool", {}).get("ladle", {}).get("check", {})
    if not isinstance(table, dict):
        raise LadleError(f"{path}: [tool.ladle.check] must be a table")
    for name in table:
        if name not in ("strict", "ignore"):
            near = difflib.get_close_matches(name, ("strict", "ignore"), n=1)
            hint = f"did you mean {near[0]}?" if near else "it has strict and ignore"
            raise LadleError(f"{path}: [tool.ladle.check] has no setting {name!r}: {hint}")
    strict, ignore = table.get("strict", False), table.get("ignore", [])
    if not isinstance(strict, bool):
        raise LadleError(f"{path}: [tool.ladle.check] strict must be true or false")
    if not isinstance(ignore, list) or not all(isinstance(code, str) for code in ignore):
        raise LadleError(f'{path}: [tool.ladle.check] ignore must be a list of codes, such as ["L705"]')
    return CheckSettings(strict, frozenset(ignore))
