"""How long the calls of a workflow took, as a file beside it: weights for what runs when.

`NAME.profile.json` belongs into version control like the machine: whoever compiles gets the same one. It says
`{"seconds": {"load_day": 0.41}}`, by the names of tasks and workflows; what a task declares (`expect=`) goes
before it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ladle.declare import Workflow
from ladle.errors import LadleError

__all__ = ["measured", "profile_file", "profile_text"]


def profile_file(workflow: Workflow[..., Any]) -> Path:
    """Where the durations of a workflow's calls stand, if they were measured."""
    return Path(workflow.function.__code__.co_filename).parent / f"{workflow.name}.profile.json"


def profile_text(seconds: Mapping[str, float]) -> str:
    """The file for these durations; two digits of each, so that it changes when something did."""
    rounded = {name: _two_digits(value) for name, value in sorted(seconds.items())}
    return json.dumps({"seconds": rounded}, indent=2, ensure_ascii=False) + "\n"


def _two_digits(value: float) -> float:
    return round(value, 1 - math.floor(math.log10(value))) if value > 0.001 else 0.001


def measured(workflow: Workflow[..., Any]) -> dict[str, float]:
    """The durations in the workflow's file, in seconds by the name of what is called; empty without one.

    Raises LadleError for a file that says something else.
    """
    path = profile_file(workflow)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["seconds"]
        return {str(name): _positive(value) for name, value in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LadleError(
            f'{path.name}: no durations: {error}; it says {{"seconds": {{"load_day": 0.4}}}}, '
            "or measure again: ladle compile --profile"
        ) from None


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ValueError(f"{value!r} is no number of seconds above zero")
    return float(value)
