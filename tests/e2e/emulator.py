"""MiniStack, mended: `python emulator.py` in MiniStack's own environment, with its variables.

MiniStack 1.5.33 answers differently from AWS in places that the sample pipeline passes. Each is mended here,
in the text of MiniStack's modules while they are imported, so that what the test sees can be what AWS would
do. A text that is not there any more ends the program: a newer MiniStack may need a mend less.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import CodeType
from typing import Any, NamedTuple


class Mend(NamedTuple):
    """In a module, one text for another, and why."""

    module: str
    old: str
    new: str
    why: str


MENDS = (
    Mend(
        "ministack.services.stepfunctions",
        """            "StartTime": execution["startDate"],
        },""",
        """            "StartTime": execution["startDate"],
            "RedriveCount": 0,
        },""",
        "the context object has Execution.RedriveCount from the start on (Step Functions, context object)",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """    result = _apply_result_selector(state_def, results)
    output = _apply_result_path(state_def, raw_input, result)
    output = _apply_output_path(state_def, output, ctx)
    return output, _next_or_end(state_def)


# ---------------------------------------------------------------------------
# Map state""",
        """    if _state_query_language(state_def, ctx) == "JSONata":
        output = _apply_jsonata_output(state_def, raw_input, ctx, result=results, default=results)
        _apply_state_assign(state_def, raw_input, ctx, result=results)
        return output, _next_or_end(state_def)
    result = _apply_result_selector(state_def, results)
    output = _apply_result_path(state_def, raw_input, result)
    output = _apply_output_path(state_def, output, ctx)
    return output, _next_or_end(state_def)


# ---------------------------------------------------------------------------
# Map state""",
        "a Parallel state takes Output and Assign in JSONata, as a Map does",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """                current_input = _apply_input_path(state_def, current_input, ctx)
                current_input = _apply_output_path(state_def, current_input, ctx)
                _add_event(execution, "SucceedStateExited", {""",
        """                current_input = _apply_jsonata_output(
                    state_def, current_input, ctx, default=current_input)
                _add_event(execution, "SucceedStateExited", {""",
        "a Succeed state takes Output in JSONata",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """        "id": len(execution["events"]) + 1,
        "type": event_type,""",
        """        "id": len(execution["events"]) + 1,
        "previousEventId": len(execution["events"]),
        "type": event_type,""",
        "each event names the one before it (those of branches are not recorded here at all)",
    ),
    Mend(
        "ministack.services.scheduler",
        """                _eb._invoke_target(target, event, sched)""",
        """                due = now_dt.strftime("%Y-%m-%dT%H:%M:00Z")
                filled = target.get("Input", "").replace("<aws.scheduler.scheduled-time>", due)
                _eb._invoke_target({**target, "Input": filled}, event, sched)""",
        "Scheduler fills its context attributes into the input; schedules are due at full minutes here",
    ),
    Mend(
        "ministack.core.lambda_runtime",
        """"error": str(e), "trace": traceback.format_exc()}""",
        """"error": str(e), "type": type(e).__name__, "trace": traceback.format_exc()}""",
        "Lambda reports an exception under the name of its class; here the class was lost on the way",
    ),
    Mend(
        "ministack.services.lambda_svc",
        """            error_type = "Runtime.HandlerError"
            if _RIE""",
        """            error_type = result.get("type", "Runtime.HandlerError")
            if _RIE""",
        "its other half: Catch and Retry look for that name",
    ),
)


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module of MiniStack with its mends."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        text = self.get_data(path).decode()
        for mend in MENDS:
            if mend.module == fullname:
                if text.count(mend.old) != 1:
                    sys.exit(f"{fullname} has changed: is this still so? {mend.why}\n{mend.old}")
                text = text.replace(mend.old, mend.new)
        return compile(text, path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that have mends."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if not any(mend.module == fullname for mend in MENDS):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            sys.exit(f"this MiniStack has no {fullname}")
        spec.loader = _Loader(fullname, spec.origin)
        return spec


if __name__ == "__main__":
    sys.meta_path.insert(0, _Finder())
    from ministack.app import main

    main()
