"""The AWS that tasks meet in a local run: in memory, filled from folders, out of reach of any account.

moto answers every boto3 call of this process. Two things make sure that nothing slips past it: the
environment holds no credentials but invented ones, and botocore's HTTP layer itself is replaced, so that
a client which was created before moto was loaded is answered from memory too, and a request that moto
does not know is refused rather than sent.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import quote

from ladle.errors import LadleError
from ladle.operate.records import KeptObject

__all__ = ["REGION", "MemoryAws", "StoredObject", "head_object"]

REGION: Final = "us-east-1"

INVENTED: Final = {
    "AWS_ACCESS_KEY_ID": "LOCALRUN",
    "AWS_SECRET_ACCESS_KEY": "local-run",
    "AWS_SESSION_TOKEN": "local-run",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
KEPT_OUT: Final = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_BEARER_TOKEN_BEDROCK",
)
"""Variables that would lead botocore to the user's own credentials, beside every AWS_ENDPOINT_URL…"""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What a bucket knows of an object."""

    bucket: str
    key: str
    size: int
    etag: str
    version_id: str | None


class MemoryAws:
    """Enter it before the project's modules are imported, so that also clients made on import meet it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._filled: dict[tuple[str, str], str] = {}
        self._s3: Any = None

    def __enter__(self) -> MemoryAws:
        try:
            import boto3  # noqa: F401 - moto needs it
            from moto import mock_aws
            from moto.core.models import botocore_stubber
        except ImportError as error:
            raise LadleError(
                f"a local run needs boto3 and moto ({error}): pip install 'ladle[dev]', "
                "or let the tasks use your own account: --aws real"
            ) from None
        hidden = [name for name in os.environ if name in KEPT_OUT or name.startswith("AWS_ENDPOINT_URL")]
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ))
            for name in hidden:
                del os.environ[name]
            stack.enter_context(mock_aws())
            os.environ.update(INVENTED)
            stack.enter_context(_one_at_a_time(botocore_stubber))
            stack.enter_context(_nothing_leaves(botocore_stubber))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    # ------------------------------------------------------------------------------------------- buckets

    def fill(self, buckets: Mapping[str, Path | None], under: str = "") -> None:
        """Make buckets and copy the files of a folder into each; the key is the path within the folder.

        `under` is the part of the folders that is wanted. What a bucket has already stays.
        Raises `LadleError` for a folder that does not exist.
        """
        client = self._client()
        for bucket, folder in buckets.items():
            if folder is not None and not folder.is_dir():
                raise LadleError(f"bucket {bucket!r} is to be filled from {folder}, which is no folder")
            try:
                client.create_bucket(Bucket=bucket)
            except client.exceptions.BucketAlreadyOwnedByYou:
                pass
            except client.exceptions.ClientError as error:
                raise LadleError(f"bucket {bucket!r}: {error}") from None
            for path in sorted((folder / under).rglob("*")) if folder is not None else ():
                if path.is_file():
                    key = path.relative_to(folder).as_posix()  # type: ignore[arg-type]
                    client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
        self._filled = {(o.bucket, o.key): o.etag for o in self.objects()}

    def put_back(self, kept: Iterable[KeptObject], root: Path) -> list[KeptObject]:
        """Write objects that an earlier run wrote again, from their copies; gives those without a copy."""
        client, gone = self._client(), []
        for each in kept:
            path = root / each.path
            if not path.is_file():
                gone.append(each)
                continue
            client.put_object(Bucket=each.bucket, Key=each.key, Body=path.read_bytes())
            self._filled[each.bucket, each.key] = client.head_object(Bucket=each.bucket, Key=each.key)[
                "ETag"
            ].strip('"')
        return gone

    def objects(self) -> Iterator[StoredObject]:
        """Every object of every bucket."""
        client = self._client()
        for bucket in [b["Name"] for b in client.list_buckets()["Buckets"]]:
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                for item in page.get("Contents", ()):
                    yield StoredObject(bucket, item["Key"], item["Size"], item["ETag"].strip('"'), None)

    def head(self, bucket: str, key: str) -> StoredObject | None:
        """One object's facts; None when there is none."""
        return head_object(self._client(), bucket, key)

    def write_back(self, folder: Path, root: Path) -> list[KeptObject]:
        """Copy what changed since the buckets were filled, or the last call, to `folder/<bucket>/<key>`."""
        client = self._client()
        kept = []
        for found in self.objects():
            if self._filled.get((found.bucket, found.key)) == found.etag:
                continue
            path = folder / found.bucket / _safe_path(found.key)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(client.get_object(Bucket=found.bucket, Key=found.key)["Body"].read())
            self._filled[found.bucket, found.key] = found.etag
            kept.append(KeptObject(found.bucket, found.key, found.size, path.relative_to(root).as_posix()))
        return kept

    def _client(self) -> Any:
        if self._s3 is None:
            import boto3

            self._s3 = boto3.session.Session(region_name=REGION).client("s3")
        return self._s3


def head_object(client: Any, bucket: str, key: str) -> StoredObject | None:
    """What S3 knows of an object; None when there is none. `client` None means one of the environment's own.

    Raises `LadleError` when S3 cannot be asked.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if client is None:
            import boto3

            client = boto3.client("s3")
        head = client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            return None
        raise LadleError(f"s3://{bucket}/{key} cannot be looked at: {error}") from None
    except BotoCoreError as error:
        raise LadleError(f"s3://{bucket}/{key} cannot be looked at: {error}") from None
    return StoredObject(bucket, key, head["ContentLength"], head["ETag"].strip('"'), head.get("VersionId"))


def _safe_path(key: str) -> Path:
    """A relative path for any key: parts that would lead elsewhere, or are empty, are percent-encoded."""
    parts = [quote(part, safe=" !#$&'()+,-;=@[]^_`{}~.") for part in key.split("/")]
    return Path(*("%2E" * len(part) if part in {".", ".."} else part or "%2F" for part in parts))


@contextmanager
def _one_at_a_time(stubber: Any) -> Iterator[None]:
    """Serve one request at a time, and create one client at a time: neither moto's backends nor boto3's
    default session are made for threads, while each task on AWS has a process of its own."""
    import botocore.session

    lock, making = threading.RLock(), threading.RLock()
    process = type(stubber).process_request
    create = botocore.session.Session.create_client

    def process_request(self: Any, request: Any) -> Any:
        with lock:
            return process(self, request)

    def create_client(self: Any, *args: Any, **kwargs: Any) -> Any:
        with making:
            return create(self, *args, **kwargs)

    with (
        patch.object(type(stubber), "process_request", process_request),
        patch.object(botocore.session.Session, "create_client", create_client),
    ):
        yield


@contextmanager
def _nothing_leaves(stubber: Any) -> Iterator[None]:
    """Answer what botocore would send from memory; refuse the rest."""
    from botocore.httpsession import URLLib3Session

    def send(_: Any, request: Any) -> Any:
        response = stubber(event_name="before-send", request=request)
        if response is None:
            raise LadleError(
                f"a task called {request.url}, which the in-memory AWS does not know; "
                "nothing is sent from a local run (use your own account with --aws real)"
            )
        return response

    with patch.object(URLLib3Session, "send", send):
        yield
