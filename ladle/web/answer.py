"""The page over plain values: a request in, an answer out. Every door calls this and nothing else."""

from __future__ import annotations

import hashlib
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from urllib.parse import unquote

from ladle.errors import LadleError
from ladle.runtime.aws import refusals
from ladle.web.access import Access
from ladle.web.actions import Desk
from ladle.web.assets import asset, shell
from ladle.web.ends import End
from ladle.web.feeds import Feed, stream
from ladle.web.http import Refusal, Request, Response, finished, json_response
from ladle.web.views.compare import compare_view
from ladle.web.views.maps import items_view, map_feed, map_view
from ladle.web.views.overview import overview, overview_feed
from ladle.web.views.runs import run_feed, run_view
from ladle.web.views.search import search_view
from ladle.web.views.steps import item_view, log_view, step_view, value_view
from ladle.web.views.workflows import runs_page, workflow_feed, workflow_view

__all__ = ["PAGES", "ROUTES", "Page"]

View = Callable[..., Any]

PAGES: Final = ("/", "/w/{name}", "/r/{run}", "/r/{run}/map/{step}", "/compare/{pair}")
"""The addresses that people see; all of them are answered with the shell."""

ROUTES: Final[Mapping[str, View]] = {
    "/api/overview": overview,
    "/api/workflows/{name}": workflow_view,
    "/api/workflows/{name}/runs": runs_page,
    "/api/runs/{run}": run_view,
    "/api/runs/{run}/step": step_view,
    "/api/runs/{run}/log": log_view,
    "/api/runs/{run}/value": value_view,
    "/api/runs/{run}/map": map_view,
    "/api/runs/{run}/items": items_view,
    "/api/runs/{run}/item": item_view,
    "/api/compare": compare_view,
    "/api/search": search_view,
}
"""The views, by their address; what stands in braces is handed over by position."""

INTERVAL: Final = 0.2
REMOTE_INTERVAL: Final = 3.0
"""Seconds between two readings of what somebody looks at, here and on AWS, whose throttles are shared."""
STREAMS: Final = 64

LIVE: Final = "/api/live"
"""What has changed since; only where the door can hold a stream open."""

DOING: Final[Mapping[str, tuple[str, ...]]] = {
    "/api/plan/{verb}": ("GET", "POST"),
    "/api/do/{verb}": ("POST",),
}
"""What is asked before something is done, and the doing; with the methods that they take."""

ALL: Final = (*PAGES, "/assets/{file}", "/assets/{folder}/{file}", "/api/session", LIVE, *ROUTES)
"""Every address that is read."""


class Page:
    """The page of some stages. `stages` opens each when it is first asked for.

    `access` guards the page where nothing else does; `live` says whether the door can hold a stream open.
    """

    def __init__(
        self,
        stages: Mapping[str, Callable[[], End]],
        default: str,
        *,
        access: Access | None = None,
        live: bool = True,
    ) -> None:
        self._stages = stages
        self._default = default
        self._access = access
        self._live = live
        self._open: dict[str, End] = {}
        self._lock = threading.Lock()
        self._streams = 0
        self._desk = Desk(access.token if access is not None else "")
        self.closing = threading.Event()

    def answer(self, request: Request) -> Response:
        """The answer to a request; never raises."""
        head = request.method == "HEAD"
        if head:
            request = replace(request, method="GET")
        try:
            if self._access is not None:
                self._access.check(request)
            response = self._dispatch(request)
            if self._access is not None and self._access.is_first(request):
                response = replace(response, headers={**response.headers, "Set-Cookie": self._access.cookie})
        except Refusal as refusal:
            response = refusal.response()
            if refusal.status == 405:
                response = replace(response, headers={**response.headers, "Allow": refusal.hint})
        except LadleError as error:
            response = Refusal(404 if "there is no" in str(error) else 409, str(error)).response()
        except Exception as error:  # noqa: BLE001 - a page must be told something, whatever happened
            response = _fallen(error).response()
        response = finished(request, response)
        return replace(response, body=b"", stream=None) if head else response

    def _dispatch(self, request: Request) -> Response:
        parts = tuple(unquote(part) for part in request.path.split("/")[1:])
        if parts[0] == "assets":
            self._only(request, "GET")
            return asset(parts[1:])
        if parts[0] != "api":
            if not any(matched(page, parts) is not None for page in PAGES):
                raise Refusal(404, f"there is nothing at {request.path}")
            self._only(request, "GET")
            return shell(request)
        if parts == ("api", "session"):
            self._only(request, "GET")
            return json_response(self._session(request))
        for pattern, methods in DOING.items():
            values = matched(pattern, parts)
            if values is not None:
                self._only(request, *methods)
                end = self.end(request)
                if pattern.startswith("/api/plan"):
                    return json_response(self._desk.plan(end, request, values[0]))
                return json_response(self._desk.do(end, request, values[0]))
        if request.path == LIVE and self._live:
            self._only(request, "GET")
            return self._stream(request)
        for pattern, view in ROUTES.items():
            values = matched(pattern, parts)
            if values is not None:
                self._only(request, "GET")
                return _told(view(self.end(request), request, *values))
        raise Refusal(404, f"there is nothing at {request.path}")

    @staticmethod
    def _only(request: Request, *methods: str) -> None:
        if request.method not in methods:
            allowed = ", ".join(methods)
            raise Refusal(405, f"{request.path} takes {allowed} only", allowed)

    def end(self, request: Request) -> End:
        """The stage that a request is about."""
        name = request.query.get("stage") or self._default
        opener = self._stages.get(name)
        if opener is None:
            known = ", ".join(self._stages)
            raise Refusal(404, f"there is no stage {name!r} here", f"there is {known}")
        with self._lock:
            if name not in self._open:
                self._open[name] = opener()
            return self._open[name]

    def _stream(self, request: Request) -> Response:
        """The changes of a view, as they happen."""
        end = self.end(request)
        feed = _feed(end, request)
        since = request.number("since", 0, 1 << 53)
        if self._streams >= STREAMS:
            raise Refusal(503, f"{STREAMS} pages are live already: close one, or reload by hand")
        interval = INTERVAL if end.is_local else REMOTE_INTERVAL
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        return Response(200, headers, stream=self._counted(stream(feed, since, interval, self.closing)))

    def _counted(self, events: Iterator[bytes]) -> Iterator[bytes]:
        with self._lock:
            self._streams += 1
        try:
            yield from events
        except Exception as error:
            if not isinstance(error, (LadleError, *refusals())):
                raise
            yield b"event: reload\ndata: {}\n\n"  # the page asks anew, and is told what is wrong
        finally:
            with self._lock:
                self._streams -= 1

    def _session(self, request: Request) -> dict[str, Any]:
        end = self.end(request)
        return {
            "stage": end.name,
            "stages": list(self._stages),
            "live": self._live,
            "poll": None if self._live else 15,
            "actions": list(end.verbs),
            "app": end.app,
            "version": _version(),
            "token": self._access is not None,
        }


def _fallen(error: Exception) -> Refusal:
    """What AWS refused is said; what nobody foresaw is said here, and to whoever started the page."""
    if isinstance(error, refusals()):
        return Refusal(
            502, f"AWS: {error}", "the credentials of whoever runs this page may be missing or old"
        )
    traceback.print_exception(error)
    return Refusal(500, "this is a mistake in Ladle; where the page was started it says more")


def _told(found: Any) -> Response:
    """The answer that a view gives. When it was asked is no part of what its ETag tells apart."""
    if isinstance(found, Response):
        return found
    if isinstance(found, dict) and "now" in found:
        still = {name: value for name, value in found.items() if name != "now"}
        tag = hashlib.sha256(json_response(still).body).hexdigest()[:24]
        response = json_response(found)
        return replace(response, headers={**response.headers, "ETag": f'"{tag}"'})
    return json_response(found)


def _feed(end: End, request: Request) -> Feed:
    """The feed that a stream is of."""
    view, id = request.required("view"), request.query.get("id", "")
    if view == "overview":
        return overview_feed(end)
    if view == "workflow":
        return workflow_feed(end, request.required("id"))
    if view == "run":
        return run_feed(end, request.required("id"), request.query.get("step") or None)
    if view == "map":
        return map_feed(end, request.required("id"), request.required("step"))
    raise Refusal(400, f"there is no view {view!r} {id}".rstrip(), "there is overview, workflow, run and map")


def matched(pattern: str, parts: tuple[str, ...]) -> tuple[str, ...] | None:
    """What stands at the braces of a pattern; None where the address is another.

    >>> matched("/r/{run}", ("r", "7f3a41"))
    ('7f3a41',)
    """
    wanted = pattern.split("/")[1:]
    if len(wanted) != len(parts):
        return None
    found: list[str] = []
    for want, part in zip(wanted, parts, strict=True):
        if want.startswith("{"):
            if not part:
                return None
            found.append(part)
        elif want != part:
            return None
    return tuple(found)


def _version() -> str:
    try:
        return version("ladle")
    except PackageNotFoundError:  # in a Lambda package, which has no metadata
        return ""
