"""Reading and writing S3, as the tasks need it."""

from __future__ import annotations

import csv
import io
import os
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.models import NotDelivered


def reference_bucket() -> str:
    return os.environ["REFERENCE_BUCKET"]


def landing_bucket() -> str:
    return os.environ["LANDING_BUCKET"]


def reports_bucket() -> str:
    return os.environ["REPORTS_BUCKET"]


@cache
def s3() -> Any:
    """One client for all calls of a process: making one takes longer than most calls."""
    return boto3.client("s3")


def read_text(bucket: str, key: str) -> str:
    """The object's text.

    Raises NotDelivered when there is no such object, so that a workflow can wait for it.
    """
    try:
        body: bytes = s3().get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            raise NotDelivered(f"s3://{bucket}/{key} is not there") from error
        raise
    return body.decode("utf-8")


def exists(bucket: str, key: str) -> bool:
    try:
        s3().head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            return False
        raise
    return True


def write_text(bucket: str, key: str, text: str, content_type: str) -> str:
    """Stores the text and returns its `s3://` address."""
    s3().put_object(Bucket=bucket, Key=key, Body=text.encode("utf-8"), ContentType=content_type)
    return f"s3://{bucket}/{key}"


def read_rows(bucket: str, key: str) -> list[dict[str, str]]:
    """The rows of a CSV object, by column name."""
    return list(csv.DictReader(io.StringIO(read_text(bucket, key))))
