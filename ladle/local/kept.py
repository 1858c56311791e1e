"""Where local runs keep results of idempotent tasks, and who has a place in a pool: the store of runs."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ladle.local.store import Store

__all__ = ["LocalKept"]


class LocalKept:
    """A `ladle.runtime.kept.Kept` in the store of runs.

    `now` gives the time of the run's clock. The calls of one session share pools, those of another process do
    not: a process that was killed would keep its places, and the clock of a run skips the time in which they
    would run out.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._store = store
        self.now = now
        self._session = uuid.uuid4().hex

    def read(self, name: str) -> tuple[Mapping[str, Any] | None, int]:
        """See `Kept`."""
        text, version = self._store.document(self._own(name))
        return (None if text is None else json.loads(text)), version

    def write(self, name: str, document: Mapping[str, Any], version: int, seconds: float) -> bool:
        """See `Kept`."""
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        return self._store.keep_document(self._own(name), text, version, time.time() + seconds)

    def close(self) -> None:
        """Remove what only this session needed, and what has expired."""
        self._store.drop_documents(f"/{self._session}", time.time())

    def _own(self, name: str) -> str:
        return f"{name}/{self._session}" if name.startswith("pool/") else name
