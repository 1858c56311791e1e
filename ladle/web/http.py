"""Requests and answers as plain values, the same for every door of the page."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

__all__ = ["SAFETY", "Refusal", "Request", "Response", "finished", "json_response"]

SAFETY: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer says: nothing from elsewhere is loaded, and nobody frames, sniffs or follows the page."""

COMPRESSED: Final = ("text/", "application/json", "image/svg")
LEAST: Final = 600
"""Bytes from which compressing is worth it."""


class Refusal(Exception):
    """A request that is answered with an error: `status` is HTTP's, `message` and `hint` are for a person."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint

    def response(self) -> Response:
        """The answer."""
        return json_response({"error": {"message": self.message, "hint": self.hint}}, self.status)


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `path` is decoded and begins with /, below `prefix`; names of headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    prefix: str = "/"

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number of the query, from 0 to `most`. Raises Refusal."""
        text = self.query.get(name)
        if text is None or text == "":
            return default
        if not (text.isascii() and text.isdigit()) or len(text) > 16:
            raise Refusal(400, f"{name}={text!r} is no whole number")
        return min(int(text), most)

    def required(self, name: str) -> str:
        """A text of the query. Raises Refusal where it is missing."""
        text = self.query.get(name)
        if not text:
            raise Refusal(400, f"`{name}` is missing in the query")
        return text


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `stream`, where there is one, gives the body piece by piece, as long as anybody reads."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    stream: Iterator[bytes] | None = None


def json_response(value: Any, status: int = 200) -> Response:
    """JSON, compact."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(status, {"Content-Type": "application/json; charset=utf-8"}, text.encode())


def finished(request: Request, response: Response) -> Response:
    """The answer with its ETag, compressed where the browser takes that, and with what every answer says."""
    headers = {**SAFETY, "Cache-Control": "no-cache", **response.headers}
    body = response.body
    if response.stream is None and request.method == "GET" and response.status == 200:
        tag = headers.setdefault("ETag", f'"{hashlib.sha256(body).hexdigest()[:24]}"')
        known = request.headers.get("if-none-match", "")
        if tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
            headers.pop("Content-Type", None)
            return Response(304, headers)
    if (
        response.stream is None
        and len(body) >= LEAST
        and "gzip" in request.headers.get("accept-encoding", "")
        and headers.get("Content-Type", "").startswith(COMPRESSED)
    ):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "Accept-Encoding"
    return replace(response, headers=headers, body=body)
