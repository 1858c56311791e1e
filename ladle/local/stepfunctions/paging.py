"""Pages of a list, with tokens that only this list's next page has."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from ladle.local.stepfunctions.errors import invalid_token

__all__ = ["page"]

Item = TypeVar("Item")


def page(
    items: Sequence[Item], request: Mapping[str, Any], of: str, default: int = 100
) -> tuple[list[Item], dict[str, str]]:
    """One page of `items`, and `{"nextToken": …}` where more follow.

    `of` says which list it is: a token of another list is refused. `maxResults` 0 means the default.
    """
    size = request.get("maxResults") or default
    first = _position(request.get("nextToken"), of)
    if first > len(items):
        raise invalid_token()
    end = first + size
    more = {"nextToken": _token(end, of)} if end < len(items) else {}
    return list(items[first:end]), more


def _token(position: int, of: str) -> str:
    return base64.urlsafe_b64encode(f"{position}|{of}".encode()).decode()


def _position(token: str | None, of: str) -> int:
    if token is None:
        return 0
    try:
        position, _, name = base64.urlsafe_b64decode(token.encode()).decode().partition("|")
    except (binascii.Error, ValueError):
        raise invalid_token() from None
    if name != of or not position.isdecimal():
        raise invalid_token()
    return int(position)
