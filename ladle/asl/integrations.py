"""Which services a Task can call directly, and in which patterns.

Source: "Integrating optimized services" in the Step Functions developer guide. A pattern is what follows the
action in the ARN: nothing (request-response), `.sync` or `.sync:2` (wait for the job's end), or
`.waitForTaskToken` (wait until the token comes back). SDK integrations (`aws-sdk:service:action`) take any
action and never `.sync`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "OPTIMIZED",
    "PLACEHOLDER",
    "SYNC",
    "TOKEN",
    "Resource",
    "parse_resource",
    "unrecognized",
]

CALL = ""
SYNC = ".sync"
SYNC2 = ".sync:2"
TOKEN = ".waitForTaskToken"

_CALL = frozenset({CALL})
_JOB = frozenset({CALL, SYNC})
_CALLBACK = frozenset({CALL, TOKEN})


def _actions(**patterns: frozenset[str]) -> Mapping[str, frozenset[str]]:
    return MappingProxyType(patterns)


OPTIMIZED: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "apigateway": _actions(invoke=_CALLBACK),
        "athena": _actions(
            startQueryExecution=_JOB, stopQueryExecution=_CALL, getQueryExecution=_CALL, getQueryResults=_CALL
        ),
        "batch": _actions(submitJob=_JOB),
        "bedrock": _actions(invokeModel=_CALL, createModelCustomizationJob=_JOB),
        "codebuild": _actions(
            startBuild=_JOB,
            stopBuild=_CALL,
            batchDeleteBuilds=_CALL,
            batchGetReports=_CALL,
            startBuildBatch=_JOB,
            stopBuildBatch=_CALL,
            retryBuildBatch=_JOB,
            deleteBuildBatch=_CALL,
        ),
        "databrew": _actions(startJobRun=_JOB),
        "dynamodb": _actions(getItem=_CALL, putItem=_CALL, deleteItem=_CALL, updateItem=_CALL),
        "ecs": _actions(runTask=frozenset({CALL, SYNC, TOKEN})),
        "eks": _actions(
            createCluster=_JOB,
            deleteCluster=_JOB,
            createNodegroup=_JOB,
            deleteNodegroup=_JOB,
            runJob=_JOB,
            call=_CALL,
        ),
        "elasticmapreduce": _actions(
            createCluster=_JOB,
            terminateCluster=_JOB,
            addStep=_JOB,
            cancelStep=_CALL,
            setClusterTerminationProtection=_CALL,
            modifyInstanceFleetByName=_CALL,
            modifyInstanceGroupByName=_CALL,
        ),
        "emr-containers": _actions(createVirtualCluster=_CALL, deleteVirtualCluster=_JOB, startJobRun=_JOB),
        "emr-serverless": _actions(
            createApplication=_JOB,
            startApplication=_JOB,
            stopApplication=_JOB,
            deleteApplication=_JOB,
            startJobRun=_JOB,
            cancelJobRun=_JOB,
        ),
        "events": _actions(putEvents=_CALLBACK),
        "glue": _actions(startJobRun=_JOB),
        "http": _actions(invoke=_CALL),
        "lambda": _actions(invoke=_CALLBACK),
        "mediaconvert": _actions(createJob=_JOB),
        "sagemaker": _actions(
            createEndpoint=_CALL,
            createEndpointConfig=_CALL,
            createHyperParameterTuningJob=_JOB,
            createLabelingJob=_JOB,
            createModel=_CALL,
            createProcessingJob=_JOB,
            createTrainingJob=_JOB,
            createTransformJob=_JOB,
            updateEndpoint=_CALL,
        ),
        "sns": _actions(publish=_CALLBACK),
        "sqs": _actions(sendMessage=_CALLBACK),
        "states": _actions(startExecution=frozenset({CALL, SYNC, SYNC2, TOKEN})),
    }
)

ITEM_READERS = frozenset({"arn:aws:states:::s3:getObject", "arn:aws:states:::s3:listObjectsV2"})
RESULT_WRITERS = frozenset({"arn:aws:states:::s3:putObject"})

PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
"""`${Name}`: filled in when the definition is deployed (DefinitionSubstitutions), so unknown here."""

_SERVICE = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):states:::(?P<service>[^:.]+(?::[^:.]+)?):(?P<action>[^:.]+)"
    r"(?P<pattern>\.sync:2|\.sync|\.waitForTaskToken)?\Z"
)
_LAMBDA = re.compile(
    r"arn:aws(?:-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?\Z"
)
_ACTIVITY = re.compile(r"arn:aws(?:-[a-z]+)*:states:[a-z0-9-]+:\d{12}:activity:[^:\s]+\Z")


@dataclass(frozen=True, slots=True)
class Resource:
    """A task's resource, taken apart.

    `kind` is lambda, activity, service (optimized), sdk, placeholder or unknown; the rest is filled for
    services: ``arn:aws:states:::sqs:sendMessage.waitForTaskToken`` has service `sqs`, action `sendMessage`
    and pattern `.waitForTaskToken`.
    """

    kind: str
    service: str = ""
    action: str = ""
    pattern: str = CALL


def parse_resource(arn: str) -> Resource:
    """Take a task's resource apart; what AWS would not recognise has the kind `unknown`."""
    if PLACEHOLDER.search(arn):
        return _with_placeholder(arn)
    if (match := _SERVICE.match(arn)) is not None:
        service, action, pattern = match["service"], match["action"], match["pattern"] or CALL
        if service.startswith("aws-sdk:"):
            kind = "sdk" if pattern in (CALL, TOKEN) else "unknown"
        else:
            kind = "service" if pattern in OPTIMIZED.get(service, {}).get(action, ()) else "unknown"
        return Resource(kind, service, action, pattern)
    if _LAMBDA.match(arn):
        return Resource("lambda")
    if _ACTIVITY.match(arn):
        return Resource("activity")
    return Resource("unknown")


def _with_placeholder(arn: str) -> Resource:
    # `arn:${AWS::Partition}:states:::lambda:invoke` is common: what is not a placeholder is still checked.
    plain = re.sub(r"\Aarn:\$\{[^}]*\}:", "arn:aws:", arn)
    if not PLACEHOLDER.search(plain):
        return parse_resource(plain)
    return Resource("placeholder")


def unrecognized(arn: str) -> str:
    """AWS's words for a resource that it does not know."""
    return (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the "
        "resource is not available in this region."
    )
