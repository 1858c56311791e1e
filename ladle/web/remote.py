"""The page within a stage's own Lambda function: what the package knows, what its role may read."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from ladle.declare.triggers import At, Cron, Rate, S3Upload
from ladle.operate.account import AccountRuns
from ladle.operate.actions import AccountActions
from ladle.runtime.aws import client
from ladle.runtime.project_file import ProjectFile, WorkflowFacts, project_file
from ladle.web import ends
from ladle.web.answer import Page
from ladle.web.ends import End
from ladle.web.facts import trigger_text
from ladle.web.http import Refusal, Request, Response, finished

__all__ = ["answered", "end_of"]

_KINDS = {"Cron": Cron, "Rate": Rate, "At": At}
_lock = threading.Lock()


def answered(incoming: Any, context: Any, path: str) -> Response:
    """The answer to one of Chalice's requests; `path` is that of the address, below the API's own."""
    place: Mapping[str, Any] = incoming.context or {}
    headers = {name.lower(): value for name, value in (incoming.headers or {}).items()}
    headers.pop("accept-encoding", None)  # API Gateway compresses, where the app says from which size on
    request = Request(
        incoming.method,
        path,
        dict(incoming.query_params or {}),
        headers,
        incoming.raw_body or b"",
        _prefix(str(place.get("path", path)), path),
    )
    identity: Mapping[str, Any] = place.get("identity") or {}
    if not (identity.get("userArn") or place.get("authorizer")):
        refusal = Refusal(403, "nobody has signed this request", "sign it with credentials that IAM allows")
        return finished(request, refusal.response())
    with _lock:
        page = _page(context.invoked_function_arn)
        page.context = context
    return page.answer(request)


def _prefix(whole: str, path: str) -> str:
    """Under which path the API is served: `/api/` for the stage `api`, `/` under a name of its own."""
    own, whole = unquote(path), unquote(whole)
    found = whole.removesuffix(own) if whole.endswith(own) else whole.rstrip("/")
    return f"{found.rstrip('/')}/"


class _Page(Page):
    """The page of one stage; `context` is Lambda's, of the latest call."""

    context: Any = None


@functools.cache
def _page(function: str) -> _Page:
    del function
    page = _Page({"": lambda: end_of(project_file(page.context))}, "", live=False)
    return page


def end_of(project: ProjectFile) -> End:
    """The stage that a package is of."""
    machines = {name: facts.machine for name, facts in project.workflows.items()}
    runs = AccountRuns(client, machines, lists=False)
    return End(
        project.stage,
        project.app,
        runs,
        {name: _facts(facts) for name, facts in project.workflows.items()},
        option=f" --stage {project.stage}",
        actions=AccountActions(client, runs, machines, os.environ.get("LADLE_STARTER", "")),
        verbs=tuple(os.environ.get("LADLE_PAGE_ACTIONS", "").split()),
    )


def _facts(facts: WorkflowFacts) -> ends.WorkflowFacts:
    triggers = tuple(_trigger(each) for each in facts.triggers)
    required = facts.schema.get("required", ())
    return ends.WorkflowFacts(
        facts.name,
        "",
        triggers,
        tuple(trigger_text(each) for each in triggers),
        None,
        tuple(
            {
                "name": name,
                "type": _type(schema),
                "required": name in required,
                "default": schema.get("default"),
            }
            for name, schema in facts.schema.get("properties", {}).items()
        ),
    )


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _trigger(each: Mapping[str, Any]) -> Any:
    if each["kind"] == "S3Upload":
        return S3Upload(each["bucket"], each.get("prefix", ""), each.get("suffix", ""))
    return _KINDS[each["kind"]](each["expression"], each.get("timezone", "UTC"), dict(each.get("input", {})))
