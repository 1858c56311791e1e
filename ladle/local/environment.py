"""Environment variables in local runs: the stage's for everybody, and each task's own for its calls alone.

On AWS every task has a process of its own, here all share one. So `os.environ` reads through a layer that
knows which call asks, as `capture` knows who prints. Child processes and C libraries see the shared part.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

__all__ = ["layered", "shared"]


@contextmanager
def shared(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the whole process, and take them back."""
    with patch.dict(os.environ, variables):
        yield


@contextmanager
def layered(own: Callable[[], Mapping[str, str] | None]) -> Iterator[None]:
    """Let `os.environ` and `os.getenv` read the variables that `own()` gives first, where it gives some."""
    below = os.environ._data  # type: ignore[attr-defined]  # no public way; a test holds it
    os.environ._data = _Layered(below, own)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        os.environ._data = below  # type: ignore[attr-defined]


class _Layered(dict[Any, Any]):
    """The dict of encoded names and values inside `os.environ`, with a layer above. Writes go below."""

    def __init__(self, below: dict[Any, Any], own: Callable[[], Mapping[str, str] | None]) -> None:
        super().__init__()
        self._below = below
        self._own = own

    def _layer(self) -> dict[Any, Any]:
        key, value = os.environ.encodekey, os.environ.encodevalue
        return {key(name): value(text) for name, text in (self._own() or {}).items()}

    def __getitem__(self, name: Any) -> Any:
        own = self._own()
        if own:
            layer = self._layer()
            if name in layer:
                return layer[name]
        return self._below[name]

    def __setitem__(self, name: Any, value: Any) -> None:
        self._below[name] = value

    def __delitem__(self, name: Any) -> None:
        del self._below[name]

    def __iter__(self) -> Iterator[Any]:
        return iter({**self._below, **self._layer()})

    def __len__(self) -> int:
        return len({**self._below, **self._layer()})

    def __contains__(self, name: object) -> bool:
        return name in self._below or name in self._layer()
