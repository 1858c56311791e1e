"""What may be done from the page: first what it would mean, then, with the ticket of that, the doing.

A ticket says that somebody was shown this plan: it is bound to the verb, to what it was asked with and to
what the plan says, is good for ten minutes, and once. So nothing is done that was not shown, and a plan that
is not true any more is shown again instead.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from ladle.errors import LadleError
from ladle.operate.backfill import backfill
from ladle.operate.ends import Actions
from ladle.web.ends import End
from ladle.web.http import Refusal, Request
from ladle.web.plans import PLANS, Plan, slots_of

__all__ = ["Desk"]

MINUTES: Final = 10
LARGEST: Final = 256 * 1024
"""Bytes of a body: the input of a run may have so many (Step Functions quotas)."""


class Desk:
    """Makes plans and carries them out. `secret` signs tickets; empty for one of its own."""

    def __init__(self, secret: str = "") -> None:
        self._secret = (secret or secrets.token_urlsafe(24)).encode()
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def plan(self, end: End, request: Request, verb: str) -> dict[str, Any]:
        """What doing it would mean; nothing is done."""
        given = self._given(request)
        plan = self._planned(end, verb, given)
        ticket = self._ticket(end, verb, given, plan, int(time.time())) if plan.ok else None
        return {"verb": verb, **plan.as_json(), "ticket": ticket}

    def do(self, end: End, request: Request, verb: str) -> dict[str, Any]:
        """Do what was planned. Raises Refusal without the ticket of a plan that is still true."""
        given = self._given(request)
        ticket = given.pop("ticket", None)
        if not isinstance(ticket, str):
            raise Refusal(403, "the ticket of a plan is missing", f"ask for it: api/plan/{verb}")
        plan = self._planned(end, verb, given)
        if not plan.ok:
            raise Refusal(409, plan.reason or "it cannot be done")
        self._take(end, verb, given, plan, ticket)
        run, message = _DOERS[verb](end, given)
        with end.lock:
            end.cache.get("runs", {}).pop(str(given.get("run", "")), None)
        return {"href": f"r/{quote(run, safe='')}" if run else None, "message": message}

    # ------------------------------------------------------------------------------------------ inside

    def _given(self, request: Request) -> dict[str, Any]:
        if request.method == "GET":
            found: dict[str, Any] = {k: v for k, v in request.query.items() if k not in ("stage", "ask")}
            if "input" in found:
                found["input"] = _json(found["input"])
            return found
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Refusal(400, "the body is to be JSON, and to say so", "Content-Type: application/json")
        if len(request.body) > LARGEST:
            raise Refusal(413, f"the body has more than {LARGEST:,} bytes")
        found = _json(request.body.decode(errors="replace") or "{}")
        if not isinstance(found, dict):
            raise Refusal(400, "the body is to be a JSON object")
        return found

    @staticmethod
    def _planned(end: End, verb: str, given: Mapping[str, Any]) -> Plan:
        if verb not in PLANS:
            raise Refusal(404, f"there is no action {verb!r}", f"there are {', '.join(PLANS)}")
        if verb not in end.verbs or end.actions is None:
            raise Refusal(403, f"this page may not {verb} anything on {end.name}")
        try:
            return PLANS[verb](end, given)
        except LadleError as error:
            return Plan(f"{verb.capitalize()}", "", f"{verb.capitalize()}", "", ok=False, reason=str(error))

    def _ticket(self, end: End, verb: str, given: Mapping[str, Any], plan: Plan, at: int) -> str:
        text = json.dumps([end.name, verb, given, plan.essence(), at], sort_keys=True, default=str)
        return f"{at}.{hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()}"

    def _take(self, end: End, verb: str, given: Mapping[str, Any], plan: Plan, ticket: str) -> None:
        issued, _, _ = ticket.partition(".")
        now = time.time()
        fresh = issued.isascii() and issued.isdigit() and now - MINUTES * 60 <= int(issued) <= now + 1
        if not fresh or not hmac.compare_digest(ticket, self._ticket(end, verb, given, plan, int(issued))):
            raise Refusal(409, "this is not what was shown any more: look at it again")
        with self._lock:
            self._used = {each: at for each, at in self._used.items() if at > now - MINUTES * 60}
            if ticket in self._used:
                raise Refusal(409, "this was done already")
            self._used[ticket] = now


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refusal(400, f"this is no JSON: {error}") from None


# ---------------------------------------------------------------------------------------------------- doing

Done = tuple[str | None, str]
"""The run to look at, and what to say."""


def actions_of(end: End) -> Actions:
    """What the stage may be told to do. Raises Refusal where the page only reads."""
    if end.actions is None:
        raise Refusal(403, f"this page only reads {end.name}")
    return end.actions


def _start(end: End, given: Mapping[str, Any]) -> Done:
    begun = actions_of(end).start(given["workflow"], given.get("input") or {}, str(given.get("name") or ""))
    word = "started" if begun.started else "was there before, with the same input"
    return begun.run, f"run {begun.run} {word}"


def _stop(end: End, given: Mapping[str, Any]) -> Done:
    record = actions_of(end).stop(given["run"], "Stopped from the page.")
    return record.id, f"run {record.id} stops"


def _redrive(end: End, given: Mapping[str, Any]) -> Done:
    record = actions_of(end).redrive(given["run"])
    return record.id, f"run {record.id} goes on"


def _resume(end: End, given: Mapping[str, Any]) -> Done:
    begun, _ = actions_of(end).resume(given["run"], given.get("step") or None)
    return begun.run, f"run {begun.run} goes on with {given['run']}"


def _backfill(end: End, given: Mapping[str, Any]) -> Done:
    """In a thread of its own: whoever asked sees the runs come, in the grid."""
    missing = slots_of(end, given)[1]
    concurrency = int(given.get("concurrency") or 1)

    def work() -> None:
        for outcome in backfill(end.runs, actions_of(end), missing, concurrency=concurrency):
            if outcome.detail:
                with end.lock:
                    end.cache.setdefault("refused", {})[outcome.slot.run] = outcome.detail

    threading.Thread(target=work, name="ladle-backfill", daemon=True).start()
    return None, f"{len(missing)} {'run is' if len(missing) == 1 else 'runs are'} being started"


_DOERS: Final[Mapping[str, Callable[[End, Mapping[str, Any]], Done]]] = {
    "start": _start,
    "stop": _stop,
    "redrive": _redrive,
    "resume": _resume,
    "backfill": _backfill,
}
