"""Lambda functions, their log groups, and who may invoke them."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from ladle.deploy.resources import LambdaFunction, LogGroup, Permission
from ladle.deploy.services.base import Aws, Found, Values, gone, patient
from ladle.errors import LadleError

__all__ = ["Functions", "LogGroups", "Permissions"]

DIRECT_BYTES: Final = 50 * 1024 * 1024
"""The largest zip that Lambda takes directly; larger ones go through S3 (Lambda quotas)."""

_BUSY: Final = ("ResourceConflictException",)
"""A function answers so while an earlier change is still going on."""


class Functions:
    """Lambda functions. Code and configuration are updated apart, each only when it changed."""

    def read(self, aws: Aws, resource: LambdaFunction) -> Found | None:
        found = gone(aws.client("lambda").get_function, FunctionName=resource.name)
        if found is None:
            return None
        return Found(self._values(found["Configuration"]["FunctionArn"], resource), found.get("Tags", {}))

    def create(self, aws: Aws, resource: LambdaFunction) -> Values:
        client = aws.client("lambda")
        made = patient(
            aws,
            client.create_function,
            ("InvalidParameterValueException", "AccessDeniedException"),
            about="role",
            **self._configuration(aws, resource),
            Code=_code(aws),
            PackageType="Zip",
            Architectures=[resource.architecture],
            Tags=dict(resource.tags),
        )
        self._concurrency(client, resource)
        return self._values(made["FunctionArn"], resource, aws)

    def update(self, aws: Aws, resource: LambdaFunction, values: Values) -> Values:
        client = aws.client("lambda")
        wanted = self._values(values["arn"], resource, aws)
        if values.get("code") != wanted["code"]:
            patient(
                aws,
                client.update_function_code,
                _BUSY,
                FunctionName=resource.name,
                Architectures=[resource.architecture],
                **_code(aws),
            )
        if values.get("configuration") != wanted["configuration"]:
            patient(
                aws,
                client.update_function_configuration,
                (*_BUSY, "InvalidParameterValueException"),
                **self._configuration(aws, resource),
            )
            self._concurrency(client, resource)
        client.tag_resource(Resource=values["arn"], Tags=dict(resource.tags))
        return wanted

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("lambda").delete_function, FunctionName=values["name"])

    def _values(self, arn: str, resource: LambdaFunction, aws: Aws | None = None) -> Values:
        values = {"arn": arn, "lambda_arn": arn, "name": resource.name}
        if aws is not None and aws.package is not None:
            values["code"] = f"{aws.package.digest}-{resource.architecture}"
            configuration = self._configuration(aws, resource)
            # A hash: the environment may hold what should not stand in a file.
            text = json.dumps(configuration, sort_keys=True)
            values["configuration"] = hashlib.sha256(text.encode()).hexdigest()[:32]
        return values

    def _configuration(self, aws: Aws, resource: LambdaFunction) -> dict[str, Any]:
        layers = list(resource.layers)
        if aws.package is not None and aws.package.layer:
            layers.insert(0, aws.package.layer)
        return {
            "FunctionName": resource.name,
            "Description": resource.description,
            "Role": resource.role,
            "Handler": resource.handler,
            "Runtime": resource.runtime,
            "MemorySize": resource.memory,
            "Timeout": resource.timeout,
            "EphemeralStorage": {"Size": resource.storage},
            "Environment": {"Variables": dict(resource.environment)},
            "Layers": layers,
            "TracingConfig": {"Mode": "Active" if resource.tracing else "PassThrough"},
            "VpcConfig": {
                "SubnetIds": list(resource.subnets),
                "SecurityGroupIds": list(resource.security_groups),
            },
            "DeadLetterConfig": {"TargetArn": resource.dead_letter or ""},
            "KMSKeyArn": resource.kms_key or "",
        }

    def _concurrency(self, client: Any, resource: LambdaFunction) -> None:
        if resource.concurrency is None:
            gone(client.delete_function_concurrency, FunctionName=resource.name)
        else:
            client.put_function_concurrency(
                FunctionName=resource.name, ReservedConcurrentExecutions=resource.concurrency
            )


def _code(aws: Aws) -> dict[str, Any]:
    """The package, as Lambda takes it: directly, or through the stage's bucket."""
    package = aws.package
    if package is None:
        raise LadleError("there is no package to deploy: it is built before functions are made")
    size = package.path.stat().st_size
    if size <= DIRECT_BYTES and package.bucket is None:
        return {"ZipFile": package.path.read_bytes()}
    if package.bucket is None:
        raise LadleError(
            f"the Lambda package has {size / 2**20:.1f} MB, and Lambda takes 50 MB directly. Name a bucket "
            'that it goes through in the stage\'s file, [package] bucket = "…", or make it smaller: '
            "requirements.txt says what is in it"
        )
    key = f"ladle/{package.digest}.zip"
    client = aws.client("s3")
    if gone(client.head_object, Bucket=package.bucket, Key=key) is None:
        with package.path.open("rb") as body:
            client.put_object(Bucket=package.bucket, Key=key, Body=body)
    return {"S3Bucket": package.bucket, "S3Key": key}


class LogGroups:
    """Log groups with their retention. One that Lambda made by itself is taken over."""

    def read(self, aws: Aws, resource: LogGroup) -> Found | None:
        client = aws.client("logs")
        groups = client.describe_log_groups(logGroupNamePrefix=resource.name)["logGroups"]
        found = next((each for each in groups if each["logGroupName"] == resource.name), None)
        if found is None:
            return None
        arn = found["arn"].removesuffix(":*")
        tags = client.list_tags_for_resource(resourceArn=arn).get("tags", {})
        return Found({"arn": arn, "name": resource.name}, tags or None)

    def create(self, aws: Aws, resource: LogGroup) -> Values:
        client = aws.client("logs")
        key = {"kmsKeyId": resource.kms_key} if resource.kms_key else {}
        client.create_log_group(logGroupName=resource.name, tags=dict(resource.tags), **key)
        client.put_retention_policy(logGroupName=resource.name, retentionInDays=resource.retention)
        return {"arn": _arn(aws, resource.name), "name": resource.name}

    def update(self, aws: Aws, resource: LogGroup, values: Values) -> Values:
        client = aws.client("logs")
        client.put_retention_policy(logGroupName=resource.name, retentionInDays=resource.retention)
        if resource.kms_key:
            client.associate_kms_key(logGroupName=resource.name, kmsKeyId=resource.kms_key)
        client.tag_resource(resourceArn=values["arn"], tags=dict(resource.tags))
        return {"arn": values["arn"], "name": resource.name}

    def delete(self, aws: Aws, values: Values) -> None:
        gone(aws.client("logs").delete_log_group, logGroupName=values["name"])


def _arn(aws: Aws, name: str) -> str:
    return f"arn:{aws.partition}:logs:{aws.region}:{aws.account}:log-group:{name}"


class Permissions:
    """Statements of a function's resource policy."""

    def read(self, aws: Aws, resource: Permission) -> Found | None:
        found = gone(aws.client("lambda").get_policy, FunctionName=resource.function)
        statements = json.loads(found["Policy"])["Statement"] if found else []
        if not any(each.get("Sid") == resource.name for each in statements):
            return None
        return Found({"name": resource.name, "function": resource.function})

    def create(self, aws: Aws, resource: Permission) -> Values:
        aws.client("lambda").add_permission(
            FunctionName=resource.function,
            StatementId=resource.name,
            Action="lambda:InvokeFunction",
            Principal=resource.principal,
            SourceArn=resource.source,
        )
        return {"name": resource.name, "function": resource.function}

    def update(self, aws: Aws, resource: Permission, values: Values) -> Values:
        self.delete(aws, values)
        return self.create(aws, resource)

    def delete(self, aws: Aws, values: Values) -> None:
        gone(
            aws.client("lambda").remove_permission,
            FunctionName=values["function"],
            StatementId=values["name"],
        )
