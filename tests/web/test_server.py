"""The local server: on this machine only, whole answers, an end when it is asked for."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ladle.errors import LadleError
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.local import Server


@pytest.fixture
def server(end: End) -> Iterator[Server]:
    found = Server(lambda access: Page({"local": lambda: end}, "local", access=access))
    thread = threading.Thread(target=found.serve)
    thread.start()
    yield found
    found.stop()
    thread.join(5)
    assert not thread.is_alive()


def ask(server: Server, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.access.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"X-Ladle-Token": server.access.token, **named})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_an_answer_is_compressed_and_not_sent_twice(server: Server) -> None:
    response, body = ask(server, "/api/overview", Accept_Encoding="gzip")
    assert response.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(body))["totals"]["runs"] == 4
    again, nothing = ask(
        server, "/api/overview", Accept_Encoding="gzip", If_None_Match=response.headers["ETag"]
    )
    assert (again.status, nothing) == (304, b"")


def test_an_id_with_a_slash_in_it_is_one_segment(server: Server) -> None:
    response, body = ask(server, "/api/runs/a%2Fb")
    assert response.status == 404
    assert "a/b" in json.loads(body)["error"]["message"]


@pytest.mark.parametrize(
    "path",
    ["/assets/../access.py", "/assets/..%2Faccess.py", "/assets/x/../../access.py", "/assets/", "/assets/.x"],
)
def test_files_are_the_pages_own(server: Server, path: str) -> None:
    response, body = ask(server, path, Cookie=f"{server.access.cookie_name}={server.access.shell_key}")
    assert response.status in (403, 404)
    assert b"hmac" not in body


@pytest.mark.parametrize(
    ("file", "kind"),
    [("main.js", "text/javascript"), ("icon.svg", "image/svg+xml"), ("views/run.js", "text/javascript")],
)
def test_files_have_their_types(server: Server, file: str, kind: str) -> None:
    cookie = f"{server.access.cookie_name}={server.access.shell_key}"
    response, body = ask(server, f"/assets/{file}", Cookie=cookie)
    assert response.status == 200
    assert response.headers["Content-Type"].startswith(kind)
    assert body


def test_only_this_machine_can_connect(server: Server) -> None:
    """It listens on the loopback address, not on all of them."""
    assert server._server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LadleError, match=f"port {port} cannot be used"):
            Server(lambda access: Page({}, "local", access=access), port)


def test_a_stream_goes_on_while_others_are_answered(server: Server, made: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.access.port, timeout=10)
    headers = {"X-Ladle-Token": server.access.token}
    seq = json.loads(ask(server, f"/api/runs/{made.runs['good']}")[1])["seq"]
    connection.request("GET", f"/api/live?view=run&id={made.runs['good']}&since={seq}", headers=headers)
    response = connection.getresponse()
    assert response.readline() == b": open\n"
    assert ask(server, "/api/overview")[0].status == 200
    connection.close()


def test_a_mistake_is_told_as_one(
    end: End, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not as an empty answer, and with the traceback where the page was started."""
    from ladle.web.http import Request

    def broken() -> Any:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(end.runs, "counts", broken)
    response = Page({"local": lambda: end}, "local").answer(Request("GET", "/api/overview"))
    assert response.status == 500
    assert "oops" not in response.body.decode()
    assert "ZeroDivisionError: oops" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_prints_the_address_and_ends_at_ctrl_c(made: Any) -> None:
    """With no traceback, and 0."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ladle", "ui", "--port", "0", "--no-open"],
        cwd=made.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("http://127.0.0.1:")
    assert "/?token=" in line
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "stopped\n", "")
