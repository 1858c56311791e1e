"""Resources as CloudFormation writes them; functions in SAM's form, which brings the package along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ladle.deploy.resources import (
    ActivityResource,
    Alarm,
    Bucket,
    BucketNotice,
    EventRule,
    LambdaFunction,
    LogGroup,
    ManagedPolicy,
    Permission,
    Queue,
    Resource,
    Role,
    Schedule,
    StateMachine,
    Subscription,
    Table,
    Topic,
    references,
)
from ladle.deploy.templates.base import PSEUDO, compact, flag_command, identifier, in_json, texts

__all__ = ["add"]

ByKey = Mapping[str, Resource]

_TARGET: Final = "ladle"


def add(template: dict[str, Any], resource: Resource, by_key: ByKey, code: str, layer: str = "") -> None:
    """Add a resource to a template.

    `by_key` has the resources that this one refers to, `code` is the file of the package, `layer` the logical
    id of the layer with the dependencies, where there is one.
    """
    if isinstance(resource, BucketNotice):
        # CloudFormation changes no bucket that another stack, or nobody, made.
        template.setdefault("Outputs", {})[identifier(resource.key)] = {
            "Description": f"Turns on the events of the bucket {resource.name}, which must go to EventBridge",
            "Value": flag_command(resource),
        }
        return
    for name, (kind, properties) in _forms(resource, by_key, code, layer).items():
        own = name == identifier(resource.key)  # what goes beside a resource refers to it by itself
        before = sorted({identifier(ref.key) for ref in references(resource)}) if own else []
        template["Resources"][name] = compact(
            {"Type": kind, "DependsOn": before, "Properties": compact(properties)}
        )


def _text(text: str) -> Any:
    """A text as it is, or as `Fn::Sub` where it holds placeholders; any other `${` becomes `${!`."""
    if not PSEUDO.search(text):
        return text
    return {"Fn::Sub": re.sub(r"\$\{(?!AWS::(?:Partition|Region|AccountId)\})", "${!", text)}


def _tags(resource: Resource) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(resource.tags.items())]


def _forms(resource: Resource, by_key: ByKey, code: str, layer: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Logical id: type and properties."""

    def at(value: Any) -> Any:
        return texts(value, by_key, _text)

    own, tags = identifier(resource.key), _tags(resource)
    match resource:
        case Role():
            policies = [
                {"PolicyName": name, "PolicyDocument": at(document)}
                for name, document in resource.documents.items()
            ]
            return {
                own: (
                    "AWS::IAM::Role",
                    {
                        "RoleName": resource.name,
                        "Path": resource.path,
                        "AssumeRolePolicyDocument": at(resource.trust),
                        "Policies": policies,
                        "ManagedPolicyArns": at(resource.attached),
                        "PermissionsBoundary": resource.boundary,
                        "Tags": tags,
                    },
                )
            }
        case ManagedPolicy():
            properties = {
                "ManagedPolicyName": resource.name,
                "Path": resource.path,
                "PolicyDocument": at(resource.document),
            }
            return {own: ("AWS::IAM::ManagedPolicy", properties)}
        case LogGroup():
            properties = {
                "LogGroupName": resource.name,
                "RetentionInDays": resource.retention,
                "KmsKeyId": resource.kms_key,
                "Tags": tags,
            }
            return {own: ("AWS::Logs::LogGroup", properties)}
        case LambdaFunction():
            return {own: ("AWS::Serverless::Function", _function(resource, at, code, layer))}
        case StateMachine():
            return {own: ("AWS::StepFunctions::StateMachine", _machine(resource, at, tags))}
        case ActivityResource():
            encryption = {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": resource.kms_key}
            properties = {
                "Name": resource.name,
                "EncryptionConfiguration": encryption if resource.kms_key else None,
                "Tags": tags,
            }
            return {own: ("AWS::StepFunctions::Activity", properties)}
        case Queue():
            queue = {
                "QueueName": resource.name,
                "MessageRetentionPeriod": resource.retention,
                "KmsMasterKeyId": resource.kms_key,
                "SqsManagedSseEnabled": True if resource.kms_key is None else None,
                "Tags": tags,
            }
            forms = {own: ("AWS::SQS::Queue", queue)}
            if resource.policy:
                policy = {"Queues": [{"Ref": own}], "PolicyDocument": at(resource.policy)}
                forms[f"{own}Policy"] = ("AWS::SQS::QueuePolicy", policy)
            return forms
        case Topic():
            properties = {"TopicName": resource.name, "KmsMasterKeyId": resource.kms_key, "Tags": tags}
            return {own: ("AWS::SNS::Topic", properties)}
        case Subscription():
            properties = {
                "TopicArn": at(resource.topic),
                "Protocol": resource.protocol,
                "Endpoint": resource.endpoint,
            }
            return {own: ("AWS::SNS::Subscription", properties)}
        case Table():
            return {own: ("AWS::DynamoDB::Table", _table(resource, tags))}
        case Bucket():
            return {own: ("AWS::S3::Bucket", _bucket(resource, at, tags))}
        case Schedule():
            return {own: ("AWS::Scheduler::Schedule", _schedule(resource, at, by_key))}
        case EventRule():
            return {own: ("AWS::Events::Rule", _rule(resource, at, tags))}
        case Permission():
            properties = {
                "FunctionName": at(resource.function),
                "Action": "lambda:InvokeFunction",
                "Principal": resource.principal,
                "SourceArn": at(resource.source),
            }
            return {own: ("AWS::Lambda::Permission", properties)}
        case Alarm():
            return {own: ("AWS::CloudWatch::Alarm", _alarm(resource, at, tags))}
    raise AssertionError(resource.kind)


def _function(resource: LambdaFunction, at: Any, code: str, layer: str) -> dict[str, Any]:
    return {
        "FunctionName": resource.name,
        "Description": resource.description,
        "Runtime": resource.runtime,
        "Handler": resource.handler,
        "CodeUri": code,
        "Role": at(resource.role),
        "MemorySize": resource.memory,
        "Timeout": resource.timeout,
        "EphemeralStorage": {"Size": resource.storage},
        "Architectures": [resource.architecture],
        "Environment": {"Variables": at(resource.environment)},
        "Layers": [*([{"Ref": layer}] if layer else []), *resource.layers],
        "Tracing": "Active" if resource.tracing else "PassThrough",
        "ReservedConcurrentExecutions": resource.concurrency,
        "VpcConfig": compact(
            {"SubnetIds": list(resource.subnets), "SecurityGroupIds": list(resource.security_groups)}
        ),
        "DeadLetterQueue": {"Type": "SQS", "TargetArn": at(resource.dead_letter)}
        if resource.dead_letter
        else None,
        "KmsKeyArn": resource.kms_key,
        "Tags": dict(sorted(resource.tags.items())),
    }


def _machine(resource: StateMachine, at: Any, tags: list[dict[str, str]]) -> dict[str, Any]:
    logging: dict[str, Any] = {"Level": resource.level, "IncludeExecutionData": resource.execution_data}
    if resource.level != "OFF":
        group = at(resource.log_group)["Fn::Sub"] + ":*"
        logging["Destinations"] = [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::Sub": group}}}]
    encryption = {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": resource.kms_key}
    return {
        "StateMachineName": resource.name,
        "StateMachineType": resource.type,
        "DefinitionString": _text(resource.text),
        "RoleArn": at(resource.role),
        "LoggingConfiguration": logging,
        "TracingConfiguration": {"Enabled": resource.tracing},
        "EncryptionConfiguration": encryption if resource.kms_key else None,
        "Tags": tags,
    }


def _table(resource: Table, tags: list[dict[str, str]]) -> dict[str, Any]:
    encryption = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": resource.kms_key}
    return {
        "TableName": resource.name,
        "AttributeDefinitions": [{"AttributeName": resource.hash_key, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": resource.hash_key, "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "TimeToLiveSpecification": {"AttributeName": resource.expires, "Enabled": True},
        "SSESpecification": encryption if resource.kms_key else None,
        "Tags": tags,
    }


def _bucket(resource: Bucket, at: Any, tags: list[dict[str, str]]) -> dict[str, Any]:
    by_default = {
        "SSEAlgorithm": "aws:kms" if resource.kms_key else "AES256",
        "KMSMasterKeyID": resource.kms_key,
    }
    encryption: dict[str, Any] = {"ServerSideEncryptionByDefault": compact(by_default)}
    if resource.kms_key:
        encryption["BucketKeyEnabled"] = True
    return {
        "BucketName": at(resource.name),
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [encryption]},
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Id": "ladle",
                    "Status": "Enabled",
                    "ExpirationInDays": resource.days,
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        ),
        "Tags": tags,
    }


def _schedule(resource: Schedule, at: Any, by_key: ByKey) -> dict[str, Any]:
    window: dict[str, Any] = {"Mode": "OFF"}
    if resource.window:
        window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": resource.window}
    return {
        "Name": resource.name,
        "ScheduleExpression": resource.expression,
        "ScheduleExpressionTimezone": resource.timezone,
        "FlexibleTimeWindow": window,
        "State": "ENABLED" if resource.enabled else "DISABLED",
        "KmsKeyArn": resource.kms_key,
        "Target": {
            "Arn": at(resource.target),
            "RoleArn": at(resource.role),
            "Input": _text(in_json(resource.input, by_key)),
            "DeadLetterConfig": {"Arn": at(resource.dead_letter)},
            "RetryPolicy": _retries(resource),
        },
    }


def _retries(resource: Schedule | EventRule) -> dict[str, int]:
    return {"MaximumRetryAttempts": resource.retries, "MaximumEventAgeInSeconds": resource.max_age}


def _rule(resource: EventRule, at: Any, tags: list[dict[str, str]]) -> dict[str, Any]:
    transformer = {"InputPathsMap": dict(resource.paths), "InputTemplate": resource.template}
    target = {
        "Id": _TARGET,
        "Arn": at(resource.target),
        "DeadLetterConfig": {"Arn": at(resource.dead_letter)},
        "RetryPolicy": _retries(resource),
        "InputTransformer": transformer if resource.template else None,
    }
    return {
        "Name": resource.name,
        "Description": resource.description,
        "EventPattern": at(resource.pattern),
        "State": "ENABLED",
        "Targets": [compact(target)],
        "Tags": tags,
    }


def _alarm(resource: Alarm, at: Any, tags: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "AlarmName": resource.name,
        "AlarmDescription": resource.description,
        "AlarmActions": at(resource.topics),
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": resource.queue_name}],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "Tags": tags,
    }
