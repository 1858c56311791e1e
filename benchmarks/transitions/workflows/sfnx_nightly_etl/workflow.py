"""A job writes rows, a query counts them; a job that fails for good is told, and the run fails."""

from ladle import task, workflow


class JobFailed(Exception): ...


@task
def run_job(day: str) -> str: ...


@task
def post(text: str) -> None: ...


@task
def start_query(day: str) -> str: ...


@task
def count_rows(query: str) -> int: ...


@workflow
def sfnx_nightly_etl(day: str) -> dict[str, int]:
    try:
        run_job(day)
    except JobFailed:
        post(f"the job failed for {day}")
        raise
    query = start_query(day)
    rows = count_rows(query)
    return {"rows": rows}
