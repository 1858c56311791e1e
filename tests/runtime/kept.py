"""A place for documents in memory, as exact as the real ones about versions."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import Any


class MemoryKept:
    """A `Kept` whose documents pass through JSON, as they do everywhere."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[str, int]] = {}
        self.writes = 0
        self._lock = threading.Lock()

    def read(self, name: str) -> tuple[Mapping[str, Any] | None, int]:
        text, version = self.documents.get(name, (None, 0))
        return (None if text is None else json.loads(text)), version

    def write(self, name: str, document: Mapping[str, Any], version: int, seconds: float) -> bool:
        assert seconds > 0
        text = json.dumps(document)
        with self._lock:
            if self.documents.get(name, (None, 0))[1] != version:
                return False
            self.documents[name] = (text, version + 1)
            self.writes += 1
            return True

    def now(self) -> float:
        return time.time()
