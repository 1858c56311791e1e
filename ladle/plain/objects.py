"""What a workflow that runs as plain Python reads from S3 and writes there, as distributed Maps do."""

from __future__ import annotations

import json
import uuid
from typing import Any

from ladle.declare.integrations import arrived
from ladle.declare.objects import Rows, Written
from ladle.errors import LadleError
from ladle.wire import AnyShape, RecordShape, WireError, decode, encode, shape_of

__all__ = ["read_rows", "write_results"]


def read_rows(rows: Rows[Any]) -> list[Any]:
    """The items. Raises the error that the Map would fail with, and LadleError for one of another type."""
    from ladle.local.aws import CallFailed, read_objects

    listing = rows.kind == "objects"
    arguments = {"Bucket": rows.bucket, ("Prefix" if listing else "Key"): rows.key}
    try:
        found = read_objects("listObjectsV2" if listing else "getObject", arguments, rows.config)
    except CallFailed as failure:
        raise arrived(failure.error)(str(failure)) from None
    shape = shape_of(rows.item)
    if rows.kind == "csv" and isinstance(shape, RecordShape):  # of a file's columns, those that are declared
        names = [field.name for field in shape.fields]
        found = [{name: each[name] for name in names if name in each} for each in found]
    try:
        return [decode(each, shape, f"s3.{rows.kind}()[{at}]") for at, each in enumerate(found)]
    except WireError as error:
        raise LadleError(str(error)) from None


def write_results(results: list[Any], bucket: str, prefix: str) -> Written:
    """Writes results as one file and the manifest that names it."""
    from ladle.local.aws import CallFailed, write_object

    name = str(uuid.uuid4())
    folder = f"{prefix.rstrip('/')}/{name}" if prefix.rstrip("/") else name
    text = _text([_json(each) for each in results])
    key = f"{folder}/SUCCEEDED_0.json"
    files: dict[str, list[Any]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    try:
        if results:
            write_object(bucket, key, text)
            files["SUCCEEDED"].append({"Key": key, "Size": len(text.encode())})
        manifest = {"DestinationBucket": bucket, "MapRunArn": f"plain:{name}", "ResultFiles": files}
        write_object(bucket, f"{folder}/manifest.json", _text(manifest))
    except CallFailed as failure:
        raise arrived(failure.error)(str(failure)) from None
    return Written(bucket, f"{folder}/manifest.json")


def _json(value: Any) -> Any:
    """A result as JSON; a value of a class goes through the shape of its class."""
    plain = isinstance(value, dict | list | str | int | float | bool | None)
    return encode(value, AnyShape() if plain else shape_of(type(value)))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
