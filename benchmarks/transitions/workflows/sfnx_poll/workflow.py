"""A transcription is started, and asked for until it has ended, twenty times at most."""

from dataclasses import dataclass

from ladle import sleep, task, workflow


class TranscriptionFailed(Exception): ...


class StillRunning(Exception): ...


@dataclass(frozen=True)
class Job:
    status: str
    text: str


@task
def start(uri: str) -> str: ...


@task
def look(name: str) -> Job: ...


@workflow
def sfnx_poll(uri: str) -> dict[str, str]:
    name = start(uri)
    polls = 0
    while polls < 20:
        sleep(30)
        job = look(name)
        if job.status == "COMPLETED":
            return {"transcript": job.text}
        if job.status == "FAILED":
            raise TranscriptionFailed(job.text)
        polls += 1
    raise StillRunning(f"{name} is still running")
