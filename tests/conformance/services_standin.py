"""Small stand-ins for the services that recorded callbacks, activities and distributed Maps need.

Queues, topics and buckets in memory, filled from a case's `setup`; and the Step Functions calls that helper
machines make. What is not here is refused, so that a case never passes by accident.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ladle.engine import Engine, TaskCall, TaskFailed, TaskSucceeded
from ladle.engine.protocols import Done, ObjectMissing


class Buckets:
    """An ObjectStore in memory."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:  # noqa: ARG002
        """See ObjectStore."""
        try:
            return self.objects[bucket, key]
        except KeyError:
            raise ObjectMissing(f"The specified key does not exist: {key}") from None

    def list(self, bucket: str, prefix: str) -> Iterable[dict[str, Any]]:
        """See ObjectStore."""
        for (name, key), body in sorted(self.objects.items()):
            if name == bucket and key.startswith(prefix):
                yield {"Etag": hashlib.md5(body).hexdigest(), "Key": key, "Size": len(body)}

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """See ObjectStore."""
        self.objects[bucket, key] = body


class Services:
    """What the tasks of a case may call besides Lambda."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.buckets = Buckets()
        self.queues: dict[str, list[str]] = defaultdict(list)
        self.engine: Engine
        for call in case.get("setup") or []:
            if call["op"] == "PutObject":
                body = call["params"]["Body"]
                content = body.encode() if isinstance(body, str) else b""
                self.buckets.put(call["params"]["Bucket"], call["params"]["Key"], content)

    def start(self, call: TaskCall, done: Done) -> None:
        """Answer a task's call. A call that is not known here is refused."""
        if call.resource.endswith("aws-sdk:sfn:getActivityTask"):
            self.engine.activities.poll(
                call.arguments["ActivityArn"],
                call.arguments.get("WorkerName"),
                lambda task: done(
                    TaskSucceeded({} if task is None else {"Input": task.input, "TaskToken": task.token})
                ),
            )
            return
        done(self.call(call))

    def call(self, call: TaskCall) -> TaskSucceeded | TaskFailed:
        """The answers that are there at once."""
        name = call.resource.partition(":::")[2].partition(".")[0].replace("aws-sdk:", "")
        method = getattr(self, name.replace(":", "_"), None)
        if method is None:
            raise NotImplementedError(f"no stand-in for {call.resource}")
        result = method(call.arguments)
        if isinstance(result, TaskFailed):
            return result
        metadata = {"SdkHttpMetadata": {"HttpStatusCode": 200}, "SdkResponseMetadata": {"RequestId": _id()}}
        return TaskSucceeded({**result, **metadata} if ":aws-sdk:" not in call.resource else result)

    def sqs_sendMessage(self, arguments: Any) -> dict[str, Any]:  # noqa: N802 - named as the actions are
        """SQS."""
        body = arguments["MessageBody"]
        text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
        self.queues[arguments["QueueUrl"]].append(text)
        return {"MD5OfMessageBody": hashlib.md5(text.encode()).hexdigest(), "MessageId": _id()}

    def sqs_receiveMessage(self, arguments: Any) -> dict[str, Any]:  # noqa: N802
        """SQS. A message is gone once received."""
        queue = self.queues[arguments["QueueUrl"]]
        return {"Messages": [{"Body": queue.pop(0), "MessageId": _id()}]} if queue else {}

    def sns_publish(self, _arguments: Any) -> dict[str, Any]:
        """SNS, without subscribers."""
        return {"MessageId": _id()}

    def sfn_sendTaskSuccess(self, arguments: Any) -> dict[str, Any]:  # noqa: N802
        """Step Functions."""
        output = arguments["Output"]
        value = json.loads(output) if isinstance(output, str) else output
        self.engine.send_task_success(arguments["TaskToken"], value)
        return {}

    def sfn_sendTaskFailure(self, arguments: Any) -> dict[str, Any]:  # noqa: N802
        """Step Functions."""
        self.engine.send_task_failure(arguments["TaskToken"], arguments.get("Error"), arguments.get("Cause"))
        return {}


def _id() -> str:
    return str(uuid.uuid4())
