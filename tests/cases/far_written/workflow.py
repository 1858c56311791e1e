"""Results that are written to S3 instead of given back."""

import json
from typing import Any

import boto3
from ladle import Written, each, s3, task, workflow

NO_MOTO = "its interpreter writes no results"


def setup() -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="reports")


@task
def double(number: int) -> int:
    return 2 * number


@task
def read_back(written: Written) -> list[int]:
    """The numbers that the manifest leads to. (The test looks at what came back, not at the key.)"""
    client = boto3.client("s3", region_name="us-east-1")

    def parsed(key: str) -> Any:
        return json.loads(client.get_object(Bucket=written.bucket, Key=key)["Body"].read())

    files: list[dict[str, str]] = parsed(written.key)["ResultFiles"]["SUCCEEDED"]
    numbers: list[int] = [number for file in files for number in parsed(file["Key"])]
    return sorted(numbers)


@workflow
def main(numbers: list[int], prefix: str) -> list[int]:
    written = s3.write(
        [double(number) for number in each(numbers, distributed=True)], "reports", f"{prefix}/doubled"
    )
    return read_back(written)
