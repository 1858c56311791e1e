"""Stored values in memory: every part of every result that may travel as a reference does."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ladle.runtime import values

__all__ = ["Objects", "everything_stored", "stored"]


class Objects:
    """What the S3 client does for stored values. `objects` maps keys to bytes."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.reads: list[tuple[str, str]] = []

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803 - boto3's names
        self.objects[Key] = Body

    def get_object(self, *, Key: str, Range: str = "", **_: Any) -> dict[str, Any]:  # noqa: N803 - as boto3
        self.reads.append((Key, Range))
        body = self.objects[Key]
        if Range:
            first, last = map(int, Range.removeprefix("bytes=").split("-"))
            body = body[first : last + 1]
        return {"Body": io.BytesIO(body)}


@contextmanager
def stored() -> Iterator[Objects]:
    """A place for stored values in memory."""
    objects = Objects()
    values._document.cache_clear()
    with (
        patch.object(values, "client", lambda _: objects),
        patch.dict(os.environ, {values.VALUES_VARIABLE: "s3://values/test"}),
    ):
        yield objects


@contextmanager
def everything_stored() -> Iterator[Objects]:
    """As `stored`, and nothing is too small for it."""
    with stored() as objects, patch.multiple(values, INLINE=-1, INLINE_ITEM=-1, SMALL=-1):
        yield objects
