"""A queue that is handed a token: the value is what somebody answers, checked where it enters."""

from typing import TypedDict

import boto3
from ladle import TaskToken, aws, workflow

NO_MOTO = "its interpreter gives the token to Lambda functions only"


class Decision(TypedDict):
    ok: bool
    by: str


def setup() -> None:
    boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="desk")


@workflow
def main(question: str) -> str:
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/desk"
    decision = aws.sqs.send_message(
        QueueUrl=url, MessageBody={"token": TaskToken, "question": question}, answer=Decision, timeout=3600
    )
    return decision["by"] if decision["ok"] else f"refused by {decision['by']}"
