"""The account and Region that the user's own AWS settings lead to."""

from __future__ import annotations

from typing import Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ladle.deploy.services import Aws, Package
from ladle.errors import LadleError

__all__ = ["here"]

PATIENT: Final = Config(retries={"mode": "adaptive", "total_max_attempts": 10})
"""Control planes throttle; adaptive retries slow the client down until they do not (boto3 guide, Retries)."""


def here(package: Package | None = None) -> Aws:
    """The account of the current credentials, and the current Region. Raises LadleError without either."""
    session = boto3.Session()
    if not session.region_name:
        raise LadleError("no Region is set: export AWS_DEFAULT_REGION, or name one in ~/.aws/config")
    clients: dict[str, object] = {}

    def client(service: str) -> object:
        if service not in clients:
            clients[service] = session.client(service, config=PATIENT)
        return clients[service]

    try:
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise LadleError(f"AWS does not say which account this is: {error}") from None
    partition, account = identity["Arn"].split(":")[1], identity["Account"]
    return Aws(client, partition, session.region_name, account, package)
