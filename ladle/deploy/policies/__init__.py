"""Least privilege: what each role of a stage may do, worked out from what it does, and nothing else.

`machines` reads a definition, `tasks` what a task declares, `functions` knows Ladle's own functions. All are
pure: the same input gives the same statements, in the same order.
"""

from ladle.deploy.policies.forced import FORCED_WILDCARDS
from ladle.deploy.policies.functions import (
    alerts_statements,
    deadline_statements,
    function_statements,
    page_statements,
    scheduler_statements,
    starter_statements,
    sweep_statements,
    worker_statements,
)
from ladle.deploy.policies.machines import machine_statements
from ladle.deploy.policies.statements import Policies, Statement, document, merged, split
from ladle.deploy.policies.tasks import task_statements
from ladle.deploy.policies.trust import trust_policy

__all__ = [
    "FORCED_WILDCARDS",
    "Policies",
    "Statement",
    "alerts_statements",
    "deadline_statements",
    "document",
    "function_statements",
    "machine_statements",
    "merged",
    "page_statements",
    "scheduler_statements",
    "split",
    "starter_statements",
    "sweep_statements",
    "task_statements",
    "trust_policy",
    "worker_statements",
]
