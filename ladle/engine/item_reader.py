"""ItemReader: from an S3 object or listing to the items of a distributed Map.

Formats and their rules: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ladle.engine.history import json_text
from ladle.engine.protocols import ObjectMissing, ObjectStore
from ladle.engine.scope import JSON

__all__ = ["ItemReaderFailed", "read_items"]

DELIMITERS: Final = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
MAX_ITEMS: Final = 100_000_000


class ItemReaderFailed(Exception):
    """Items cannot be read: States.ItemReaderFailed, with the cause as message."""


def read_items(
    store: ObjectStore | None, resource: str, arguments: dict[str, JSON], config: dict[str, JSON]
) -> list[JSON]:
    """Read the items that an ItemReader means.

    `resource` is its Resource, `arguments` its Parameters or Arguments evaluated (Bucket, Key or Prefix),
    `config` its ReaderConfig with paths and expressions evaluated. Raises ItemReaderFailed.
    """
    if store is None:
        raise ItemReaderFailed("No object store is attached to the engine: S3 cannot be read.")
    limit = config.get("MaxItems") or MAX_ITEMS
    try:
        return list(islice(_items(store, resource, arguments, config), int(limit)))
    except ObjectMissing as error:
        raise ItemReaderFailed(str(error)) from error


def _items(
    store: ObjectStore, resource: str, arguments: dict[str, JSON], config: dict[str, JSON]
) -> Iterator[JSON]:
    action = resource.rpartition(":")[2]
    bucket = arguments.get("Bucket")
    if not isinstance(bucket, str):
        raise ItemReaderFailed("ItemReader needs a Bucket.")
    if action == "listObjectsV2":
        listing = iter(store.list(bucket, arguments.get("Prefix", "")))
        if config.get("Transformation") == "LOAD_AND_FLATTEN":
            return _flattened(store, bucket, listing, config)
        return listing
    if action != "getObject":
        raise ItemReaderFailed(f"ItemReader cannot use {resource}.")
    body = store.get(bucket, str(arguments.get("Key")), arguments.get("VersionId"))
    kind = config.get("InputType", "JSON")
    if kind == "MANIFEST":
        return _inventory(store, body)
    return _parsed(_decompressed(body, str(arguments.get("Key"))), str(kind), config)


def _decompressed(body: bytes, key: str) -> bytes:
    if key.endswith(".gz") or body[:2] == b"\x1f\x8b":
        try:
            return gzip.decompress(body)
        except (OSError, EOFError) as error:
            raise ItemReaderFailed(f"The object {key} cannot be decompressed.") from error
    return body


def _parsed(body: bytes, kind: str, config: dict[str, JSON]) -> Iterator[JSON]:
    if kind == "JSON":
        return _json(body, config.get("ItemsPointer"))
    if kind == "JSONL":
        return _lines(body)
    if kind == "CSV":
        return _csv(body, config)
    raise ItemReaderFailed(f"The InputType {kind} is not supported by this engine.")


def _json(body: bytes, pointer: JSON) -> Iterator[JSON]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise ItemReaderFailed("Attempting to map over non-iterable node.") from error
    if pointer:
        for part in str(pointer).strip("/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise ItemReaderFailed(f"The ItemsPointer {pointer} leads to nothing.") from error
    if isinstance(value, list):
        return iter(value)
    raise ItemReaderFailed("Attempting to map over non-iterable node.")


def _lines(body: bytes) -> Iterator[JSON]:
    for line in body.decode("utf-8-sig").splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ItemReaderFailed(f"A line is not JSON: {line[:80]}") from error


def _csv(body: bytes, config: dict[str, JSON]) -> Iterator[JSON]:
    """Rows as objects: values beyond the headers are dropped, missing ones are empty texts."""
    delimiter = DELIMITERS.get(str(config.get("CSVDelimiter", "COMMA")), ",")
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    location = config.get("CSVHeaderLocation")
    if location == "GIVEN":
        headers: list[str] = [str(h) for h in config.get("CSVHeaders", [])]
    else:
        headers = next(rows, [])
    if len(set(headers)) != len(headers):
        raise ItemReaderFailed("CSV headers cannot contain duplicates.")
    width = len(headers)
    for row in rows:
        if row:
            padded = row[:width] + [""] * (width - len(row))
            yield dict(zip(headers, padded, strict=True))


def _inventory(store: ObjectStore, body: bytes) -> Iterator[JSON]:
    """An S3 inventory: a manifest that names gzipped CSV files without headers."""
    try:
        manifest: dict[str, Any] = json.loads(body)
        bucket = str(manifest["destinationBucket"]).rpartition(":")[2]
        headers = [part.strip() for part in str(manifest["fileSchema"]).split(",")]
        keys = [entry["key"] for entry in manifest["files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ItemReaderFailed("The object is not an S3 inventory manifest.") from error
    for key in keys:
        content = _decompressed(store.get(bucket, key), key)
        yield from _csv(content, {"CSVHeaderLocation": "GIVEN", "CSVHeaders": headers})


def _flattened(
    store: ObjectStore, bucket: str, listing: Iterator[dict[str, JSON]], config: dict[str, JSON]
) -> Iterator[JSON]:
    for entry in listing:
        body = store.get(bucket, entry["Key"])
        yield from _parsed(_decompressed(body, entry["Key"]), str(config.get("InputType", "JSON")), config)


def batch_size(value: JSON) -> int:
    """Bytes that a value takes in a batch."""
    return len(json_text(value).encode("utf-8", "surrogatepass"))
