"""What wraps a task inside its Lambda function: nothing else of Ladle travels there.

`ladle.runtime.entry.handler` is the one handler of every task; `invoke` is the same for callers in this
process. Importing this package loads neither the codec nor Powertools: each comes with its first use.
"""

from ladle.runtime.envelope import Envelope, current_envelope
from ladle.runtime.failures import TaskFailure
from ladle.runtime.invocation import handler, invoke, task_of
from ladle.runtime.logs import logger
from ladle.runtime.measures import metrics

__all__ = ["Envelope", "TaskFailure", "current_envelope", "handler", "invoke", "logger", "metrics", "task_of"]
