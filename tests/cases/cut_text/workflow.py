"""Text cut in parts, filled up, asked what it is."""

from ladle import task, workflow


@task
def store(bucket: str, key: str) -> str:
    return f"{bucket}/{key}"


@workflow
def cut_text(path: str, width: int) -> list[str]:
    bucket, _, key = path.partition("/")
    folder, _, name = key.rpartition("/")
    stem = name.rsplit(".", 1)[0]
    first = path.split("/", 1)[0]
    kind = "number" if stem.isdigit() else "name"
    told = store(bucket, stem.rjust(width, "."))
    return [
        bucket,
        folder,
        name,
        stem,
        first,
        kind,
        told,
        "-" * width,
        stem.replace(name[:1], "_"),
        path[::-1],
    ]
