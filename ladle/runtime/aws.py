"""AWS from inside the stage's own functions: clients that are patient, and the place they run in."""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from ladle.errors import LadleError
from ladle.value import Value

__all__ = ["ATTEMPTS", "Place", "client", "refusals"]

ATTEMPTS: Final = 8
"""How often a request is tried. Throttling belongs to Step Functions (see its quotas page); waits double from
below a second up to twenty (botocore's standard retry mode), so eight tries take about a minute."""

_FUNCTION: Final = r"arn:([^:]+):lambda:([^:]+):(\d{12}):function:([^:]+)(?::[^:]+)?"


@functools.cache
def client(service: str) -> Any:
    """The boto3 client of a service; one for the life of the sandbox."""
    import boto3
    from botocore.config import Config

    return boto3.client(service, config=Config(retries={"mode": "standard", "total_max_attempts": ATTEMPTS}))


def refusals() -> tuple[type[Exception], ...]:
    """What a client's calls raise: what the service refuses, and what keeps a request from reaching it."""
    from botocore.exceptions import BotoCoreError, ClientError

    return BotoCoreError, ClientError


class Place(Value):
    """The partition, Region and account that the function runs in."""

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, context: Any) -> Place:
        """The place that Lambda's context object names.

        >>> class Context: invoked_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:starter"
        >>> Place.of(Context)
        Place(partition='aws', region='eu-central-1', account='123456789012')
        """
        found = re.fullmatch(_FUNCTION, str(getattr(context, "invoked_function_arn", "")))
        if found is None:
            raise LadleError("the context names no Lambda function: this handler is called by AWS Lambda")
        return cls(found[1], found[2], found[3])

    def arn(self, text: str, service: str, kind: str = "") -> str:
        """The ARN that a name, an ARN, or an ARN with CloudFormation's pseudo parameters stands for.

        >>> Place("aws", "eu-central-1", "123456789012").arn("ops", "sns")
        'arn:aws:sns:eu-central-1:123456789012:ops'
        """
        if not text.startswith("arn:"):
            return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{kind}{text}"
        for name, value in (
            ("Partition", self.partition),
            ("Region", self.region),
            ("AccountId", self.account),
        ):
            text = text.replace(f"${{AWS::{name}}}", value)
        return text
