"""Calls of web APIs: as plain Python and on the engine, against a server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, TypedDict

import pytest

from ladle import Retry, http, workflow
from ladle.compiler import compile_workflow
from ladle.declare.integrations import ServiceError
from ladle.errors import LadleError
from ladle.testing import plain_run
from tests.oracles import engine_runner

PARTNER = "arn:aws:events:eu-central-1:123456789012:connection/partner/0f1e2d3c"


class Quote(TypedDict):
    price: float
    text: str


@workflow
def asked(url: str, word: str) -> str:
    try:
        quote = http.post(
            url,
            connection=PARTNER,
            query={"q": word},
            body={"word": word},
            headers={"X-A": "b"},
            result=Quote,
        )
    except http.Status404 as error:
        return f"none: {error}"
    return quote["text"]


@workflow
def repeated(url: str) -> str:
    found: Quote = http.get(
        url, connection=PARTNER, result=Quote, retry=Retry(on=[http.Status503], interval=5)
    )
    return found["text"]


@pytest.fixture
def server() -> Iterator[tuple[str, list[Any]]]:
    """An API that answers by the word it is asked about, and what it was asked."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append((self.command, self.path, body.decode(), self.headers.get("X-A")))
            missing, busy, wrong = "missing" in self.path, "busy" in self.path, "wrong" in self.path
            status = 404 if missing else 503 if busy and len(seen) < 3 else 200
            answer = {"price": "high" if wrong else 1.5, "text": "fine"}
            content = b"no such word" if missing else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if missing else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 - the library's names

        def log_message(self, *_: Any) -> None:
            pass

    found = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}", seen
    found.shutdown()
    thread.join()
    found.server_close()


def on_engine(one: Any, given: dict[str, Any]) -> engine_runner.EngineRun:
    return engine_runner.run({one.name: compile_workflow(one).definition}, one.name, given, {})


@pytest.mark.parametrize(("word", "result"), [("day", "fine"), ("missing", "none: no such word")])
def test_plain_python_and_the_machine_agree(server: tuple[str, list[Any]], word: str, result: str) -> None:
    url, seen = server
    assert plain_run(asked, (url, word)).result == result
    assert on_engine(asked, {"url": url, "word": word}).output == result
    assert seen == [("POST", f"/?q={word}", f'{{"word": "{word}"}}', "b")] * 2


def test_retries_apply(server: tuple[str, list[Any]]) -> None:
    url, seen = server
    run = plain_run(repeated, (f"{url}/busy",))
    assert (run.result, [call.retry for call in run.calls], len(seen)) == ("fine", [0, 1, 2], 3)
    seen.clear()
    assert on_engine(repeated, {"url": f"{url}/busy"}).output == "fine"


def test_a_body_of_another_type_ends_the_run(server: tuple[str, list[Any]]) -> None:
    """The same way for both: no `except` takes it."""
    url, _ = server
    with pytest.raises(LadleError, match=r"http\.get\.price: expected float, got str"):
        plain_run(repeated, (f"{url}/wrong",))
    found = on_engine(repeated, {"url": f"{url}/wrong"})
    assert found.error == "States.QueryEvaluationError"


def test_a_fake_stands_for_the_api() -> None:
    quotes = {"http.get": lambda **given: {"price": 1, "text": str(given["Method"])}}
    run = plain_run(repeated, ("https://x",), fakes=quotes)
    assert run.result == "GET"
    failed = plain_run(repeated, ("http://127.0.0.1:9",))
    assert isinstance(failed.error, http.Socket)
    assert issubclass(http.Status404, ServiceError)
    with pytest.raises(AttributeError, match="http has no 'Status99'"):
        http.Status99  # noqa: B018
