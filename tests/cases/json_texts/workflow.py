"""JSON texts of what lies between two tasks: messages, keys, hashes of parameters."""

import base64
import hashlib
import json
from typing import TypedDict

from ladle import task, workflow


class Row(TypedDict):
    name: str
    minutes: float
    note: str | None


@task
def measure(name: str) -> Row:
    return {"name": name, "minutes": len(name) / 3, "note": None if name else "no name"}


@task
def send(message: str) -> str:
    return message


@workflow
def json_texts(name: str, counts: dict[str, int], tags: list[str], late: bool) -> list[str]:
    row = measure(name)
    message = json.dumps({"name": name, "late": late, "rows": [row["minutes"], 1, 0.5], "note": row["note"]})
    sent = send(message)
    compact = json.dumps({"tags": tags, "b": {}, "a": []}, separators=(",", ":"), ensure_ascii=False)
    ordered = json.dumps(counts, sort_keys=True)
    rows = json.dumps([row, row], sort_keys=True, separators=(",", ":"))
    key = hashlib.sha256(json.dumps([name, tags], ensure_ascii=False).encode()).hexdigest()[:8]
    token = base64.b64encode(json.dumps({"name": name, "n": len(tags)}).encode()).decode()
    return [sent, compact, ordered, rows, key, token, json.dumps(None), json.dumps("é"), json.dumps(tags)]
