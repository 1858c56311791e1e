"""Names of services, actions, members and exceptions, as Step Functions spells them.

The `aws-sdk:` integrations go through the AWS SDK for Java 2, the optimized ones through its first version;
both show in error names and causes, and the second one's naming rules in member names
(`DBInstanceIdentifier` is `DbInstanceIdentifier`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

__all__ = ["OPTIMIZED", "STATES", "Optimized", "botocore_service", "capital", "exception", "pascal"]

_RENAMED: Final = {
    "applicationdiscoveryservice": "discovery",
    "cloudwatchlogs": "logs",
    "cognitoidentityprovider": "cognito-idp",
    "configservice": "config",
    "costandusagereportservice": "cur",
    "costexplorer": "ce",
    "databasemigrationservice": "dms",
    "directoryservice": "ds",
    "directoryservicedata": "ds-data",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearchservice": "es",
    "eventbridge": "events",
    "iotdataplane": "iot-data",
    "iotjobsdataplane": "iot-jobs-data",
    "lexmodelbuildingservice": "lex-models",
    "lexmodelsv2": "lexv2-models",
    "lexruntimeservice": "lex-runtime",
    "lexruntimev2": "lexv2-runtime",
    "marketplaceentitlementservice": "marketplace-entitlement",
    "marketplacemetering": "meteringmarketplace",
    "migrationhub": "mgh",
    "pinpointsmsvoice": "sms-voice",
    "serverlessapplicationrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "simpledb": "sdb",
}
"""Services whose botocore name is not just Step Functions' name with hyphens."""


@dataclass(frozen=True, slots=True)
class Optimized:
    """An optimized integration: its botocore service, error prefix, and names in the first SDK's messages.

    `metadata` tells whether results carry SdkHttpMetadata and SdkResponseMetadata.
    """

    service: str
    prefix: str
    product: str
    generic: str
    metadata: bool = True


OPTIMIZED: Final = {
    "athena": Optimized("athena", "Athena", "AmazonAthena", "AmazonAthenaException"),
    "batch": Optimized("batch", "Batch", "AWSBatch", "AWSBatchException"),
    "bedrock": Optimized("bedrock", "Bedrock", "AmazonBedrock", "AmazonBedrockException"),
    "codebuild": Optimized("codebuild", "CodeBuild", "AWSCodeBuild", "AWSCodeBuildException"),
    "databrew": Optimized("databrew", "DataBrew", "AWSGlueDataBrew", "AWSGlueDataBrewException"),
    "dynamodb": Optimized("dynamodb", "DynamoDB", "AmazonDynamoDBv2", "AmazonDynamoDBException"),
    "ecs": Optimized("ecs", "ECS", "AmazonECS", "AmazonECSException"),
    "eks": Optimized("eks", "EKS", "AmazonEKS", "AmazonEKSException"),
    "elasticmapreduce": Optimized(
        "emr", "ElasticMapReduce", "AmazonElasticMapReduce", "AmazonElasticMapReduceException"
    ),
    "emr-containers": Optimized(
        "emr-containers", "EMRContainers", "AmazonEMRContainers", "AmazonEMRContainersException"
    ),
    "emr-serverless": Optimized(
        "emr-serverless", "EMRServerless", "AWSEMRServerless", "AWSEMRServerlessException"
    ),
    "events": Optimized(
        "events", "EventBridge", "AmazonEventBridge", "AmazonEventBridgeException", metadata=False
    ),
    "glue": Optimized("glue", "Glue", "AWSGlue", "AWSGlueException"),
    "lambda": Optimized("lambda", "Lambda", "AWSLambda", "AWSLambdaException"),
    "mediaconvert": Optimized("mediaconvert", "MediaConvert", "AWSMediaConvert", "AWSMediaConvertException"),
    "sagemaker": Optimized("sagemaker", "SageMaker", "AmazonSageMaker", "AmazonSageMakerException"),
    "sns": Optimized("sns", "SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": Optimized("sqs", "SQS", "AmazonSQS", "AmazonSQSException"),
}


STATES: Final = Optimized("stepfunctions", "StepFunctions", "AWSStepFunctions", "AWSStepFunctionsException")
"""Nested executions; the engine runs them itself where it has the machine."""


def capital(name: str) -> str:
    """Return `name` with its first letter in upper case, as the first SDK spells members."""
    return name[:1].upper() + name[1:]


@cache
def pascal(name: str) -> str:
    """Return `name` in the second SDK's camel case: words capitalized, acronyms as words.

    >>> pascal("MD5OfMessageBody"), pascal("DynamoDB"), pascal("ETag"), pascal("API Gateway")
    ('Md5OfMessageBody', 'DynamoDb', 'ETag', 'ApiGateway')
    """
    text = re.sub(r"[^A-Za-z0-9]+", " ", name)
    text = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", text)
    text = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    text = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", text)
    return "".join(word[:1].upper() + word[1:].lower() for word in text.split())


def exception(name: str) -> str:
    """Return the Java class of an error shape: `NoSuchBucket` is `NoSuchBucketException`."""
    if name.endswith("Exception"):
        return name
    return (name[: -len("Fault")] if name.endswith("Fault") else name) + "Exception"


def botocore_service(name: str, available: tuple[str, ...]) -> str | None:
    """Return botocore's name of the service that `aws-sdk:name:…` means, None where there is none."""
    if name in _RENAMED:
        return _RENAMED[name]
    if name in available:
        return name
    return next((service for service in available if service.replace("-", "") == name), None)
