"""One field for everything: workflows, runs, steps, errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from ladle.errors import LadleError
from ladle.operate.records import RunBrief
from ladle.web.drawing import drawing_of
from ladle.web.ends import End
from ladle.web.http import Request
from ladle.web.statuses import OF_RECORD

__all__ = ["search_view"]

HITS: Final = 20
EACH: Final = 8
LOOKED_AT: Final = 500
"""So many runs, the newest, are looked at for a part of their names; failed ones, for their errors."""
FAILED: Final = 50


def search_view(end: End, request: Request) -> dict[str, Any]:
    """What has the text of the query in it, at most so much of each kind."""
    text = request.query.get("q", "").strip().lower()[:200]
    hits: list[dict[str, Any]] = []
    for kind in (_workflows, _runs, _errors, _steps):
        found: list[dict[str, Any]] = []
        for hit in kind(end, text):
            found.append(hit)
            if len(found) == EACH:
                break
        hits += found
    return {"hits": hits[:HITS]}


def _hit(kind: str, text: str, detail: str, status: str | None, href: str) -> dict[str, Any]:
    return {"kind": kind, "text": text, "detail": detail, "status": status, "href": href}


def _workflows(end: End, text: str) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys([*end.workflows, *end.runs.counts()]):
        if text in name.lower():
            newest = end.runs.briefs(name, limit=1)
            status = OF_RECORD[newest[0].status] if newest else "pending"
            yield _hit("workflow", name, "workflow", status, f"w/{quote(name, safe='')}")


def _runs(end: End, text: str) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    if len(text) >= 4:
        try:
            record = end.runs.find(text)
            brief = RunBrief(record.id, record.workflow, record.status, record.created)
            seen.add(brief.id)
            yield _run(brief)
        except LadleError:
            pass  # no run has that name, or several do: the newest of those are below
    for brief in end.runs.briefs(limit=LOOKED_AT if end.is_local else 100):
        if text in brief.id.lower() and brief.id not in seen:
            yield _run(brief)


def _run(brief: RunBrief) -> dict[str, Any]:
    href = f"r/{quote(brief.id, safe='')}"
    return _hit("run", brief.id, f"run of {brief.workflow}", OF_RECORD[brief.status], href)


def _errors(end: End, text: str) -> Iterator[dict[str, Any]]:
    if not text or not end.is_local:  # on AWS each run would be two requests
        return
    groups: dict[tuple[str, str], list[str]] = {}
    for record in end.runs.runs(status="FAILED", limit=FAILED):
        groups.setdefault((record.failure or "", record.failed_step or ""), []).append(record.id)
    for (error, step), runs in groups.items():
        if text in f"{error} {step}".lower():
            several = f"{len(runs)} runs" if len(runs) > 1 else "1 run"
            where = f" in {step}" if step else ""
            yield _hit(
                "error", f"{error}{where}", f"error, {several}", "failed", f"r/{quote(runs[0], safe='')}"
            )


def _steps(end: End, text: str) -> Iterator[dict[str, Any]]:
    if not text:
        return
    for name in end.workflows:
        newest = end.runs.briefs(name, limit=1)
        if not newest:
            continue
        for row in drawing_of(end.runs.definition(newest[0].id)).rows:
            if text in row.name.lower():
                href = f"r/{quote(newest[0].id, safe='')}?step={quote(row.name, safe='')}"
                yield _hit("step", row.label, f"step of {name}", None, href)
