"""The page of a deployed app seen from here: signed on the way there, by the token on the way here."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session

from ladle.errors import LadleError
from ladle.operate.signed import signed_sender
from ladle.web.access import Access
from ladle.web.http import Request
from ladle.web.through import Through

ACCESS = Access(8765)


@pytest.fixture
def api() -> Iterator[SimpleNamespace]:
    """Something that answers as API Gateway would, and remembers what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(SimpleNamespace(path=self.path, headers=dict(self.headers.items())))
            self.send_response(403 if "forbidden" in self.path else 302 if "away" in self.path else 200)
            body = b'<base href="/api/">' if self.path.endswith("/") else b'{"a": 1}'
            kind = "text/html; charset=utf-8" if self.path.endswith("/") else "application/json"
            if "forbidden" in self.path:
                self.send_header("x-amzn-ErrorType", "AccessDeniedException")
            if "away" in self.path:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Type", kind)
            self.send_header("Set-Cookie", "theirs=1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(address=f"http://127.0.0.1:{server.server_address[1]}/api/", asked=asked)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def session() -> Session:
    found = Session()
    found.set_credentials("AKIDEXAMPLE", "secret", "a-token")
    found.set_config_variable("region", "eu-central-1")
    return found


@pytest.fixture
def through(api: SimpleNamespace, session: Session) -> Through:
    return Through(api.address, signed_sender(api.address, session), ACCESS)


def ask(through: Through, path: str, query: dict[str, str] | None = None, **headers: str) -> Any:
    named = {"host": "127.0.0.1:8765", "x-ladle-token": ACCESS.token, **headers}
    return through.answer(Request("GET", path, query or {}, named))


def test_requests_are_signed_and_carry_nothing_of_this_machine(
    through: Through, api: SimpleNamespace
) -> None:
    response = ask(through, "/api/runs/one/step", {"step": "d [1]/é"}, cookie="mine=1")
    assert json.loads(response.body) == {"a": 1}
    (asked,) = api.asked
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert asked.path == "/api/api/runs/one/step?step=d%20%5B1%5D%2F%C3%A9"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-central-1/execute-api/aws4_request" in headers["authorization"]
    assert headers["x-amz-security-token"] == "a-token"
    assert "cookie" not in headers
    assert "x-ladle-token" not in headers
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", ["/", "/api/session", "/assets/main.js"])
def test_without_the_token_nothing_is_sent(through: Through, api: SimpleNamespace, path: str) -> None:
    assert ask(through, path, **{"x-ladle-token": "guess"}).status == 403
    assert api.asked == []


def test_the_document_is_served_here(through: Through) -> None:
    first = ask(through, "/", {"token": ACCESS.token})
    assert first.body == b'<base href="/">'
    assert first.headers["Set-Cookie"].startswith("ladle_8765=")
    assert first.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_the_token_of_this_machine_stays_here(through: Through, api: SimpleNamespace) -> None:
    ask(through, "/", {"token": ACCESS.token})
    assert ACCESS.token not in api.asked[0].path


def test_who_is_not_let_in_is_told_what_is_missing(through: Through) -> None:
    response = ask(through, "/api/forbidden")
    assert response.status == 403
    assert "execute-api:Invoke" in json.loads(response.body)["error"]["hint"]


def test_a_signature_is_never_sent_elsewhere(through: Through, api: SimpleNamespace) -> None:
    assert ask(through, "/api/away").status == 302
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://abc.execute-api.eu-central-1.amazonaws.com/api/", "no https:// address"),
        ("abc", "no https:// address"),
        ("https://", "no https:// address"),
    ],
)
def test_a_signature_is_not_sent_in_the_clear(address: str, message: str, session: Session) -> None:
    with pytest.raises(LadleError, match=message):
        signed_sender(address, session)


def test_an_api_that_is_gone_is_said(session: Session) -> None:
    through = Through("http://127.0.0.1:1/api/", signed_sender("http://127.0.0.1:1/api/", session), ACCESS)
    response = ask(through, "/api/session")
    assert response.status == 502
    assert "does not answer" in json.loads(response.body)["error"]["message"]
