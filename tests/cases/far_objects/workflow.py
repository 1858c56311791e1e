"""The objects under a prefix, each in a run of its own, which knows the run it belongs to."""

import boto3
from ladle import run, s3, task, workflow

NO_MOTO = "its interpreter reads no listing"


def setup() -> None:
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="landing")
    for key in ("flights/1.csv", "flights/2.csv", "weather/1.csv"):
        client.put_object(Bucket="landing", Key=key, Body=key.encode())


@task
def load(bucket: str, key: str, size: int, day: str, same: bool) -> str:
    return f"{bucket}/{key} {size} {day} {same}"


@task
def today(text: str) -> str:
    return text.upper()


@workflow
def main(bucket: str, prefix: str, word: str) -> list[str]:
    day = today(word)
    name = run.name
    return [
        load(bucket, each["Key"], each["Size"] + 1, day, run.name == name)
        for each in s3.objects(bucket, prefix)
        if each["Key"] != "flights/3.csv"
    ]
