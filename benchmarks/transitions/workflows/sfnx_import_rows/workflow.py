"""Every row of a CSV file in S3 is imported by a run of its own; one in twenty may fail."""

from dataclasses import dataclass
from typing import TypedDict

from ladle import each, s3, task, workflow


class Row(TypedDict):
    id: str
    amount: str


@dataclass
class Counts:
    succeeded: int
    failed: int


@task
def import_row(row: Row) -> str: ...


@task
def publish(message: str) -> None: ...


@task
def count_items(bucket: str) -> Counts: ...


@workflow
def sfnx_import_rows(bucket: str, key: str) -> Counts:
    """Import every row of a CSV file in S3, tolerating up to 5% failed rows."""
    try:
        written = s3.write(
            [
                import_row(row)
                for row in each(
                    s3.csv(bucket, key, Row), concurrency=100, tolerate="5%", express=True, label="rows"
                )
            ],
            bucket,
            "results",
        )
    except Exception:
        publish(f"{key}: more than 5% of the rows failed")
        raise
    return count_items(written.bucket)
