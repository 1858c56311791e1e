"""Lambda functions, in this process: callables that a test gives by name, or the code of a zip archive.

A `time.sleep` in a function takes no time here: it passes on the virtual clock, and counts against the
function's timeout. Standard output is the test's own.
"""

from __future__ import annotations

import base64
import importlib
import io
import json
import os
import sys
import tempfile
import threading
import time
import traceback
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias
from unittest.mock import patch

from ladle.engine.scope import JSON
from ladle.local.aws import LambdaReply

__all__ = ["FunctionSpec", "Handler", "Package", "invoke_handler"]

Handler: TypeAlias = Callable[[Any, Any], Any]
"""What Lambda calls: event and context in, the result out."""


@dataclass(frozen=True)
class FunctionSpec:
    """What a function's context object and environment say. `timeout` in seconds."""

    name: str
    region: str = "us-east-1"
    account: str = "123456789012"
    timeout: float = 900
    memory: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)


class Context:
    """The context object of one invocation."""

    def __init__(self, spec: FunctionSpec) -> None:
        self.function_name = spec.name
        self.function_version = "$LATEST"
        self.invoked_function_arn = f"arn:aws:lambda:{spec.region}:{spec.account}:function:{spec.name}"
        self.memory_limit_in_mb = spec.memory
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{spec.name}"
        self.log_stream_name = "in-process"
        self.client_context = None
        self.identity = None
        self._milliseconds = int(spec.timeout * 1000)

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run: all of its timeout, since no time passes here."""
        return self._milliseconds


def invoke_handler(handler: Handler, spec: FunctionSpec, event: JSON) -> LambdaReply:
    """Call a handler as Lambda's Python runtime would: JSON in, JSON out, exceptions as error documents."""
    context = Context(spec)
    identity = {"AWS_LAMBDA_FUNCTION_NAME": spec.name, "AWS_REGION": spec.region}
    with patch.dict(os.environ, {**identity, **spec.environment}), _virtual_sleep() as slept:
        reply = _run(handler, context, json.loads(json.dumps(event)))
    log = base64.b64encode(f"START RequestId: {context.aws_request_id} Version: $LATEST\n".encode()).decode()
    if slept[0] > spec.timeout:
        message = (
            f"RequestId: {context.aws_request_id} Error: Task timed out after {spec.timeout:.2f} seconds"
        )
        document = {"errorType": "Sandbox.Timedout", "errorMessage": message}
        return LambdaReply(json.dumps(document), True, spec.timeout, log)
    return LambdaReply(reply.payload, reply.failed, slept[0], log)


def _run(handler: Handler, context: Context, event: JSON) -> LambdaReply:
    request = context.aws_request_id
    try:
        result = handler(event, context)
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
        message = f"RequestId: {request} Error: Runtime exited with error: exit status {status}"
        return _failed("Runtime.ExitError", message)
    except _NotLoaded as problem:
        return _failed(problem.kind, str(problem), requestId=request, stackTrace=[])
    except Exception as error:  # noqa: BLE001 - the runtime reports whatever a function raises
        frames = _stack(error, getattr(handler, "root", None))
        return _failed(type(error).__name__, str(error), requestId=request, stackTrace=frames)
    if isinstance(result, bytes):
        return LambdaReply(result.decode("utf-8", "replace"))  # bytes are the payload as it is
    try:
        return LambdaReply(json.dumps(result))
    except (TypeError, ValueError, RecursionError) as error:
        return _failed(
            "Runtime.MarshalError", f"Unable to marshal response: {error}", requestId=request, stackTrace=[]
        )


def _failed(kind: str, message: str, **more: Any) -> LambdaReply:
    return LambdaReply(json.dumps({"errorMessage": message, "errorType": kind, **more}), True)


def _stack(error: BaseException, root: str | None) -> list[str]:
    """The function's own frames; those of its archive lie in /var/task, as on Lambda."""
    frames = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == __file__ or (root is not None and not frame.filename.startswith(root)):
            continue
        path = frame.filename if root is None else frame.filename.replace(root, "/var/task", 1)
        frames += traceback.format_list([(path, frame.lineno or 0, frame.name, frame.line)])
    return frames


@contextmanager
def _virtual_sleep() -> Iterator[list[float]]:
    """Count what this thread sleeps instead of sleeping."""
    slept, owner, real = [0.0], threading.get_ident(), time.sleep

    def sleep(seconds: float) -> None:
        if threading.get_ident() == owner:
            slept[0] += seconds
        else:
            real(seconds)

    with patch.object(time, "sleep", sleep):
        yield slept


# Archives -------------------------------------------------------------------------------------------------


class _NotLoaded(Exception):
    """The handler cannot be loaded; `kind` is the error type that Lambda reports."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Package:
    """The unpacked code of one function. Its modules are its own, and stay loaded between invocations."""

    def __init__(self, archive: bytes, handler: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ladle-function-")
        self.root = str(Path(self._folder.name).resolve())
        self._module, _, self._function = handler.rpartition(".")
        self._loaded: dict[str, ModuleType] = {}
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            opened.extractall(self.root)

    def __call__(self, event: Any, context: Any) -> Any:
        """Import the handler's module when first called, and call the handler."""
        with self._own_modules():
            return self._handler()(event, context)

    def _handler(self) -> Handler:
        name = self._module
        try:
            module = importlib.import_module(name.replace("/", "."))
        except ImportError as error:
            message = f"Unable to import module '{name}': {error}"
            raise _NotLoaded("Runtime.ImportModuleError", message) from None
        except SyntaxError as error:
            message = f"Syntax error in module '{name}': {error}"
            raise _NotLoaded("Runtime.UserCodeSyntaxError", message) from None
        try:
            handler: Handler = getattr(module, self._function)
        except AttributeError:
            message = f"Handler '{self._function}' missing on module '{name}'"
            raise _NotLoaded("Runtime.HandlerNotFound", message) from None
        return handler

    def close(self) -> None:
        """Remove the unpacked code."""
        self._folder.cleanup()

    @contextmanager
    def _own_modules(self) -> Iterator[None]:
        """Let `import` find the function's modules before any others, and forget them afterwards."""
        own = {path.stem if path.suffix == ".py" else path.name for path in Path(self.root).iterdir()}
        hidden = {n: m for n, m in sys.modules.items() if n.partition(".")[0] in own and not self._is_own(m)}
        for name in hidden:
            del sys.modules[name]
        sys.modules.update(self._loaded)
        sys.path.insert(0, self.root)
        importlib.invalidate_caches()
        with ExitStack() as stack:
            stack.callback(self._forget, hidden)
            yield

    def _forget(self, hidden: dict[str, ModuleType]) -> None:
        sys.path.remove(self.root)
        self._loaded = {name: module for name, module in sys.modules.items() if self._is_own(module)}
        for name in self._loaded:
            del sys.modules[name]
        sys.modules.update(hidden)

    def _is_own(self, module: ModuleType) -> bool:
        places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
        return any(isinstance(place, str) and place.startswith(self.root) for place in places)
