"""What the parts of JSON texts mean."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

__all__ = ["ascii_only", "quoted", "quoted_all"]


def quoted(text: str) -> str:
    """A text as JSON, without escapes beyond ASCII."""
    return json.dumps(text, ensure_ascii=False)


def quoted_all(texts: Sequence[str]) -> str:
    """A list of texts as JSON, without blanks."""
    return json.dumps(list(texts), ensure_ascii=False, separators=(",", ":"))


def ascii_only(text: str) -> str:
    """A JSON text with everything beyond ASCII escaped, and U+007F, as `ensure_ascii` does."""
    return re.sub(r"[^\x00-\x7e]", lambda found: json.dumps(found[0])[1:-1], text)
