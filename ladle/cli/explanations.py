"""The pages of `docs/errors/`, by code. They travel in the package: `ladle explain` needs no network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

__all__ = ["explanations", "pages"]

PLACES: Final = (
    Path(__file__).parent / "errors",  # in an installed package
    Path(__file__).parents[2] / "docs" / "errors",  # in the repository
)
HEADING: Final = re.compile(r"^## ([A-Z]\d{3}):? +(.+)$")


def explanations() -> dict[str, tuple[str, str]]:
    """Title and text of every code; a code without a page has its title alone."""
    found = {code: (title, "") for code, title in _titles().items()}
    for path in _files():
        found |= _sections(path.read_text(encoding="utf-8"))
    return found


def pages() -> dict[str, str]:
    """Where each code is explained: the URI of its section in the page that travels with the package."""
    found: dict[str, str] = {}
    for path in _files():
        for line in path.read_text(encoding="utf-8").splitlines():
            if heading := HEADING.match(line):
                found[heading[1]] = f"{path.resolve().as_uri()}#{_anchor(line.removeprefix('## '))}"
    return found


def _files() -> list[Path]:
    folder = next((place for place in PLACES if place.is_dir()), None)
    return sorted(folder.glob("*.md")) if folder else []


def _anchor(heading: str) -> str:
    """The name that readers of Markdown give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _sections(text: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, list[str]]] = {}
    lines: list[str] | None = None
    for line in text.splitlines():
        heading = HEADING.match(line)
        if heading:
            lines = []
            found[heading[1]] = (heading[2], lines)
        elif line.startswith(("# ", "## ")):
            lines = None
        elif lines is not None:
            lines.append(line)
    return {code: (title, "\n".join(lines).strip()) for code, (title, lines) in found.items()}


def _titles() -> dict[str, str]:
    from ladle.asl.codes import TITLES
    from ladle.budgets.codes import CODES as BUDGETS
    from ladle.compiler.language.codes import CODES
    from ladle.compiler.lints import CODES as WARNINGS
    from ladle.project import CODES as PROJECT

    return {**TITLES, **{code: kind.title for code, kind in CODES.items()}, **WARNINGS, **BUDGETS, **PROJECT}
