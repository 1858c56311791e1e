"""AWS service integrations of Task states, against the AWS that boto3 reaches: locally, the one in memory.

:class:`AwsServices` is a task runner for every `arn:aws:states:::…` resource and for Lambda functions;
:func:`call_service` makes a single call; :class:`S3Objects` serves the readers and writers of distributed
Maps.
"""

from ladle.local.aws.calling import CallFailed, call_service, read_objects, write_object
from ladle.local.aws.functions import FunctionNotFound, LambdaBackend, LambdaReply, no_functions
from ladle.local.aws.objects import S3Objects
from ladle.local.aws.services import AwsServices

__all__ = [
    "AwsServices",
    "CallFailed",
    "FunctionNotFound",
    "LambdaBackend",
    "LambdaReply",
    "S3Objects",
    "call_service",
    "no_functions",
    "read_objects",
    "write_object",
]
