"""Service integrations against the AWS in memory: parameters, results, errors in AWS's words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from ladle.engine.protocols import ObjectMissing
from ladle.local.aws import S3Objects

Clients = Callable[[str], Any]
RunTask = Callable[..., Any]
REQUEST = r"[-0-9A-Za-z]+"


def succeeded(execution: Any) -> Any:
    """The output, without the metadata of the HTTP call."""
    assert execution.status == "SUCCEEDED", (execution.error, execution.cause)
    if not isinstance(execution.output, dict):
        return execution.output
    return {name: value for name, value in execution.output.items() if not name.startswith("Sdk")}


def failed(execution: Any, error: str, cause: str) -> None:
    """The run failed so; `cause` is a pattern."""
    assert execution.status == "FAILED"
    assert execution.error == error
    assert re.fullmatch(cause, execution.cause), execution.cause


@pytest.fixture
def table(aws: Clients) -> str:
    """A table with the key `id`."""
    aws("dynamodb").create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return "things"


@pytest.mark.parametrize("service", ["dynamodb", "aws-sdk:dynamodb"])
def test_items_are_written_and_read(task: RunTask, table: str, service: str) -> None:
    """Both kinds of integration reach the same table; neither tells consumed capacity unasked."""
    item = {"id": {"S": "1"}, "n": {"N": "2"}}
    written = task(f"arn:aws:states:::{service}:putItem", {"TableName": table, "Item": item})
    assert succeeded(written) == {}
    assert ("SdkHttpMetadata" in written.output) is (service == "dynamodb")
    read = task(f"arn:aws:states:::{service}:getItem", {"TableName": table, "Key": {"id": {"S": "1"}}})
    assert succeeded(read) == {"Item": item}


def test_errors_of_an_optimized_integration(task: RunTask, table: str) -> None:
    """The first SDK's names and words; an unmodeled error has the service's generic name."""
    put = "arn:aws:states:::dynamodb:putItem"
    once = {
        "TableName": table,
        "Item": {"id": {"S": "1"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    succeeded(task(put, once))
    failed(
        task(put, once),
        "DynamoDB.ConditionalCheckFailedException",
        r"The conditional request failed \(Service: AmazonDynamoDBv2; Status Code: 400;"
        rf" Error Code: ConditionalCheckFailedException; Request ID: {REQUEST}; Proxy: null\)",
    )
    failed(
        task(put, {"TableName": "/bad/", "Item": {"id": {"S": "1"}}}),
        "DynamoDB.AmazonDynamoDBException",
        r"1 validation error detected: Value '/bad/' at 'tableName' failed .* Proxy: null\)",
    )
    failed(
        task(put, {"TableName": "nowhere", "Item": None}),
        "DynamoDB.AmazonDynamoDBException",
        r"1 validation error detected: Value null at 'item' failed to satisfy constraint: Member must not be"
        r" null \(Service: AmazonDynamoDBv2; .*\)",
    )


def test_errors_of_an_sdk_integration(task: RunTask) -> None:
    """The second SDK's names and words."""
    failed(
        task("arn:aws:states:::aws-sdk:s3:listObjects", {"Bucket": "nosuchbucket"}),
        "S3.NoSuchBucketException",
        rf"The specified bucket does not exist \(Service: S3, Status Code: 404, Request ID: {REQUEST},"
        rf" Extended Request ID: {REQUEST}\)",
    )
    failed(
        task("arn:aws:states:::aws-sdk:secretsmanager:getSecretValue", {"SecretId": "none"}),
        "SecretsManager.ResourceNotFoundException",
        rf".*\(Service: SecretsManager, Status Code: 40[04], Request ID: {REQUEST}\)",
    )
    failed(
        task("arn:aws:states:::aws-sdk:dynamodb:putItem", {"TableName": "t"}),
        "DynamoDb.DynamoDbException",
        r"1 validation error detected: Value null at 'item' .*\(Service: DynamoDb, Status Code: 400, .*\)",
    )


def test_unknown_parameters_services_and_actions_are_refused(task: RunTask) -> None:
    """Before any call, saying which."""
    failed(
        task("arn:aws:states:::sqs:sendMessage", {"QueueUrl": "u", "Body": "b"}),
        "States.Runtime",
        r"The Parameters '.*' could not be used to start the Task: \[The field 'Body' is not supported.*\]",
    )
    assert "no service" in task("arn:aws:states:::aws-sdk:nosuch:do", {}).cause
    assert "no action" in task("arn:aws:states:::aws-sdk:s3:noSuchAction", {}).cause
    assert "local runs" in task("arn:aws:states:::redshift:doIt", {}).cause
    assert "cannot wait" in task("arn:aws:states:::databrew:startJobRun.sync", {}).cause


def test_an_object_is_read_as_text(task: RunTask, aws: Clients) -> None:
    """With its facts as the second SDK spells them, and none that was not asked for."""
    aws("s3").create_bucket(Bucket="bucket")
    aws("s3").put_object(Bucket="bucket", Key="a", Body="Grüße".encode())
    output = succeeded(task("arn:aws:states:::aws-sdk:s3:getObject", {"Bucket": "bucket", "Key": "a"}))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", output.pop("LastModified"))
    assert output.pop("ETag").startswith('"')
    assert output == {
        "AcceptRanges": "bytes",
        "Body": "Grüße",
        "ContentLength": 7,
        "ContentType": "binary/octet-stream",
        "Metadata": {},
        "ServerSideEncryption": "AES256",
    }


def test_messages_are_sent(task: RunTask, aws: Clients) -> None:
    """An object as the body is sent as JSON text; the result is spelled as the first SDK does."""
    url = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    output = succeeded(
        task("arn:aws:states:::sqs:sendMessage", {"QueueUrl": url, "MessageBody": {"a": [1, None]}})
    )
    assert set(output) == {"MD5OfMessageBody", "MessageId"}
    body = aws("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]
    assert body == '{"a":[1,null]}'
    failed(
        task("arn:aws:states:::sqs:sendMessage", {"QueueUrl": "http://nowhere/q", "MessageBody": "x"}),
        "SQS.SdkClientException",
        "Unable to execute HTTP request: nowhere: Name or service not known",
    )
    failed(
        task("arn:aws:states:::sqs:sendMessage", {"QueueUrl": url + "2", "MessageBody": "x"}),
        "SQS.QueueDoesNotExistException",
        r".*\(Service: AmazonSQS; Status Code: 400; .*\)",
    )


def test_a_fifo_topic_wants_a_group(task: RunTask, aws: Clients) -> None:
    """And numbers what it takes."""
    arn = aws("sns").create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    failed(
        task("arn:aws:states:::sns:publish", {"TopicArn": arn, "Message": "x"}),
        "SNS.InvalidParameterException",
        r"Invalid parameter: The MessageGroupId parameter is required for FIFO topics \(Service: AmazonSNS;"
        r" Status Code: 400; Error Code: InvalidParameter; .*\)",
    )
    arguments = {"TopicArn": arn, "Message": {}, "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    assert set(succeeded(task("arn:aws:states:::sns:publish", arguments))) == {"MessageId", "SequenceNumber"}


def test_one_malformed_event_fails_the_task(task: RunTask) -> None:
    """The others are put all the same; the cause tells each entry's fate."""
    good = {"Detail": {"a": 1}, "DetailType": "t", "Source": "s"}
    put = "arn:aws:states:::events:putEvents"
    output = succeeded(task(put, {"Entries": [good, {**good, "Detail": '{"a": 2}'}]}))
    assert output["FailedEntryCount"] == 0
    assert [set(entry) for entry in output["Entries"]] == [{"EventId"}, {"EventId"}]
    execution = task(put, {"Entries": [good, {**good, "Detail": '"text"'}]})
    assert execution.error == "EventBridge.FailedEntry"
    cause = json.loads(execution.cause)
    assert cause["FailedEntryCount"] == 1
    assert cause["Entries"][1] == {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def test_a_job_is_followed_to_its_end(task: RunTask) -> None:
    """`.sync` gives the job as it ended, after telling that it was submitted."""
    query = {"QueryString": "select 1", "ResultConfiguration": {"OutputLocation": "s3://bucket/"}}
    execution = task("arn:aws:states:::athena:startQueryExecution.sync", query)
    job = succeeded(execution)["QueryExecution"]
    assert job["Status"]["State"] == "SUCCEEDED"
    assert isinstance(job["Status"]["SubmissionDateTime"], int)
    kinds = [event["type"] for event in execution.history()]
    assert kinds[3:6] == ["TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    failed(
        task("arn:aws:states:::codebuild:startBuild.sync", {"ProjectName": "none"}),
        "CodeBuild.ResourceNotFoundException",
        r".*\(Service: AWSCodeBuild; Status Code: 400; Error Code: ResourceNotFoundException; .*\)",
    )


def test_what_breaks_inside_the_aws_in_memory_fails_the_run(task: RunTask) -> None:
    """With the reason, and without ending the engine."""
    cluster = {"Cluster": "none", "TaskDefinition": 7}
    execution = task("arn:aws:states:::ecs:runTask", cluster)
    assert execution.status == "FAILED"


def test_tokens_are_answered_through_the_sdk_integration(aws: Clients) -> None:
    """`aws-sdk:sfn:sendTaskSuccess` reaches runs of the same engine; unknown tokens are errors of the API."""
    from ladle.engine import Engine, VirtualClock, compile_machine
    from ladle.local.aws import AwsServices

    url = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": url, "MessageBody": "{% $states.context.Task.Token %}"},
        "End": True,
    }
    waiting = {"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": send}}
    answer = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess",
        "Arguments": {"TaskToken": "{% $states.input %}", "Output": '{"ok": true}'},
        "End": True,
    }
    answering = {"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": answer}}
    engine = Engine(AwsServices(), clock=VirtualClock())
    run = engine.start(compile_machine(waiting, name="w"), {})
    engine.run(run)
    token = aws("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]
    machine = compile_machine(answering, name="a")
    first = engine.start(machine, token)
    engine.run()
    assert (first.status, run.status, run.output) == ("SUCCEEDED", "SUCCEEDED", {"ok": True})
    second = engine.start(machine, "nobody's")
    engine.run()
    assert second.error == "Sfn.TaskTimedOutException"


def test_runs_are_started_described_and_stopped(aws: Clients) -> None:
    """`aws-sdk:sfn` actions see the engine's own machines and runs."""
    del aws
    from ladle.engine import Engine, VirtualClock, compile_machine
    from ladle.local.aws import AwsServices

    engine = Engine(AwsServices(), clock=VirtualClock())
    pause = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": True}}}
    waiting = compile_machine(pause, name="w")
    engine.register(waiting)

    def call(action: str, arguments: Any) -> Any:
        state = {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:sfn:{action}", "End": True}
        definition = {
            "QueryLanguage": "JSONata",
            "StartAt": "T",
            "States": {"T": {**state, "Arguments": arguments}},
        }
        return engine.start(compile_machine(definition, name="caller"), {})

    started = call("startExecution", {"StateMachineArn": waiting.arn, "Input": {"a": 1}, "Name": "one"})
    engine.run(started)
    arn = started.output["ExecutionArn"]
    stopped = call("stopExecution", {"ExecutionArn": arn, "Error": "Enough"})
    engine.run(stopped)
    described = call("describeExecution", {"ExecutionArn": arn})
    engine.run(described)
    assert (described.output["Status"], described.output["Error"]) == ("ABORTED", "Enough")
    assert described.output["Input"] == '{"a": 1}'
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", described.output["StopDate"])
    began = time.monotonic()
    refused = call("startSyncExecution", {"StateMachineArn": waiting.arn})
    engine.run(refused)
    assert refused.error == "Sfn.StateMachineTypeNotSupportedException"
    quick = compile_machine(pause, name="quick", type="EXPRESS")
    engine.register(quick)
    sync = call("startSyncExecution", {"StateMachineArn": quick.arn})
    engine.run(sync)
    assert sync.output["Status"] == "SUCCEEDED"
    assert time.monotonic() - began < 30  # its Wait of a minute takes no time
    unknown = call("describeExecution", {"ExecutionArn": "none"})
    engine.run(unknown)
    assert unknown.error == "Sfn.ExecutionDoesNotExistException"


def test_a_nested_run_of_an_unknown_machine(task: RunTask) -> None:
    """Fails as the optimized integration reports it."""
    failed(
        task("arn:aws:states:::states:startExecution", {"StateMachineArn": "arn:none"}),
        "StepFunctions.StateMachineDoesNotExistException",
        r"State Machine Does Not Exist: 'arn:none' \(Service: AWSStepFunctions; Status Code: 400;"
        r" Error Code: StateMachineDoesNotExist; .*\)",
    )


def test_buckets_of_distributed_maps(aws: Clients) -> None:
    """Read, listed in order over several pages, written; what is missing says so."""
    store = S3Objects()
    aws("s3").create_bucket(Bucket="bucket")
    for number in range(3):
        store.put("bucket", f"in/{number}", b"x" * number)
    store.put("bucket", "out/1", b"")
    assert store.get("bucket", "in/2") == b"xx"
    listed = list(store.list("bucket", "in/"))
    assert [(found["Key"], found["Size"]) for found in listed] == [("in/0", 0), ("in/1", 1), ("in/2", 2)]
    assert set(listed[0]) == {"Etag", "Key", "LastModified", "Size", "StorageClass"}
    with pytest.raises(ObjectMissing, match="The specified key does not exist"):
        store.get("bucket", "none")
    with pytest.raises(ObjectMissing, match="The specified bucket does not exist"):
        list(store.list("nosuchbucket", ""))


def test_calls_in_threads_overlap(aws: Clients) -> None:
    """With workers, the branches of a Parallel call at once, and a call that breaks fails its task."""
    import threading

    from ladle.engine import Engine, VirtualClock, compile_machine
    from ladle.engine.scope import JSON
    from ladle.local.aws import AwsServices, LambdaReply
    from ladle.local.workers import Workers

    del aws
    both = threading.Barrier(2, timeout=10)

    def meet(name: str, _event: JSON) -> LambdaReply:
        if name == "breaks":
            raise ZeroDivisionError("by zero")
        both.wait()
        return LambdaReply('"met"')

    def branch(name: str) -> dict[str, Any]:
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        return {"StartAt": name, "States": {name: {"Type": "Task", "Resource": arn, "End": True}}}

    workers = Workers()
    engine = Engine(AwsServices(functions=meet, workers=workers), clock=VirtualClock())
    parallel = {"Type": "Parallel", "Branches": [branch("a"), branch("b")], "End": True}
    run = engine.start(compile_machine({"StartAt": "P", "States": {"P": parallel}}, name="p"), {})
    engine.run(run)
    assert run.output == ["met", "met"]
    broken = engine.start(compile_machine(branch("breaks"), name="b"), {})
    engine.run(broken)
    assert (broken.error, "ZeroDivisionError: by zero" in broken.cause) == ("States.Runtime", True)
    workers.close()


def test_without_an_aws_in_memory_nothing_is_called() -> None:
    """A forgotten mock is an error that says so, not a call to an account."""
    from ladle.engine import Engine, compile_machine
    from ladle.local.aws import AwsServices

    resource = "arn:aws:states:::aws-sdk:s3:listBuckets"
    states = {"T": {"Type": "Task", "Resource": resource, "End": True}}
    engine = Engine(AwsServices())
    run = engine.start(compile_machine({"StartAt": "T", "States": states}, name="m"), {})
    engine.run(run)
    assert run.status == "FAILED"
    assert "no AWS in memory is active: enter moto's mock_aws()" in run.cause
