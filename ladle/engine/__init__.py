"""An interpreter of Amazon States Language: any definition, both query languages, in this process.

It agrees with AWS's execution history event by event, skips time, and compiles each definition once.

>>> machine = compile_machine('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}', name="m")
>>> engine = Engine(runner)                     # doctest: +SKIP
>>> run = engine.start(machine, {"n": 1})       # doctest: +SKIP
>>> engine.run(run); run.status                 # doctest: +SKIP
'SUCCEEDED'
"""

from ladle.engine.clock import VirtualClock
from ladle.engine.execution import Execution, NotRedrivable
from ladle.engine.history import HistoryEvent
from ladle.engine.machine import InvalidDefinition, Machine, compile_machine
from ladle.engine.protocols import (
    Clock,
    Listener,
    Outcome,
    TaskCall,
    TaskFailed,
    TaskRunner,
    TaskSubmitted,
    TaskSucceeded,
)
from ladle.engine.scheduler import Engine, ExecutionAlreadyExists, InvalidInput, TaskDoesNotExist

__all__ = [
    "Clock",
    "Engine",
    "Execution",
    "ExecutionAlreadyExists",
    "HistoryEvent",
    "InvalidDefinition",
    "InvalidInput",
    "Listener",
    "Machine",
    "NotRedrivable",
    "Outcome",
    "TaskCall",
    "TaskDoesNotExist",
    "TaskFailed",
    "TaskRunner",
    "TaskSubmitted",
    "TaskSucceeded",
    "VirtualClock",
    "compile_machine",
]
