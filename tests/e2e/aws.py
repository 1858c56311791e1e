"""The few commands of the AWS command line that the README has: `aws s3 mb` and `aws s3 cp [--recursive]`."""

from __future__ import annotations

import sys
from pathlib import Path

import boto3


def main(arguments: list[str]) -> None:
    """Run one command; anything but those two ends with an error."""
    s3 = boto3.client("s3")
    match arguments:
        case ["s3", "mb", bucket]:
            s3.create_bucket(Bucket=_parts(bucket)[0])
        case ["s3", "cp", source, target] if not source.startswith("s3://"):
            bucket, key = _parts(target)
            _put(s3, Path(source), bucket, key + Path(source).name if key.endswith("/") else key)
        case ["s3", "cp", "--recursive", source, target]:
            bucket, key = _parts(target)
            for file in sorted(each for each in Path(source).rglob("*") if each.is_file()):
                _put(s3, file, bucket, f"{key}{file.relative_to(source).as_posix()}")
        case _:
            sys.exit(f"not among the commands that are tested: aws {' '.join(arguments)}")


def _put(s3: object, file: Path, bucket: str, key: str) -> None:
    s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes())  # type: ignore[attr-defined]


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


if __name__ == "__main__":
    main(sys.argv[1:])
