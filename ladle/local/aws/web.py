"""`http:invoke`: the request of an HTTP Task, made from here, without the credentials of its connection."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Final

from ladle.engine.protocols import TaskCall, TaskFailed, TaskSucceeded
from ladle.engine.scope import JSON

__all__ = ["invoke_http"]

SECONDS: Final = 60
"""The longest that Step Functions waits for an answer."""


def invoke_http(call: TaskCall) -> TaskSucceeded | TaskFailed:
    """Make the request; its answer as the state's result, or the error that the state would fail with."""
    given: dict[str, Any] = call.arguments if isinstance(call.arguments, dict) else {}
    url = str(given.get("ApiEndpoint", ""))
    if urllib.parse.urlsplit(url).scheme not in ("https", "http"):
        return TaskFailed("States.Runtime", f"The ApiEndpoint {url!r} is no address of the web")
    query = given.get("QueryParameters")
    if query:
        url += ("&" if "?" in url else "?") + urllib.parse.urlencode(query, doseq=True)
    headers = {str(name): str(value) for name, value in (given.get("Headers") or {}).items()}
    body = given.get("RequestBody")
    data = None
    if body is not None:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, data, headers, method=str(given.get("Method", "GET")))
    try:
        with urllib.request.urlopen(request, timeout=call.timeout_seconds or SECONDS) as answer:
            return TaskSucceeded(
                {
                    "Headers": {name: answer.headers.get_all(name) for name in answer.headers},
                    "ResponseBody": _body(answer.read(), answer.headers.get_content_type()),
                    "StatusCode": answer.status,
                    "StatusText": answer.reason,
                }
            )
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace")
        return TaskFailed(f"States.Http.StatusCode.{error.code}", text or str(error.reason))
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        return TaskFailed("States.Http.Socket", str(error))


def _body(content: bytes, kind: str) -> JSON:
    """JSON as a value, anything else as text."""
    text = content.decode(errors="replace")
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
