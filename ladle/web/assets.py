"""The page's own files: HTML, styles and modules, read from the package."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from ladle.web.http import Refusal, Request, Response

__all__ = ["asset", "shell"]

FOLDER: Final = Path(__file__).parent / "assets"
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json; charset=utf-8",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
BASE: Final = '<base href="/">'
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def shell(request: Request) -> Response:
    """The document of every address; it knows under which prefix it is served."""
    text = _read("index.html").decode()
    placed = text.replace(BASE, f'<base href="{request.prefix}">', 1)
    return Response(200, {"Content-Type": TYPES[".html"]}, placed.encode())


def asset(parts: tuple[str, ...]) -> Response:
    """One file. Raises Refusal for one that the page does not have."""
    name = "/".join(parts)
    suffix = Path(name).suffix
    if not parts or not all(_NAME.fullmatch(part) for part in parts) or suffix not in TYPES:
        raise Refusal(404, f"there is no file assets/{name}")
    return Response(200, {"Content-Type": TYPES[suffix]}, _read(name))


def _read(name: str) -> bytes:
    path = FOLDER / name
    try:
        return _kept(name, path.stat().st_mtime_ns)
    except OSError:
        raise Refusal(404, f"there is no file assets/{name}") from None


@lru_cache(maxsize=128)
def _kept(name: str, changed: int) -> bytes:
    del changed  # part of the key: a file that was changed is read again
    return (FOLDER / name).read_bytes()
