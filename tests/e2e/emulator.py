"""MiniStack, mended: `python emulator.py PORT [FOLDER]` in MiniStack's own environment; `make stack` runs it.

It serves on this machine only, and forgets everything when it ends; FOLDER is where its files lie meanwhile.

MiniStack 1.5.33 answers differently from AWS in places that the sample pipeline passes. Each is mended here,
in the text of MiniStack's modules while they are imported, so that what the test sees can be what AWS would
do. A text that is not there any more ends the program: a newer MiniStack may need a mend less.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import tempfile
from pathlib import Path
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
        """def _add_event(execution, event_type, details=None):
    event = {
        "id": len(execution["events"]) + 1,
        "type": event_type,
        "timestamp": now_iso(),
    }
    if details:
        event.update(details)
    execution["events"].append(event)
    return event
""",
        """_event_lock = threading.Lock()
_thread = threading.local()  # arn, previous, assigned: of the execution, branch or item that this thread runs


def _add_event(execution, event_type, details=None):
    own = getattr(_thread, "arn", None) == execution.get("executionArn")
    with _event_lock:
        event = {
            "id": len(execution["events"]) + 1,
            "previousEventId": _thread.previous if own else len(execution["events"]),
            "type": event_type,
            "timestamp": now_iso(),
            **(details or {}),
        }
        execution["events"].append(event)
    if own and event_type not in ("ParallelStateSucceeded", "MapStateSucceeded"):
        _thread.previous = event["id"]
    return event


def _assigned():
    found, _thread.assigned = getattr(_thread, "assigned", {}), {}
    return {"assignedVariables": found} if found else {}


def _integration(resource):
    service = resource.partition(":::")[2]
    if not service:
        return {"resourceType": "lambda" if "lambda" in resource else "states", "resource": resource}
    *kind, action = service.split(":", 2 if service.startswith("aws-sdk:") else 1)
    return {"resourceType": ":".join(kind), "resource": action}
""",
        "each event names the one before it on its own way through the machine (GetExecutionHistory)",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """    time.sleep(0.15)

    sm = _state_machines""",
        """    _thread.arn, _thread.previous = exec_arn, 0
    time.sleep(0.15)

    sm = _state_machines""",
        "the first state's event names none before it",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """                    "output": json.dumps(current_input),
                },
            })
            current_name = next_name""",
        """                    "output": json.dumps(current_input),
                    **_assigned(),
                },
            })
            current_name = next_name""",
        "the exit of a state tells the variables that it assigned (StateExitedEventDetails)",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """    for name, template in assign.items():
        variables[name] = _apply_jsonata_template(
            template, raw_input, ctx,
            result=result, error_output=error_output,
        )
""",
        """    found = {
        name: _apply_jsonata_template(template, raw_input, ctx, result=result, error_output=error_output)
        for name, template in assign.items()
    }
    variables.update(found)
    _thread.assigned = {name: json.dumps(value) for name, value in found.items()}
""",
        "its other half; and all of an Assign sees the variables as they were before it",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """            _add_event(execution, "TaskScheduled", {
                "taskScheduledEventDetails": {
                    "resourceType": "lambda" if "lambda" in resource else "states",
                    "resource": resource,
                },
            })
""",
        """            _add_event(execution, "TaskScheduled", {
                "taskScheduledEventDetails": {
                    **_integration(resource),
                    "region": get_region(),
                    "parameters": json.dumps(effective),
                },
            })
            _add_event(execution, "TaskStarted", {"taskStartedEventDetails": _integration(resource)})
""",
        "a call tells what it calls and with which parameters (TaskScheduledEventDetails)",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """                    "output": json.dumps(task_result),
                    "resource": resource,""",
        """                    "output": json.dumps(task_result),
                    **_integration(resource),""",
        "so does its end",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """                    "error": err.error, "cause": err.cause,
                    "resource": resource,""",
        """                    "error": err.error, "cause": err.cause,
                    **_integration(resource),""",
        "and its failure",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """    errors = [None] * len(branches)

    def run_branch(idx, branch):
        try:
            results[idx] = _run_sub_machine(
                branch.get("States", {}),
                branch.get("StartAt"),
                effective, execution, ctx)
        except Exception as exc:
            errors[idx] = exc
""",
        """    errors = [None] * len(branches)
    began = _add_event(execution, "ParallelStateStarted")["id"]
    ends = [began] * len(branches)

    def run_branch(idx, branch):
        _thread.arn, _thread.previous = execution.get("executionArn"), began
        try:
            results[idx] = _run_sub_machine(
                branch.get("States", {}),
                branch.get("StartAt"),
                effective, execution, {**ctx, "variables": dict(ctx.get("variables", {}))})
        except Exception as exc:
            errors[idx] = exc
        ends[idx] = _thread.previous
""",
        "the steps of a Parallel's branches are in the history; a branch assigns variables of its own only",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """    for t in threads:
        t.join()

    for err in errors:
        if err is not None:
            raise err if""",
        """    for t in threads:
        t.join()

    _thread.previous = max(ends, default=began)
    _add_event(execution, f"ParallelState{'Failed' if any(errors) else 'Succeeded'}")
    for err in errors:
        if err is not None:
            raise err if""",
        "so is its end",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """    errors = [None] * len(items)

    def run_item(idx, item):
        try:""",
        """    errors = [None] * len(items)
    name = ctx["State"]["Name"]
    length = {"mapStateStartedEventDetails": {"length": len(items)}}
    began = _add_event(execution, "MapStateStarted", length)["id"]
    ends = [began] * len(items)

    def run_item(idx, item):
        _thread.arn, _thread.previous = execution.get("executionArn"), began
        _add_event(execution, "MapIterationStarted", {
            "mapIterationStartedEventDetails": {"name": name, "index": idx}})
        _run_item(idx, item)
        end = "Failed" if errors[idx] else "Succeeded"
        _add_event(execution, f"MapIteration{end}", {
            f"mapIteration{end}EventDetails": {"name": name, "index": idx}})
        ends[idx] = _thread.previous

    def _run_item(idx, item):
        try:""",
        "the passes of a Map are in the history",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """        futures_wait(futs)

    for err in errors:
        if err is not None:
            raise err if""",
        """        futures_wait(futs)

    _thread.previous = max(ends, default=began)
    _add_event(execution, f"MapState{'Failed' if any(errors) else 'Succeeded'}")
    for err in errors:
        if err is not None:
            raise err if""",
        "so is its end",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """        if state_type == "Succeed":
            return _apply_output_path(state_def,
                                      _apply_input_path(state_def, current_input, ctx), ctx)
""",
        """        entered = current_name
        _add_event(execution, f"{state_type}StateEntered", {
            "stateEnteredEventDetails": {"name": entered, "input": json.dumps(current_input)}})
        if state_type == "Succeed":
            output = _apply_output_path(state_def,
                                        _apply_input_path(state_def, current_input, ctx), ctx)
            output = _apply_jsonata_output(state_def, output, ctx, default=output)
            _add_event(execution, "SucceedStateExited", {
                "stateExitedEventDetails": {"name": entered, "output": json.dumps(output)}})
            return output
""",
        "the states within a Parallel or a Map are in the history, and a Succeed takes Output there, too",
    ),
    Mend(
        "ministack.services.stepfunctions",
        """            current_input, current_name = handler_fn(
                state_def, current_input, ctx)

    return current_input
""",
        """            current_input, current_name = handler_fn(
                state_def, current_input, ctx)
        _add_event(execution, f"{state_type}StateExited", {
            "stateExitedEventDetails": {"name": entered, "output": json.dumps(current_input), **_assigned()}})

    return current_input
""",
        "their other half",
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
        """"error": str(e), "body": {
                "errorMessage": str(e), "errorType": type(e).__name__,
                "stackTrace": traceback.format_tb(e.__traceback__)}, "trace": traceback.format_exc()}""",
        "Lambda reports an exception under its class's name, with its frames; both were lost on the way",
    ),
    Mend(
        "ministack.services.lambda_svc",
        """                "body": {
                    "errorMessage": error_msg,
                    "errorType": error_type,
                },
                "error": True,
                "log": \"\\n\".join(""",
        """                "body": result.get("body") or {
                    "errorMessage": error_msg,
                    "errorType": error_type,
                },
                "error": True,
                "log": \"\\n\".join(""",
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


def settings(port: int, folder: Path) -> dict[str, str]:
    """The environment that MiniStack is told by."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_REGION": "us-east-1",
        "S3_DATA_DIR": str(folder / "s3"),
        "SFN_WAIT_SCALE": "0",  # the hours that the sample waits for a late file take no time
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def serve(port: int, folder: Path) -> None:
    """Run MiniStack until it is stopped."""
    given = {name for name in os.environ if name.startswith(("AWS_", "LADLE_", "PYTHON"))}
    for name in given:  # of the shell that started it: its Lambdas must find nothing but their package
        del os.environ[name]
    os.environ.update(settings(port, folder))
    tempfile.tempdir = str(folder)
    sys.argv[1:] = []  # MiniStack reads them, too
    sys.meta_path.insert(0, _Finder())
    from ministack.app import main

    main()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        serve(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory(prefix="ladle-stack-") as made:
            serve(int(sys.argv[1]), Path(made))
