"""A server that gives the samples, and pushes what a test tells it to push."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import ladle
from tests.ui import samples

ASSETS: Final = Path(ladle.__file__).parent / "web" / "assets"
KINDS: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".html": "text/html; charset=utf-8",
}
POLICY: Final = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'"
TOKEN: Final = "stand-in"


class StandIn:
    """The server, in threads of this process.

    A test may replace `answers`: from a path below `api/` to a function of the query.
    """

    def __init__(self, port: int = 0) -> None:
        self.asked: list[str] = []
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Callable[[dict[str, str]], Any]] = {}
        self.seq = 1
        self.closed = threading.Event()
        self._streams: list[queue.Queue[str | None]] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(_Handler):
            standin = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"

    def push(self, change: dict[str, Any]) -> None:
        """Send one change to whoever watches. Its numbers follow the last one."""
        with self._lock:
            data = {**change, "after": self.seq, "seq": self.seq + 1}
            self.seq += 1
            for stream in self._streams:
                stream.put(f"id: {self.seq}\nevent: change\ndata: {json.dumps(data)}\n\n")

    def gap(self) -> None:
        """Say that changes were lost."""
        with self._lock:
            for stream in self._streams:
                stream.put("event: reload\ndata: {}\n\n")

    def drop(self) -> None:
        """End every stream, as a server does that goes away."""
        with self._lock:
            for stream in self._streams:
                stream.put(None)

    def watchers(self) -> int:
        with self._lock:
            return len(self._streams)

    def attach(self) -> queue.Queue[str | None]:
        stream: queue.Queue[str | None] = queue.Queue()
        with self._lock:
            self._streams.append(stream)
        return stream

    def detach(self, stream: queue.Queue[str | None]) -> None:
        with self._lock:
            self._streams.remove(stream)

    def close(self) -> None:
        self.closed.set()
        self.drop()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, query: dict[str, str]) -> Any:
        """What is at `path` below `api/`; None where nothing is."""
        if path in self.answers:
            return self.answers[path](query)
        told = _answer(path, query)
        if isinstance(told, dict) and "seq" in told:
            told["seq"] = self.seq
        return told


def _answer(path: str, query: dict[str, str]) -> Any:
    match path.split("/"):
        case ["session"]:
            return samples.SESSION
        case ["overview"]:
            return samples.overview()
        case ["workflows", "quiet"]:
            return samples.empty_workflow()
        case ["workflows", name]:
            return samples.workflow(name)
        case ["workflows", _, "runs"]:
            return samples.runs(100_000, int(query["after"]), int(query["limit"]))
        case ["runs", run] if run in samples.RUNS:
            return samples.RUNS[run]()
        case ["runs", run, "step"] if run in samples.RUNS:
            return samples.step(run, query["step"], int(query["attempt"]) if "attempt" in query else None)
        case ["runs", _, "map"]:
            return samples.the_map()
        case ["runs", _, "items"]:
            return samples.items(
                query.get("status", ""),
                query.get("error", ""),
                int(query.get("after", -1)),
                int(query["limit"]),
            )
        case ["runs", _, "item"]:
            told = samples.step(samples.FAILED, "delays[10]", None)
            index = int(query["index"])
            return {
                **told,
                "index": index,
                "status": samples.WORDS[samples.LETTERS[index]],
                "duration": 1.4,
                "run": None,
                "step": f"geocode[{index}]",
            }
        case ["compare"] if query["a"] in samples.RUNS and query["b"] in samples.RUNS:
            return samples.compare(query["a"], query["b"])
        case ["search"]:
            return samples.search(query["q"])
    return None


class _Handler(BaseHTTPRequestHandler):
    standin: StandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Tests print nothing of it."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The clock of the samples."""
        return super().date_time_string(samples.NOW if timestamp is None else timestamp)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path = unquote(address.path).lstrip("/")
        if path.startswith("api/"):
            self.standin.asked.append(self.path)
            if self.headers.get("X-Ladle-Token") != TOKEN:
                return self._json({"error": {"message": "no token", "hint": ""}}, HTTPStatus.FORBIDDEN)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            if path == "api/live":
                return self._live(int(query["since"]))
            told = self.standin.answer(path.removeprefix("api/"), query)
            if told is None:
                return self._json(
                    {"error": {"message": "there is no such thing", "hint": ""}}, HTTPStatus.NOT_FOUND
                )
            return self._json(told)
        file = ASSETS / (path.removeprefix("assets/") if path.startswith("assets/") else "index.html")
        if not file.is_file():
            return self._json({"error": {"message": "no such file", "hint": ""}}, HTTPStatus.NOT_FOUND)
        return self._send(file.read_bytes(), KINDS[file.suffix])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("X-Ladle-Token") != TOKEN:
            return self._json({"error": {"message": "no token", "hint": ""}}, HTTPStatus.FORBIDDEN)
        _, what, verb = self.path.split("?")[0].strip("/").split("/")
        if what == "plan":
            return self._json(samples.plan(verb, body))
        if body.pop("ticket", None) != f"ticket-{verb}":
            return self._json({"error": {"message": "this was not shown", "hint": ""}}, HTTPStatus.FORBIDDEN)
        self.standin.done.append((verb, body))
        return self._json({"href": None, "message": f"{verb} done"})

    def _live(self, since: int) -> None:
        stream = self.standin.attach()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        if since != self.standin.seq:
            stream.put("event: reload\ndata: {}\n\n")
        try:
            while not self.standin.closed.is_set():
                try:
                    text = stream.get(timeout=0.5)
                except queue.Empty:
                    text = ": beat\n\n"
                if text is None:
                    break
                self.wfile.write(text.encode())
                self.wfile.flush()
        except OSError:
            pass  # the browser went away
        finally:
            self.standin.detach(stream)
            self.close_connection = True

    def _json(self, value: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(value).encode(), "application/json", status)

    def _send(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = StandIn(8765)
    print(f"{server.url}?token={TOKEN}")
    threading.Event().wait()
