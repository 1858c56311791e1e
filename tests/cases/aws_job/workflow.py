"""A job that is waited for: the value is the job as it ended."""

import boto3
from ladle import aws, workflow

NO_MOTO = "its interpreter fails while it waits for a job of Glue"


def setup() -> None:
    glue = boto3.client("glue", region_name="us-east-1")
    glue.create_job(Name="nightly", Role="role", Command={"Name": "glueetl"})


@workflow
def main(job: str) -> str:
    try:
        ended = aws.glue.start_job_run(JobName=job, Arguments={"--day": "2013-01-01"}, wait=True)
    except aws.glue.EntityNotFoundException as error:
        return type(error).__name__
    return f"{ended['JobName']} {ended['JobRunState']} {ended.get('ErrorMessage', 'well')}"
