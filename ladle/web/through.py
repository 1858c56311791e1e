"""The page of a deployed app, on this machine: requests are passed on, signed by whoever `send` signs for."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

from ladle.errors import LadleError
from ladle.operate.signed import Send
from ladle.web.access import Access
from ladle.web.http import Refusal, Request, Response, finished

__all__ = ["Through"]

PASSED: Final = ("if-none-match", "content-type")
KEPT: Final = ("content-type", "etag", "content-disposition", "allow")
"""Headers that are passed on, there and back; all others are of one of the two ways only."""

_BASE: Final = re.compile(rb'<base href="[^"]*">')


class Through:
    """Answers as the page at `address` does, to whoever `access` lets."""

    def __init__(self, address: str, send: Send, access: Access) -> None:
        self._address = address.rstrip("/")
        self._send = send
        self._access = access
        self.closing = threading.Event()

    def answer(self, request: Request) -> Response:
        """The answer to a request; never raises."""
        try:
            self._access.check(request)
            response = self._passed(request)
            if self._access.is_first(request):
                response = replace(response, headers={**response.headers, "Set-Cookie": self._access.cookie})
        except Refusal as refusal:
            response = refusal.response()
        except LadleError as error:
            response = Refusal(502, str(error)).response()
        return finished(request, response)

    def _passed(self, request: Request) -> Response:
        query = {name: value for name, value in request.query.items() if name != "token"}
        url = (
            self._address
            + quote(request.path, safe="/%")
            + (f"?{urlencode(query, quote_via=quote)}" if query else "")
        )
        headers = {name: request.headers[name] for name in PASSED if request.headers.get(name)}
        status, told, body = self._send(request.method, url, headers, request.body)
        if status == 403 and "x-amzn-errortype" in told:
            hint = "the credentials of this shell need execute-api:Invoke on it"
            raise Refusal(403, f"{self._address} does not let these credentials in", hint)
        kept = {name.title(): told[name] for name in KEPT if name in told}
        if kept.get("Content-Type", "").startswith("text/html"):
            body = _BASE.sub(b'<base href="/">', body, count=1)
            kept.pop("Etag", None)
        return Response(status, kept, body)
