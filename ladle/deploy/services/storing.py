"""The bucket of results too large for a state machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ladle.deploy.resources import Bucket
from ladle.deploy.services.base import Aws, Found, Values, gone, pairs, patient

__all__ = ["ValueBuckets"]

_UNSETTLED = ("OperationAborted", "NoSuchBucket")
"""A bucket of this name is still being made or removed."""


class ValueBuckets:
    """Private buckets whose objects expire."""

    def read(self, aws: Aws, resource: Bucket) -> Found | None:
        client = aws.client("s3")
        if gone(client.head_bucket, Bucket=resource.name) is None:
            return None
        found = gone(client.get_bucket_tagging, Bucket=resource.name) or {"TagSet": []}
        tags = {each["Key"]: each["Value"] for each in found["TagSet"]}
        if not tags and not client.list_objects_v2(Bucket=resource.name, MaxKeys=1).get("Contents"):
            # S3 makes a bucket and tags it in two requests: a deploy was stopped between them. It is ours (no
            # other account could list it), has the name that only this stage gives, and nothing in it.
            tags = {name: resource.tags[name] for name in ("ladle:app", "ladle:stage")}
        return Found(_values(aws, resource), tags)

    def create(self, aws: Aws, resource: Bucket) -> Values:
        place: Mapping[str, Any] = {}
        if aws.region != "us-east-1":  # which S3 refuses to be told
            place = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        patient(aws, aws.client("s3").create_bucket, ("OperationAborted",), Bucket=resource.name, **place)
        return self.update(aws, resource, {})

    def update(self, aws: Aws, resource: Bucket, values: Values) -> Values:
        del values
        client = aws.client("s3")
        for call, arguments in self._settings(client, resource):
            patient(aws, call, _UNSETTLED, Bucket=resource.name, **arguments)
        return _values(aws, resource)

    def delete(self, aws: Aws, values: Values) -> None:
        client = aws.client("s3")
        if gone(client.head_bucket, Bucket=values["name"]) is None:
            return
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=values["name"]):
            found = [{"Key": each["Key"]} for each in page.get("Contents", ())]
            if found:
                client.delete_objects(Bucket=values["name"], Delete={"Objects": found, "Quiet": True})
        gone(client.delete_bucket, Bucket=values["name"])

    def _settings(self, client: Any, resource: Bucket) -> Iterator[tuple[Any, Mapping[str, Any]]]:
        yield (
            client.put_public_access_block,
            {
                "PublicAccessBlockConfiguration": dict.fromkeys(
                    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"),
                    True,
                )
            },
        )
        by_default = {"SSEAlgorithm": "AES256"}
        if resource.kms_key:
            by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": resource.kms_key}
        encryption = {
            "ApplyServerSideEncryptionByDefault": by_default,
            "BucketKeyEnabled": resource.kms_key is not None,
        }
        yield client.put_bucket_encryption, {"ServerSideEncryptionConfiguration": {"Rules": [encryption]}}
        rule = {
            "ID": "ladle",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": resource.days},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
        yield client.put_bucket_lifecycle_configuration, {"LifecycleConfiguration": {"Rules": [rule]}}
        yield client.put_bucket_tagging, {"Tagging": {"TagSet": pairs(resource.tags)}}


def _values(aws: Aws, resource: Bucket) -> Values:
    return {"arn": aws.text(resource.arn), "name": resource.name}
