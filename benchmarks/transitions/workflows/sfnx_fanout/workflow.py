"""The photos of an album are resized, four at a time; then two things are done at once."""

from ladle import each, task, workflow


@task
def resize(source: str, target: str) -> str: ...


@task
def notify(text: str) -> str: ...


@task
def index(album: str, photos: list[str]) -> str: ...


@workflow
def sfnx_fanout(album: str, photos: list[str]) -> list[str]:
    resized = [resize(photo, f"{album}/{at}.jpg") for at, photo in each(enumerate(photos), concurrency=4)]
    notice = notify(f"{len(resized)} photos of {album} are ready")
    entry = index(album, resized)
    return [album, entry, notice]
