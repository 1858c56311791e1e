"""A job is submitted, and asked for until it has ended."""

from ladle import sleep, task, workflow


class JobFailed(Exception): ...


@task
def submit_job(name: str) -> str: ...


@task
def job_status(job: str) -> str: ...


@task
def job_result(job: str) -> str: ...


@workflow
def job_poller(name: str, seconds: int) -> str:
    job = submit_job(name)
    while True:
        sleep(seconds)
        status = job_status(job)
        if status == "FAILED":
            raise JobFailed("the job failed")
        if status == "SUCCEEDED":
            return job_result(job)
