"""A batch job runs, and its end is told, good or bad."""

from ladle import task, workflow


class JobFailed(Exception): ...


@task
def run_job(name: str) -> str: ...


@task
def notify(text: str) -> None: ...


@workflow
def batch_notify(name: str) -> str:
    try:
        job = run_job(name)
    except JobFailed:
        notify("the job failed")
        return "failed"
    notify("the job succeeded")
    return job
