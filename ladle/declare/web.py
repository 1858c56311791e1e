"""`http`: calls of web APIs by the state machine itself, with the credentials of an EventBridge connection.

`http.get("https://api.example.com/quotes", connection="partner", result=Quote)` is a Task (`http:invoke`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar, overload

from ladle.declare.execution import inside
from ladle.declare.integrations import ServiceError
from ladle.declare.retries import Retry, retries

__all__ = ["CONNECTION", "METHODS", "Http", "HttpCall", "http"]

T = TypeVar("T")

METHODS: Final = ("get", "post", "put", "patch", "delete", "head")
CONNECTION: Final = re.compile(r"arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:connection/[^/]+/[^/]+", re.ASCII)
"""The ARN of an EventBridge connection."""

_STATUS: Final = re.compile(r"Status([45]\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A call of a web API; `result` is the type of the response's body."""

    name: str
    arguments: Mapping[str, Any]
    result: Any
    timeout: int | None
    retry: tuple[Retry, ...]


class Http:
    """The methods of HTTP. `http.Status404` is the error of a response with that status, `http.Socket` that
    of a connection that failed.

    Each method takes the URL (`https://…`), an EventBridge `connection`, which holds the credentials (a name
    that the stage's file lists under `[connections]`, or an ARN), and `query`, `headers`, `body`. The value
    is the response's body, of the type `result`.
    """

    def __getattr__(self, name: str) -> type[ServiceError]:
        found = _STATUS.fullmatch(name)
        if found is None and name != "Socket":
            raise AttributeError(f"http has no {name!r}: it has {', '.join(METHODS)}, Status404 and Socket")
        return _error(f"States.Http.StatusCode.{found[1]}" if found else "States.Http.Socket")

    @overload
    def get(self, url: str, *, connection: str, result: type[T], **more: Any) -> T: ...
    @overload
    def get(self, url: str, *, connection: str, **more: Any) -> Any: ...
    def get(self, url: str, *, connection: str, result: Any = Any, **more: Any) -> Any:
        """GET."""
        return self._call("get", url, connection, result, **more)

    @overload
    def post(self, url: str, *, connection: str, result: type[T], **more: Any) -> T: ...
    @overload
    def post(self, url: str, *, connection: str, **more: Any) -> Any: ...
    def post(self, url: str, *, connection: str, result: Any = Any, **more: Any) -> Any:
        """POST."""
        return self._call("post", url, connection, result, **more)

    @overload
    def put(self, url: str, *, connection: str, result: type[T], **more: Any) -> T: ...
    @overload
    def put(self, url: str, *, connection: str, **more: Any) -> Any: ...
    def put(self, url: str, *, connection: str, result: Any = Any, **more: Any) -> Any:
        """PUT."""
        return self._call("put", url, connection, result, **more)

    @overload
    def patch(self, url: str, *, connection: str, result: type[T], **more: Any) -> T: ...
    @overload
    def patch(self, url: str, *, connection: str, **more: Any) -> Any: ...
    def patch(self, url: str, *, connection: str, result: Any = Any, **more: Any) -> Any:
        """PATCH."""
        return self._call("patch", url, connection, result, **more)

    def delete(self, url: str, *, connection: str, **more: Any) -> Any:
        """DELETE."""
        return self._call("delete", url, connection, more.pop("result", Any), **more)

    def head(self, url: str, *, connection: str, **more: Any) -> Any:
        """HEAD; fails where the answer would."""
        return self._call("head", url, connection, more.pop("result", Any), **more)

    def _call(
        self,
        method: str,
        url: str,
        connection: str,
        result: Any,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        timeout: int | None = None,
        retry: Retry | Sequence[Retry] | None = None,
    ) -> Any:
        arguments: dict[str, Any] = {
            "ApiEndpoint": url,
            "Method": method.upper(),
            "Authentication": {"ConnectionArn": connection},
        }
        more = {"QueryParameters": query, "Headers": headers, "RequestBody": body}
        arguments |= {name: value for name, value in more.items() if value is not None}
        name = f"http.{method}"
        return inside(name).fetch(HttpCall(name, arguments, result, timeout, retries(retry)))


@cache
def _error(name: str) -> type[ServiceError]:
    return type(name, (ServiceError,), {"own_names": (name,), "__module__": "http"})


http = Http()
"""Web APIs: `http.get("https://api.example.com/quotes", connection="partner", result=Quote)`."""
