"""The few commands of the AWS command line that the documentation has.

`aws s3 mb`, `aws s3 cp [--recursive]`, `aws sqs create-queue` and the one form of `aws sqs receive-message`
that prints the body of a message.
"""

from __future__ import annotations

import sys
from pathlib import Path

import boto3

BODY = "Messages[0].Body"


def main(arguments: list[str]) -> None:
    """Run one command; anything but those ends with an error."""
    match arguments:
        case ["s3", "mb", bucket]:
            boto3.client("s3").create_bucket(Bucket=_parts(bucket)[0])
        case ["s3", "cp", source, target] if not source.startswith("s3://"):
            bucket, key = _parts(target)
            _put(Path(source), bucket, key + Path(source).name if key.endswith("/") else key)
        case ["s3", "cp", "--recursive", source, target]:
            bucket, key = _parts(target)
            for file in sorted(each for each in Path(source).rglob("*") if each.is_file()):
                _put(file, bucket, f"{key}{file.relative_to(source).as_posix()}")
        case ["sqs", "create-queue", "--queue-name", name]:
            boto3.client("sqs").create_queue(QueueName=name)
        case ["sqs", "receive-message", "--queue-url", url, "--wait-time-seconds", seconds, *form]:
            if form != ["--query", BODY, "--output", "text"]:
                sys.exit(f"not the form of output that is tested: {' '.join(form)}")
            found = boto3.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=int(seconds))
            print(*[each["Body"] for each in found.get("Messages", [{"Body": "None"}])])
        case _:
            sys.exit(f"not among the commands that are tested: aws {' '.join(arguments)}")


def _put(file: Path, bucket: str, key: str) -> None:
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=file.read_bytes())


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


if __name__ == "__main__":
    main(sys.argv[1:])
