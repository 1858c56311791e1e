"""The page on this machine: a WSGI server on 127.0.0.1, a thread for each request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from ladle.errors import LadleError
from ladle.web.access import Access
from ladle.web.http import Request, Response

__all__ = ["Server", "wsgi"]

MOST: Final = 256 * 1024
"""The largest body of a request that is read, in bytes."""


class _Handler(WSGIRequestHandler):
    """Says nothing of requests: addresses would carry the token to a terminal's history."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        del type, message, args

    def version_string(self) -> str:
        return "ladle"


class _Server(ThreadedWSGIServer):
    """Threads that a browser keeps busy with a stream do not hold up the end."""

    daemon_threads = True
    block_on_close = False


class Answers(Protocol):
    """What answers requests: the page, or one that is passed on."""

    closing: threading.Event

    def answer(self, request: Request) -> Response:
        """The answer to a request; never raises."""


class Server:
    """The page on a port of 127.0.0.1. `make` builds it, given who may use it."""

    def __init__(self, make: Callable[[Access], Answers], port: int = 0) -> None:
        """Takes the port; 0 is any that is free. Raises LadleError where it is taken."""
        try:
            taken = socket.create_server(("127.0.0.1", port))
        except OSError as error:
            raise LadleError(
                f"port {port} cannot be used ({error.strerror or error}): name another with --port, or none"
            ) from None
        with taken:
            self.access = Access(taken.getsockname()[1])
            self.page = make(self.access)
            self._server = _Server(
                "127.0.0.1", self.access.port, wsgi(self.page), _Handler, fd=taken.fileno()
            )

    @property
    def address(self) -> str:
        """The address with the token."""
        return f"http://127.0.0.1:{self.access.port}/?token={self.access.token}"

    def serve(self) -> None:
        """Answer until `stop`, or Ctrl-C."""
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self.page.closing.set()
            self._server.server_close()

    def stop(self) -> None:
        """End `serve` from another thread."""
        self._server.shutdown()


def wsgi(page: Answers) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The page as a WSGI application (PEP 3333)."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = page.answer(_request(environ))
        headers = dict(response.headers)
        if response.stream is None and response.status != 304:
            headers["Content-Length"] = str(len(response.body))
        reason = HTTPStatus(response.status).phrase
        start_response(f"{response.status} {reason}", list(headers.items()))
        return _body(response)

    return application


def _body(response: Response) -> Iterable[bytes]:
    return response.stream if response.stream is not None else [response.body]


def _request(environ: dict[str, Any]) -> Request:
    length = environ.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdigit() else 0
    body = environ["wsgi.input"].read(min(size, MOST + 1)) if size else b""
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    # Quoted still: a %2F in the name of a step is no separator.
    path = environ.get("RAW_URI", "").partition("?")[0] or environ.get("PATH_INFO", "/")
    return Request(
        environ["REQUEST_METHOD"],
        path if path.startswith("/") else f"/{path}",
        dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        headers,
        body,
    )
