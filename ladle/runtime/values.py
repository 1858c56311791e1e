"""Values too large for a state machine: stored in the project's bucket, with a reference in their place.

A payload between states holds 256 KiB, a Lambda function's answer 6 MB (Step Functions and Lambda quotas). A
result that is larger than is sensible to carry is written to S3 as one JSON document, and what travels is
its *cut*: the same value, in which parts that no expression of the workflow reads are references. What is
read stays where expressions look for it; the machine tells with each call (the envelope's `keep`, worked out
by the compiler). A task that is given a reference gets the value back before its arguments are checked.

A reference is an object with one reserved key, beside the fields that were kept:

    {"ladle:stored": "s3://bucket/dev/values/daily_delays/2013-01-01-7f3a41/9c1…e2.json#1024-4096-5be0…"}

A list that is worked off in batches (`each(…, batch=1000)`) has such a reference for each batch in a second
reserved key, `ladle:joined`, and so has the list of what the batches gave. Its parts are references, or lists
as they are.

The key names the lineage (the root run, which owns the value and whose nested runs may read it) and the
SHA-256 of the whole document. The fragment, where there is one, says which bytes are meant and what their
digest is, so that an item of a large list is read by itself. What does not fit its digest, or belongs to
another lineage, is refused. Objects are removed by a lifecycle rule of the bucket, never by a run: a redrive
needs them.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from typing import Any, Final

from ladle.errors import LadleError
from ladle.runtime.aws import client, refusals
from ladle.runtime.envelope import Envelope
from ladle.value import Value

__all__ = ["LARGEST_INLINE", "STORED", "VALUES_VARIABLE", "carried", "given", "lineage_of"]

VALUES_VARIABLE: Final = "LADLE_VALUES"
"""The environment variable with the place of stored values, `s3://bucket/prefix`; without it, none are."""

STORED: Final = "ladle:stored"
"""The key of a reference; no value of a task may have it."""

JOINED: Final = "ladle:joined"
"""The key of a list in parts, which together are the list; no value of a task may have it."""

ITEMS: Final = "*"
BATCHES: Final = "#"
"""What a keep says of a list: what to keep of its items, and the size of the batches that it is worked off in
(`ladle.compiler.plan.demand`)."""

INLINE: Final = 32 * 1024
INLINE_ITEM: Final = 2 * 1024
"""Bytes of JSON up to which a result is carried as it is. The results of all iterations of a Map make one
payload, so those are kept smaller: a hundred of them fit."""

LARGEST_INLINE: Final = 240 * 1024
"""Bytes that a cut may have. The quota is 256 KiB for all that a state passes on; the rest is for the other
fields of what `lambda:invoke` gives."""

SMALL: Final = 256
"""Bytes below which a part is not worth a reference, which has about 200."""

PIECE_DIGITS: Final = 16
"""Hexadecimal digits of the digest of a part. The whole document's has all 64."""


class Place(Value):
    """Where the values of a stage are."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, text: str) -> Place:
        """Read `s3://bucket/prefix`; raises LadleError."""
        bucket, _, prefix = text.removeprefix("s3://").partition("/")
        if not text.startswith("s3://") or not bucket or not prefix:
            raise LadleError(f"{VALUES_VARIABLE} is {text!r}, and must be s3://bucket/prefix")
        return cls(bucket, prefix.strip("/"))


def lineage_of(root: str) -> str:
    """The lineage that a root run's ARN stands for: its machine and its name.

    >>> lineage_of("arn:aws:states:eu-central-1:123456789012:execution:daily_delays:2013-01-01-7f3a41")
    'daily_delays/2013-01-01-7f3a41'
    """
    return "/".join(root.split(":")[6:8])


def carried(result: Any, envelope: Envelope) -> Any:
    """What travels in place of a task's result (JSON): the result itself, or, of a large one, its cut.

    The whole is stored before. Raises LadleError for a result that is too large even so.
    """
    place = os.environ.get(VALUES_VARIABLE)
    if place is None or envelope.keep is None or envelope.keep is True or not envelope.root:
        return result
    writer = _Writer()
    cut = writer.value(result, envelope.keep)
    if writer.size <= _inline(envelope):
        return result
    document = b"".join(writer.parts)
    digest = _sha256(document)
    where = Place.of(place)
    key = f"{where.prefix}/{lineage_of(envelope.root)}/{digest}.json"
    small = cut.value(f"s3://{where.bucket}/{key}")
    size = len(_json(small))
    if size > LARGEST_INLINE:
        raise LadleError(
            f"the result has {writer.size:,} bytes as JSON, and the part of it that the workflow itself reads"
            f" has {size:,} of the {LARGEST_INLINE:,} that a state can pass on: read less of it there,"
            " or map over it in batches, with each(…, batch=1000)"
        )
    _put(where.bucket, key, document)
    return small


def _inline(envelope: Envelope) -> int:
    """Bytes up to which the result of a call is carried as it is: batches are many, and have many results."""
    if envelope.each is not None:
        return SMALL
    return INLINE if envelope.item is None else INLINE_ITEM


def given(arguments: Any, envelope: Envelope) -> Any:
    """The arguments of a call (JSON) with every reference replaced by the value that it stands for.

    Raises LadleError for a reference that is of another lineage, or whose object is gone or was changed.
    """
    if not any(_references(arguments)):
        return arguments
    return _restored(arguments, envelope)


# ------------------------------------------------------------------------------------------------ writing


class _Writer:
    """Writes JSON and remembers which bytes are whose, down to where the parts are no longer told apart."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, data: bytes) -> None:
        self.parts.append(data)
        self.size += len(data)

    def value(self, value: Any, keep: Any) -> _Cut:
        """Write a value, and give what of it is kept."""
        first, begin = len(self.parts), self.size
        inner: dict[str, _Cut] | list[_Cut] | None = None
        if isinstance(keep, dict) and keep and isinstance(value, dict):
            inner = {}
            for name, one in value.items():
                self.add(b"," if inner else b"{")
                self.add(_json(name) + b":")
                inner[name] = self.value(one, keep.get(name, {}))
            self.add(b"}" if inner else b"{}")
        elif isinstance(keep, dict) and ITEMS in keep and isinstance(value, list):
            inner = []
            for one in value:
                self.add(b"," if inner else b"[")
                inner.append(self.value(one, keep[ITEMS]))
            self.add(b"]" if inner else b"[]")
        elif isinstance(keep, dict) and BATCHES in keep and isinstance(value, list):
            inner, size = [], int(keep[BATCHES])
            for at in range(0, len(value), size):
                self.add(b"," if inner else b"[")
                inner.append(self._batch(value[at : at + size]))
            self.add(b"]" if inner else b"[]")
        else:
            self.add(_json(value))
        return _Cut(self, first, begin, value, keep, inner)

    def _batch(self, items: list[Any]) -> _Cut:
        """Write items of a list, without its brackets."""
        first, begin = len(self.parts), self.size
        self.add(_json(items)[1:-1])
        return _Cut(self, first, begin, items, {}, None, bare=True)


class _Cut:
    """One part of a written document, just written: its pieces, its bytes, the value, and the parts within.

    `bare`: it is items of a list, whose brackets are not among its bytes. There is one for each item of a
    large list, so these are small objects.
    """

    __slots__ = ("bare", "begin", "end", "first", "inner", "keep", "last", "whole", "writer")

    def __init__(
        self,
        writer: _Writer,
        first: int,
        begin: int,
        whole: Any,
        keep: Any,
        inner: dict[str, _Cut] | list[_Cut] | None,
        bare: bool = False,
    ) -> None:
        self.writer = writer
        self.first, self.last = first, len(writer.parts)
        self.begin, self.end = begin, writer.size
        self.whole = whole
        self.keep = keep
        self.inner = inner
        self.bare = bare

    def value(self, document: str, top: bool = True) -> Any:
        """What travels: `document` is the address of the whole."""
        if self.keep is True or self.end - self.begin <= SMALL:
            return self.whole
        if isinstance(self.inner, list) and ITEMS in self.keep:
            return [one.value(document, False) for one in self.inner]
        reference: dict[str, Any] = {STORED: document if top else f"{document}#{self._fragment()}"}
        if isinstance(self.inner, list):
            reference[JOINED] = [one.value(document, False) for one in self.inner]
        if isinstance(self.inner, dict):
            for name, one in self.inner.items():
                if name in self.keep:
                    reference[name] = one.value(document, False)
        return reference

    def _fragment(self) -> str:
        digest = _sha256(*self.writer.parts[self.first : self.last])
        return f"{self.begin}-{self.end}-{digest[:PIECE_DIGITS]}" + ("-items" if self.bare else "")


def _sha256(*parts: bytes) -> str:
    import hashlib  # loads OpenSSL: only calls with something to store pay for it

    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _put(bucket: str, key: str, document: bytes) -> None:
    """Store a document. The same one twice is the same object: its key is its digest."""
    try:
        client("s3").put_object(Bucket=bucket, Key=key, Body=document, ContentType="application/json")
    except refusals() as error:
        raise LadleError(
            f"the result ({len(document):,} bytes) cannot be stored in s3://{bucket}: {error}"
        ) from error


# ------------------------------------------------------------------------------------------------ reading


def _references(value: Any) -> Iterator[bool]:
    if isinstance(value, dict):
        if STORED in value or JOINED in value:
            yield True
        for one in value.values():
            if isinstance(one, dict | list):
                yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, dict | list):
                yield from _references(one)


def _restored(value: Any, envelope: Envelope) -> Any:
    if isinstance(value, dict):
        if STORED in value:
            return _read(value[STORED], envelope)
        if JOINED in value:
            return [item for part in value[JOINED] for item in _restored(part, envelope)]
        return {name: _restored(one, envelope) for name, one in value.items()}
    return [_restored(one, envelope) for one in value] if isinstance(value, list) else value


def _read(address: Any, envelope: Envelope) -> Any:
    if VALUES_VARIABLE not in os.environ:
        raise LadleError(
            f"a stored value was given to a function that may read none ({VALUES_VARIABLE} is not set):"
            " the machine and the functions were not deployed together, so deploy again"
        )
    where = Place.of(os.environ[VALUES_VARIABLE])
    document, _, fragment = str(address).partition("#")
    inside = f"s3://{where.bucket}/{where.prefix}/"
    if not document.startswith(inside):
        raise LadleError(f"the stored value {address!r} is not in {inside}, where this stage's values are")
    lineage, _, name = document.removeprefix(inside).rpartition("/")
    if lineage != lineage_of(envelope.root) and lineage not in envelope.lineages:
        raise LadleError(
            f"the stored value {document} belongs to the run {lineage}, and was given to a task of"
            f" {lineage_of(envelope.root)}: a run reads only values of its own"
        )
    key = f"{where.prefix}/{lineage}/{name}"
    if not fragment:
        return json.loads(_document(where.bucket, key, "", name.removesuffix(".json")))
    begin, end, digest, *bare = fragment.split("-")
    body = _document(where.bucket, key, f"bytes={begin}-{int(end) - 1}", digest)
    return json.loads(b"[%b]" % body if bare else body)


@functools.lru_cache(maxsize=2)
def _document(bucket: str, key: str, part: str, digest: str) -> bytes:
    """The bytes of a stored document, or of a part of it; those last read are kept, for a Map's next item."""
    wanted = {"Range": part} if part else {}
    try:
        body: bytes = client("s3").get_object(Bucket=bucket, Key=key, **wanted)["Body"].read()
    except refusals() as error:
        raise LadleError(
            f"the stored value s3://{bucket}/{key} cannot be read (values are removed some weeks after their"
            f" run): {error}"
        ) from error
    if not _sha256(body).startswith(digest):
        raise LadleError(
            f"the stored value s3://{bucket}/{key} was changed since it was written: it is not used"
        )
    return body
