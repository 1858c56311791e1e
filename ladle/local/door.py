"""The door of a run: input is checked in full against the workflow's parameters before anything runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ladle import wire
from ladle.declare import S3Upload, Workflow
from ladle.errors import LadleError
from ladle.project import Stage
from ladle.runtime.inputs import checked

__all__ = ["S3Object", "check_input", "fill_from_upload", "input_from_words"]


@dataclass(frozen=True, slots=True)
class S3Object:
    """What an upload event offers."""

    bucket: str
    key: str
    size: int
    etag: str
    version_id: str | None


def check_input(workflow: Workflow[..., Any], given: Any) -> dict[str, Any]:
    """The input as the machine gets it: every parameter, defaults filled in, values in their one JSON form.

    Raises `LadleError` that names the workflow and each field that is wrong, missing or unknown, and
    `DiagnosticError` for a workflow whose declaration has problems.
    """
    return checked(workflow.name, workflow.door.parameters, given)


def input_from_words(workflow: Workflow[..., Any], words: Iterable[str]) -> dict[str, Any]:
    """Input from `name=value` words. Values are JSON, but a parameter that takes text takes it as it stands.

    Raises `LadleError` for a word without `=` and for a value that is neither.
    """
    shapes = {parameter.name: parameter.shape for parameter in workflow.door.parameters}
    found: dict[str, Any] = {}
    for word in words:
        name, sign, text = word.partition("=")
        if not sign:
            raise LadleError(f"{word!r} is not an argument: write name=value, as in {_example(shapes)}")
        found[name] = _value(text, shapes.get(name))
    return found


def fill_from_upload(
    workflow: Workflow[..., Any], found: S3Object, stage: Stage, more: Mapping[str, Any]
) -> dict[str, Any]:
    """The input that an uploaded object gives a workflow, and the rest from `more`.

    Raises `LadleError` when the workflow has no upload trigger, or none that this object fires.
    """
    triggers = [t for t in workflow.triggers if isinstance(t, S3Upload)]
    if not triggers:
        raise LadleError(
            f"{workflow.name} is not started by uploads: give its input with --input or name=value"
        )
    mismatches = [_mismatch(trigger, found, stage) for trigger in triggers]
    if all(mismatches):
        raise LadleError(
            f"s3://{found.bucket}/{found.key} would not start {workflow.name}: "
            + "; ".join(filter(None, mismatches))
        )
    offered = {
        "bucket": found.bucket,
        "key": found.key,
        "size": found.size,
        "etag": found.etag,
        "version_id": found.version_id,
    }
    wanted = {parameter.name for parameter in workflow.door.parameters}
    return {**{name: value for name, value in offered.items() if name in wanted}, **more}


def _mismatch(trigger: S3Upload, found: S3Object, stage: Stage) -> str:
    """Why an object does not fire a trigger; empty when it does."""
    bucket = stage.bucket(trigger.bucket)
    if found.bucket not in (bucket, trigger.bucket):
        return f"it waits for uploads to {bucket}"
    if not found.key.startswith(trigger.prefix):
        return f"the key must begin with {trigger.prefix!r}"
    if not found.key.endswith(trigger.suffix):
        return f"the key must end with {trigger.suffix!r}"
    return ""


def _value(text: str, shape: wire.Shape | None) -> Any:
    if shape is not None and _takes_text(shape):
        return None if text == "null" and isinstance(shape, wire.UnionShape) else text
    try:
        return json.loads(text)
    except ValueError:
        return text  # the check says what was expected


def _takes_text(shape: wire.Shape) -> bool:
    if isinstance(shape, wire.UnionShape):
        return any(_takes_text(o) for o in shape.options) and all(
            _takes_text(o) or isinstance(o, wire.NullShape) for o in shape.options
        )
    return (
        isinstance(shape, (wire.StrShape, wire.DateShape, wire.DateTimeShape))
        or (isinstance(shape, wire.EnumShape) and all(isinstance(value, str) for _, value in shape.members))
        or (isinstance(shape, wire.LiteralShape) and all(isinstance(value, str) for value in shape.values))
    )


def _example(shapes: Mapping[str, wire.Shape]) -> str:
    return f"{next(iter(shapes), 'key')}=…"
