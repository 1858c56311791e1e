"""The lines of a file, checked as far as the workflow reads them; a condition is tested in the item's run."""

from dataclasses import dataclass

import boto3
from ladle import Failed, attempt, each, s3, task, workflow

NO_MOTO = "its interpreter reads no JSON Lines"


@dataclass
class Order:
    id: int
    open: bool
    note: str | None = None


def setup() -> None:
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="landing")
    lines = b'{"id": 1, "open": true}\n{"id": 2, "open": false}\n{"id": 3, "open": true, "note": "late"}\n'
    client.put_object(Bucket="landing", Key="orders.jsonl", Body=lines)
    client.put_object(Bucket="landing", Key="in.json", Body=b'{"orders": {"new": [{"id": 7, "open": true}]}}')


@task
def ship(id: int) -> str:
    if id == 3:
        raise ValueError("there is none left")
    return f"shipped {id}"


@workflow
def main(key: str) -> list[str]:
    if key.endswith(".json"):
        return [ship(order.id) for order in s3.json("landing", key, Order, pointer="/orders/new")]
    done = [
        attempt(ship, order.id)
        for order in each(s3.jsonl("landing", key, Order), label="orders", express=True)
        if order.open
    ]
    return [one.cause if isinstance(one, Failed) else one for one in done]
