"""S3 as the readers and writers of distributed Maps use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ladle.engine.protocols import ObjectMissing
from ladle.engine.scope import JSON
from ladle.local.aws.clients import Clients

__all__ = ["S3Objects"]


class S3Objects:
    """An ObjectStore over boto3. `region` None is the user's own account; see Clients."""

    def __init__(self, clients: Clients | None = None, region: str | None = "us-east-1") -> None:
        self._clients = clients or Clients(region)

    def get(self, bucket: str, key: str, version: str | None = None) -> bytes:
        """Return the content of an object. Raises ObjectMissing."""
        more = {"VersionId": version} if version else {}
        response = self._call("get_object", Bucket=bucket, Key=key, **more)
        return bytes(response["Body"].read())

    def list(self, bucket: str, prefix: str) -> Iterator[dict[str, JSON]]:
        """Yield the objects under `prefix` in the order of their keys. Raises ObjectMissing."""
        more: dict[str, str] = {}
        while True:
            page = self._call("list_objects_v2", Bucket=bucket, Prefix=prefix, **more)
            for found in page.get("Contents", ()):
                yield {
                    "Etag": found["ETag"],
                    "Key": found["Key"],
                    "LastModified": int(found["LastModified"].timestamp()),
                    "Size": found["Size"],
                    "StorageClass": found.get("StorageClass", "STANDARD"),
                }
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def put(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object. Raises ObjectMissing for a bucket that is not there."""
        self._call("put_object", Bucket=bucket, Key=key, Body=body)

    def _call(self, method: str, **parameters: Any) -> Any:
        from botocore.exceptions import ClientError

        try:
            return getattr(self._clients.client("s3"), method)(**parameters)
        except ClientError as error:
            raise ObjectMissing(str(error.response["Error"].get("Message", error))) from None
