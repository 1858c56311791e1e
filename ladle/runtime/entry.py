"""The handler that every task's Lambda function names: `ladle.runtime.entry.handler`.

Importing this module imports the task, so that the work of importing happens while Lambda initialises the
sandbox, which has more CPU than a small function has afterwards.
"""

from __future__ import annotations

import os

from ladle.runtime.invocation import TASK_VARIABLE, handler, task_of
from ladle.runtime.observation import prepare

__all__ = ["handler"]

if TASK_VARIABLE in os.environ:
    # The door is read too: it loads the codec and every annotation, and finds a wrong deployment before the
    # first call.
    task_of(os.environ[TASK_VARIABLE]).door  # noqa: B018
    prepare()
