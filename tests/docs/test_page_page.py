"""The page about the page tells its keys and addresses as they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
ASSETS: Final = ROOT / "ladle" / "web" / "assets"
PAGE: Final = (ROOT / "docs" / "page.md").read_text()


def test_the_keys_are_those_of_the_page() -> None:
    """In the same order and the same words as the list that `?` opens."""
    told = re.findall(
        r"^\| `([^`]+)` \| ([^|]+) \|$", PAGE.partition("## Keys")[2].partition("##")[0], re.MULTILINE
    )
    listed = (ASSETS / "parts" / "keys.js").read_text().partition("const KEYS = [")[2].partition("];")[0]
    assert told == re.findall(r'\["([^"]+)", "([^"]+)"\]', listed)


def test_the_addresses_are_those_of_the_page() -> None:
    """Every view has its line, and no line is without a view."""
    told = re.findall(r"^\| `(/[^`]*)` \|", PAGE.partition("## Keys")[0], re.MULTILINE)
    views = {"/": "overview", "/w/": "workflow", "/r/": "run", "/r/RUN/map/": "map", "/compare/": "compare"}
    assert [views[re.sub(r"[A-Z.]+$", "", each)] for each in told] == re.findall(
        r"^  (\w+): \{(?: load:|$)",
        (ASSETS / "routes.js").read_text().partition("const ROUTES")[2],
        re.MULTILINE,
    )


def test_what_the_browser_loads_is_all_there() -> None:
    """Every module, stylesheet and picture that one of the files names exists; no file asks another host."""
    for file in ASSETS.rglob("*.*"):
        text = file.read_text()
        for name in re.findall(r'(?:from|import\() ?"(\.[^"]+)"', text):
            assert (file.parent / name).is_file(), f"{file.name} imports {name}"
        assert not re.findall(r"(?:href|src|url\()\W{0,2}(https?:)", text), file
    index = (ASSETS / "index.html").read_text()
    assert index.count('<base href="/">') == 1
    for name in re.findall(r'(?:href|src)="(assets/[^"]+)"', index):
        assert (ASSETS.parent / name).is_file(), name
