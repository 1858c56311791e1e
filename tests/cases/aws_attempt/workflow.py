"""Calls of a service whose failures are values."""

import boto3
from ladle import Failed, attempt, aws, workflow

NO_MOTO = "its errors of SDK integrations have another prefix (`s3.`)"


def setup() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="landing")
    s3.put_object(Bucket="landing", Key="a", Body=b"12345")


@workflow
def main(keys: list[str]) -> list[str]:
    found = [attempt(aws.s3.get_object, Bucket="landing", Key=key) for key in keys]
    return [each.error if isinstance(each, Failed) else each["Body"] for each in found]
