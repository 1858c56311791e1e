"""An uploaded picture: what it is, what is on it, a thumbnail, and all that kept."""

from dataclasses import dataclass

from ladle import task, workflow


class NotAnImage(Exception): ...


class NotSupported(Exception): ...


@dataclass(frozen=True)
class Metadata:
    format: str
    width: int


@task
def extract_metadata(bucket: str, key: str) -> Metadata: ...


@task
def transform_metadata(metadata: Metadata) -> str: ...


@task
def detect_labels(bucket: str, key: str) -> list[str]: ...


@task
def make_thumbnail(bucket: str, key: str, metadata: Metadata) -> str: ...


@task(step=True)
def persist(key: str, kept: str, labels: list[str], thumbnail: str) -> str: ...


@workflow
def image_recognition(bucket: str, key: str) -> str:
    try:
        metadata = extract_metadata(bucket, key)
    except NotAnImage:
        raise NotSupported("not an image") from None
    if metadata.format not in ("JPEG", "PNG"):
        raise NotSupported("not a format that is supported")
    kept = transform_metadata(metadata)
    labels = detect_labels(bucket, key)
    thumbnail = make_thumbnail(bucket, key, metadata)
    return persist(key, kept, labels, thumbnail)
