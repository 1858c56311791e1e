"""A table as a lock: a condition that fails is an error like any other, what is absent a KeyError."""

import boto3
from ladle import Retry, aws, task, workflow


def setup() -> None:
    client = boto3.client("dynamodb", region_name="us-east-1")
    client.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="locks", Item={"name": {"S": "taken"}, "by": {"S": "ann"}})


@task
def work(name: str) -> str:
    return f"worked on {name}"


@workflow
def main(name: str) -> str:
    try:
        aws.dynamodb.put_item(
            TableName="locks",
            Item={"name": {"S": name}, "by": {"S": "me"}},
            ConditionExpression="attribute_not_exists(#n)",
            ExpressionAttributeNames={"#n": "name"},
            retry=Retry(on=[aws.dynamodb.ThrottlingException], attempts=2),
            timeout=30,
        )
    except aws.dynamodb.ConditionalCheckFailedException:
        held = aws.dynamodb.get_item(TableName="locks", Key={"name": {"S": name}}, ConsistentRead=True)
        return f"held by {held['Item']['by']['S']}"
    done = work(name)
    gone = aws.dynamodb.delete_item(TableName="locks", Key={"name": {"S": name}})
    return f"{done}, {gone['Attributes']['by']['S']}" if name == "absent" else done
