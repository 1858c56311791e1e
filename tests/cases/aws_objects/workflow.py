"""S3 by the state machine itself: results are read by key, errors are caught by class."""

import boto3
from ladle import aws, workflow

NO_MOTO = "its errors of SDK integrations have another prefix (`s3.`), and times are no JSON there"


def setup() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="landing")
    s3.put_object(Bucket="landing", Key="a.csv", Body=b"1,2,3")
    s3.put_object(Bucket="landing", Key="a.csv.old", Body=b"1")


@workflow
def main(bucket: str, key: str) -> list[str]:
    try:
        found = aws.s3.get_object(Bucket=bucket, Key=key)
    except aws.s3.NoSuchKeyException as error:
        return [type(error).__name__]
    except aws.s3.NoSuchBucketException as error:
        return ["S3", type(error).__name__]
    aws.s3.put_object(
        Bucket=bucket, Key=f"{key}.size", Body=str(found["ContentLength"]), StorageClass="STANDARD"
    )
    size = aws.s3.get_object(Bucket=bucket, Key=f"{key}.size")
    listed = aws.s3.list_objects_v2(Bucket=bucket, Prefix=key)
    return [found["Body"], size["Body"], *[each["Key"] for each in listed.get("Contents", [])]]
