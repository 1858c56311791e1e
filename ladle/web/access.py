"""Who may use the page on this machine: whoever has the token that its start made.

Other people on this machine can connect to the port, and any web page that the browser shows can send
requests to it. The token keeps out both: data is given only to requests that carry it in a header, which no
other page can read or send, and which, unlike a cookie, no other server on this machine is ever sent. The
cookie opens the empty shell and nothing else. `Host` is checked against rebinding of names, `Origin` and
`Sec-Fetch-Site` against other pages.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from ladle.web.http import Refusal, Request

__all__ = ["Access"]

ADDRESS = "open the address that `ladle ui` printed: it has the token of this start"


@dataclass(frozen=True, slots=True)
class Access:
    """The access to one start of the page on a port of this machine."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def hosts(self) -> tuple[str, ...]:
        """What `Host` may say."""
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    @property
    def cookie_name(self) -> str:
        """Cookies do not tell ports apart, so the name does."""
        return f"ladle_{self.port}"

    @property
    def shell_key(self) -> str:
        """What the cookie holds: it can be told from the token, and not the other way."""
        return hmac.new(self.token.encode(), b"shell", hashlib.sha256).hexdigest()

    @property
    def cookie(self) -> str:
        """The header that sets the cookie."""
        return f"{self.cookie_name}={self.shell_key}; Path=/; HttpOnly; SameSite=Lax"

    def check(self, request: Request) -> None:
        """Raises Refusal for a request that may not have what it asks for."""
        if request.headers.get("host", "") not in self.hosts:
            raise Refusal(403, "this page answers only to its own address", ADDRESS)
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc not in self.hosts:
            raise Refusal(403, f"a page of {origin} may not use this one")
        if request.path.startswith("/api/"):
            site = request.headers.get("sec-fetch-site", "same-origin")
            if site != "same-origin":
                raise Refusal(403, "another page may not use this one")
            if not self._same(request.headers.get("x-ladle-token", ""), self.token):
                raise Refusal(403, "the token of this page is missing or of an earlier start", ADDRESS)
        elif not (self.is_first(request) or self._same(self._shell(request), self.shell_key)):
            raise Refusal(403, "the token of this page is missing or of an earlier start", ADDRESS)

    def is_first(self, request: Request) -> bool:
        """Whether a request is the printed address, which sets the cookie."""
        return self._same(request.query.get("token", ""), self.token)

    def _shell(self, request: Request) -> str:
        try:
            cookies = SimpleCookie(request.headers.get("cookie", ""))
        except CookieError:
            return ""
        found = cookies.get(self.cookie_name)
        return found.value if found is not None else ""

    @staticmethod
    def _same(given: str, wanted: str) -> bool:
        return hmac.compare_digest(given.encode(), wanted.encode())
