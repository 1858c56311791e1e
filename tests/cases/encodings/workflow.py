"""Bytes between two tasks: hashes, and base64 both ways."""

import base64
import hashlib
from hashlib import md5

from ladle import task, workflow

SALT = b"pepper"


@task
def store(key: str, digest: str) -> str:
    return f"{key}:{digest}"


@task
def fetch(token: str) -> str:
    return base64.b64encode(token.encode()).decode()


@workflow
def encodings(bucket: str, key: str) -> list[str]:
    data = f"{bucket}/{key}".encode()
    digest = hashlib.sha256(data).hexdigest()
    stored = store(key, digest[:12])
    sent = fetch(base64.urlsafe_b64encode(bucket.encode("utf-8")).decode())
    got = base64.b64decode(sent).decode("utf-8")
    short = md5(key.encode(), usedforsecurity=False).hexdigest()
    salted = hashlib.sha1(SALT).hexdigest()
    same = "same" if data == f"{bucket}/{key}".encode() else "other"
    return [stored, got, short, salted, data.decode(), hashlib.sha512(b"").hexdigest()[-4:], same]
