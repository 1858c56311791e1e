"""boto3 clients for service integrations, made when first needed."""

from __future__ import annotations

import threading
from typing import Any

from ladle.errors import LadleError

__all__ = ["Clients"]


class Clients:
    """One client a service, kept. Safe to use from several threads.

    `region` names a Region of the AWS in memory; then every use checks that it is active
    (`ladle.local.memory.MemoryAws` or moto's `mock_aws`), so that a forgotten one never means a call to an
    account. None stands for the user's own account, in the Region that boto3 finds for it.
    """

    def __init__(self, region: str | None) -> None:
        self._region = region
        self._lock = threading.Lock()
        self._session: Any = None
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the client of botocore's `service`. Raises LadleError where no AWS in memory is active."""
        if self._region is not None:
            self._check()
        with self._lock:
            found = self._clients.get(service)
            if found is None:
                found = self._clients[service] = self._make(service)
            return found

    def services(self) -> tuple[str, ...]:
        """Return botocore's names of all services."""
        with self._lock:
            return tuple(self._boto3().get_available_services())

    @staticmethod
    def _check() -> None:
        from moto.core.models import botocore_stubber

        if not botocore_stubber.enabled:
            raise LadleError(
                "a Task calls an AWS service, and no AWS in memory is active: enter moto's mock_aws() (or"
                " ladle.local.memory.MemoryAws) first, or pass region=None to reach your own account"
            )

    def _boto3(self) -> Any:
        if self._session is None:
            import boto3

            self._session = boto3.session.Session(region_name=self._region)
        return self._session

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        config = Config(
            parameter_validation=False,  # Step Functions' own wording comes from shapes.py and the service
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"total_max_attempts": 1},
        )
        return self._boto3().client(service, config=config)
