"""The rows of a CSV file in batches: one invocation of the task's function for each batch."""

from typing import TypedDict

import boto3
from ladle import each, s3, task, workflow

NO_MOTO = "its interpreter batches no items"


class Row(TypedDict):
    carrier: str
    minutes: str


def setup() -> None:
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="landing")
    client.put_object(
        Bucket="landing", Key="a.csv", Body=b"carrier,minutes,gate\nAA,1,A1\nBB,2,A2\nCC,x,B1\n"
    )
    client.put_object(Bucket="landing", Key="b.csv", Body=b"AA|10\nBB|20\nCC|30\n")


@task
def minutes(row: Row, factor: int) -> int:
    return int(row["minutes"]) * factor


@workflow
def main(key: str, factor: int) -> int:
    try:
        if key == "b.csv":
            rows = s3_rows(key, factor)
        else:
            rows = [minutes(row, factor) for row in each(s3.csv("landing", key, Row), batch=2)]
    except Exception:
        return -1
    return sum(rows)


def s3_rows(key: str, factor: int) -> list[int]:
    return [
        minutes(row, factor)
        for row in each(
            s3.csv("landing", key, Row, headers=["carrier", "minutes"], delimiter="|", limit=2),
            batch=2,
            concurrency=1,
        )
    ]
