"""The page as routes of the project's Chalice app: who may see it is decided by IAM, before any of this runs.

API Gateway checks the signature of each request and whether its signer may invoke the API. Here it is checked
once more that it did, so that a route whose authorizer somebody removed gives nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from chalice.app import IAMAuthorizer, Response

from ladle.errors import LadleError

__all__ = ["serve_page"]

ENABLED: Final = "LADLE_PAGE"
"""The environment variable that the deployment gives the API's function where a stage asks for the page."""


def serve_page(app: Any, authorizer: Any = None) -> None:
    """Serve the page from this Chalice app, on the stages whose file asks for it:

        from chalice import Chalice
        from ladle.deploy.chalice import attach
        from ladle.web.chalice import serve_page

        app = Chalice(app_name="nyc-flights")
        attach(app)
        serve_page(app)

    and in `infra/<stage>.toml`

        [page]
        enabled = true

    `authorizer` is one of Chalice's; by default only requests that are signed with credentials that IAM
    allows `execute-api:Invoke` get an answer. A page without one cannot be had. Does nothing on stages that
    do not ask.
    """
    guard = authorizer if authorizer is not None else IAMAuthorizer()
    if not hasattr(guard, "to_swagger"):
        raise LadleError(f"{authorizer!r} is no authorizer of Chalice: the page is never without one")

    def routes() -> None:
        _register(app, guard)

    app.ladle_page = routes
    if os.environ.get("AWS_CHALICE_CLI_MODE") != "true" and os.environ.get(ENABLED):
        routes()


def _register(app: Any, authorizer: Any) -> None:
    from ladle.web.answer import ALL, DOING, LIVE

    for number, pattern in enumerate((*ALL, *DOING)):
        if pattern == LIVE:
            continue  # API Gateway holds no stream open: there the page asks again
        view = _view(app, pattern)
        view.__name__ = f"ladle_page_{number}"
        app.route(
            pattern,
            methods=list(DOING.get(pattern, ("GET",))),
            authorizer=authorizer,
            content_types=["application/json"],
            name=view.__name__,
        )(view)


def _view(app: Any, pattern: str) -> Callable[..., Any]:
    def view(**values: str) -> Any:
        from ladle.web.remote import answered

        path = pattern
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        response = answered(app.current_request, app.lambda_context, path)
        body: str | bytes = response.body
        if _is_text(response.headers):
            body = response.body.decode()
        return Response(body, dict(response.headers), response.status)

    return view


def _is_text(headers: Mapping[str, str]) -> bool:
    kind = headers.get("Content-Type", "")
    return not kind or kind.startswith(("text/", "application/json", "image/svg"))
