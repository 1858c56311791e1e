"""Values that arrive as text from a vault: no error about them shows them."""

from __future__ import annotations

import json
from typing import Any

from ladle.wire.codec import decode
from ladle.wire.errors import WireError
from ladle.wire.shapes import Shape, StrShape, describe

__all__ = ["from_text"]


def from_text(text: str, shape: Shape, path: str) -> Any:
    """The value that a text stands for: itself where a `str` is wanted, else what it says as JSON.

    Raises WireError, without a word of the text.
    """
    if isinstance(shape, StrShape):
        return text
    try:
        return decode(json.loads(text), shape, path)
    except ValueError:
        problem = "its text is no JSON"
    except WireError as error:
        problem = f"its text has another form{f' at {error.path}' if error.path != path else ''}"
    raise WireError(f"expected {describe(shape)}, and {problem} (which is not shown)", path)
