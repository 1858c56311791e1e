"""What hashes and base64 of text mean: of its UTF-8, which evaluators agree on for ASCII only."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from ladle.compiler.language.operations.reference import Limit

__all__ = ["BASE64", "digits_of_hash", "of_base64", "to_base64"]

BASE64: Final = "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
"""Base64 as RFC 4648 writes it: what else Python's lenient reading takes is a limit."""


def digits_of_hash(text: str, algorithm: str) -> str:
    """The hexadecimal digits of a hash, by the name that `$hash` knows."""
    return hashlib.new(algorithm.replace("SHA-", "sha"), text.encode(), usedforsecurity=False).hexdigest()


def to_base64(text: str) -> str:
    if not text.isascii():
        raise Limit("UnicodeError", "base64 of text beyond ASCII")
    return base64.b64encode(text.encode()).decode()


def of_base64(text: str) -> str:
    if not re.fullmatch(BASE64, text, re.ASCII):
        raise Limit("ValueError", "no base64")
    data = base64.b64decode(text)
    if not data.isascii():
        raise Limit("UnicodeError", "base64 of text beyond ASCII")
    return data.decode()
