"""Requests to an API behind IAM, signed with the credentials of this shell."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from ladle.errors import LadleError

__all__ = ["Answer", "Send", "signed_sender"]

Answer = tuple[int, Mapping[str, str], bytes]
"""Status, headers with names in lower case, body."""

Send = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""Sends a method, a whole address, headers and a body."""

SECONDS: Final = 35
"""API Gateway answers within 29 (quotas of REST APIs)."""

_HOST: Final = re.compile(r"[a-z0-9]+\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")


def signed_sender(address: str, session: Any = None) -> Send:
    """What sends requests to the API at that address (Signature Version 4, service `execute-api`).

    The Region is that of the address, or of the session for a name of one's own. `session` is a botocore
    session; one of this shell's environment by default. Raises LadleError for an address that would carry a
    signature in the clear, and without credentials.
    """
    from botocore.session import Session

    place = urlsplit(address)
    here = place.hostname in ("127.0.0.1", "localhost")
    if not place.hostname or (place.scheme != "https" and not (here and place.scheme == "http")):
        raise LadleError(f"{address!r} is no https:// address of an API")
    known = session if session is not None else Session()
    found = _HOST.fullmatch(place.hostname)
    region = found["region"] if found is not None else known.get_config_variable("region")
    if not region:
        raise LadleError(f"{place.hostname} does not say its Region: set AWS_DEFAULT_REGION")
    if known.get_credentials() is None:
        raise LadleError("there are no AWS credentials in this shell: `aws sts get-caller-identity` tells")

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest

        request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
        SigV4Auth(known.get_credentials().get_frozen_credentials(), "execute-api", region).add_auth(request)
        outgoing = urllib.request.Request(
            request.url, data=body or None, headers=dict(request.headers.items()), method=method
        )
        try:
            with _opener.open(outgoing, timeout=SECONDS) as answer:
                return answer.status, _lowered(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _lowered(error.headers), error.read()
        except OSError as error:
            raise LadleError(f"{place.hostname} does not answer: {error}") from None

    return send


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An API sends nobody elsewhere; a signature is not to be sent there either."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def _lowered(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}
