"""ResultWriter: what a distributed Map gives as its result, and what it writes to S3.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ladle.engine import expressions
from ladle.engine.history import json_text
from ladle.engine.nested import describe
from ladle.engine.protocols import ObjectMissing, ObjectStore
from ladle.engine.scope import JSON

if TYPE_CHECKING:
    from ladle.engine.execution import Execution
    from ladle.engine.states.map_run import MapRun
    from ladle.engine.strand import Strand

__all__ = ["ResultWriterFailed", "build_writer"]


class ResultWriterFailed(Exception):
    """Results cannot be written: States.ResultWriterFailed, with the cause as message."""


def build_writer(definition: dict[str, Any], language: str) -> Callable[[Strand, MapRun], JSON]:
    """From a Map Run that has ended to the Map state's result.

    Without a ResultWriter that is the list of the children's outputs; with one, where the results were put.
    """
    writer = definition.get("ResultWriter")
    if not writer:
        return lambda _s, run: [child.output for child in run.children if child.status == "SUCCEEDED"]
    config: dict[str, JSON] = writer.get("WriterConfig", {})
    transformation = config.get("Transformation", "NONE")
    if "Resource" not in writer:
        return lambda _s, run: _transformed(run.children, str(transformation))
    where = _where(writer, language)

    def write(s: Strand, run: MapRun) -> JSON:
        s.document = s.input
        target = where(s)
        store = s.execution.engine.store
        if store is None:
            raise ResultWriterFailed(
                "No object store is attached to the engine: nothing can be written to S3."
            )
        try:
            key = _write(store, target, run, config)
        except ObjectMissing as error:
            raise ResultWriterFailed(str(error)) from error
        return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": target["Bucket"], "Key": key}}

    return write


def _where(writer: dict[str, Any], language: str) -> Callable[[Strand], JSON]:
    if language == "JSONata":
        return expressions.jsonata_template(writer.get("Arguments", {}), "ResultWriter/Arguments")
    return expressions.jsonpath_template(writer.get("Parameters", {}), "ResultWriter/Parameters")


def _transformed(children: list[Execution], transformation: str) -> list[JSON]:
    """The records of children in the form that WriterConfig asks for."""
    if transformation == "NONE":
        return [describe(child, decoded=False) for child in children]
    outputs = [child.output for child in children if child.status == "SUCCEEDED"]
    if transformation == "FLATTEN":
        return [item for output in outputs for item in (output if isinstance(output, list) else [output])]
    return outputs


def _write(store: ObjectStore, target: dict[str, JSON], run: MapRun, config: dict[str, JSON]) -> str:
    """Write one file a status and the manifest that names them; the manifest's key."""
    bucket = str(target["Bucket"])
    prefix = str(target.get("Prefix") or "").rstrip("/")
    folder = f"{prefix}/{run.uuid}" if prefix else run.uuid
    transformation = str(config.get("Transformation", "NONE"))
    lines = config.get("OutputType") == "JSONL"
    files: dict[str, list[JSON]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    groups = {
        "SUCCEEDED": [child for child in run.children if child.status == "SUCCEEDED"],
        "FAILED": [child for child in run.children if child.status in ("FAILED", "TIMED_OUT", "ABORTED")],
    }
    for status, children in groups.items():
        if not children:
            continue
        records = _transformed(children, transformation if status == "SUCCEEDED" else "NONE")
        text = "\n".join(map(json_text, records)) if lines else json_text(records)
        body = text.encode("utf-8", "surrogatepass")
        key = f"{folder}/{status}_0.{'jsonl' if lines else 'json'}"
        store.put(bucket, key, body)
        files[status].append({"Key": key, "Size": len(body)})
    manifest = {"DestinationBucket": bucket, "MapRunArn": run.arn, "ResultFiles": files}
    key = f"{folder}/manifest.json"
    store.put(bucket, key, json_text(manifest).encode())
    return key
