"""Payload templates and path fields of JSONPath states, compiled to closures over the scope.

`Parameters`, `ResultSelector`, `ItemSelector`, `Assign`: JSON in which a field `name.$` holds a path or an
intrinsic call. `InputPath`, `SecondsPath` and their like: one path. The texts of causes are AWS's.
"""

from __future__ import annotations

from typing import Final

from ladle.engine.jsonpath.intrinsics import ArgumentNotFound, IntrinsicFailed, compile_call, is_call
from ladle.engine.jsonpath.path import CompiledPath, PathNotFound, parse_path
from ladle.engine.jsonpath.text import InvalidPath, compact
from ladle.engine.scope import JSON, MISSING, Evaluate, EvaluationFailed, Scope
from ladle.errors import LadleError

__all__ = ["PathTemplateError", "compile_path", "compile_template"]

_RUNTIME: Final = "States.Runtime"
_INTRINSIC: Final = "States.IntrinsicFailure"


class PathTemplateError(LadleError):
    """A path or call in a definition that Step Functions would refuse; `field` is its place in the state."""

    def __init__(self, field: str, text: JSON, reason: str) -> None:
        super().__init__(
            f"{field}: {text!r} must be a valid JSONPath or a valid intrinsic function call: {reason}"
        )
        self.field = field
        self.text = text
        self.reason = reason


def compile_path(text: str, *, field: str) -> Evaluate:
    """Compile the path (or, where AWS allows one, the intrinsic call) of a field such as `InputPath`.

    Raises PathTemplateError. The closure reads `scope.document` and fails with States.Runtime.
    """
    try:
        if is_call(text):
            return _guarded_call(text, text, compile_call(text))
        path = parse_path(text)
    except InvalidPath as error:
        raise PathTemplateError(field, text, error.reason) from error
    read = path.read

    def run(scope: Scope) -> JSON:
        try:
            return read(scope)
        except PathNotFound as error:
            raise EvaluationFailed(_RUNTIME, f"Invalid path '{text}' : {error}") from None

    return run


def compile_template(template: JSON, *, field: str) -> Evaluate:
    """Compile a payload template. Raises PathTemplateError.

    The closure reads `scope.document`; it fails with States.Runtime where a path leads nowhere and with
    States.IntrinsicFailure where a call cannot be made.
    """
    run = _compile(template, field)
    return (lambda _scope: template) if run is None else run


def _compile(template: JSON, field: str) -> Evaluate | None:
    """Return the closure, or None where the template is constant."""
    if isinstance(template, dict):
        return _compile_object(template, field)
    if isinstance(template, list):
        items = [_compile(item, f"{field}[{index}]") for index, item in enumerate(template)]
        if all(item is None for item in items):
            return None
        return _build_list(template, items)
    return None


def _compile_object(template: dict[str, JSON], field: str) -> Evaluate | None:
    parts: list[tuple[str, Evaluate | None, JSON]] = []
    for key, value in template.items():
        if key.endswith(".$"):
            parts.append((key[:-2], _compile_reference(key, value, field), None))
        else:
            parts.append((key, _compile(value, f"{field}.{key}"), value))
    if all(run is None for _, run, _ in parts):
        return None
    running = [(key, run) for key, run, _ in parts if run is not None]
    if len(running) == len(parts):
        return lambda scope: {key: run(scope) for key, run in running}

    def build(scope: Scope) -> JSON:
        return {key: value if run is None else run(scope) for key, run, value in parts}

    return build


def _build_list(template: list[JSON], items: list[Evaluate | None]) -> Evaluate:
    pairs = list(zip(items, template, strict=True))

    def build(scope: Scope) -> JSON:
        return [value if run is None else run(scope) for run, value in pairs]

    return build


def _compile_reference(key: str, text: JSON, field: str) -> Evaluate:
    """Compile the value of a field whose name ends in `.$`."""
    if not isinstance(text, str):
        raise PathTemplateError(f"{field}.{key}", text, "it is not a string")
    try:
        if is_call(text):
            return _guarded_call(text, key, compile_call(text))
        path = parse_path(text)
    except InvalidPath as error:
        raise PathTemplateError(f"{field}.{key}", text, error.reason) from error
    get = path.get

    def run(scope: Scope) -> JSON:
        value = get(scope)
        if value is MISSING:
            raise _missing(path, key, scope)
        return value

    return run


def _missing(path: CompiledPath, key: str, scope: Scope) -> EvaluationFailed:
    base = path.base(scope)
    searched = scope.document if base is MISSING else base
    if searched is None:
        return EvaluationFailed(_RUNTIME, "Unable to apply Path transformation to null or empty input.")
    return EvaluationFailed(
        _RUNTIME,
        f"The JSONPath '{path.text}' specified for the field '{key}' could not be found in the input"
        f" '{compact(searched)}'",
    )


def _guarded_call(text: str, key: str, call: Evaluate) -> Evaluate:
    def run(scope: Scope) -> JSON:
        try:
            return call(scope)
        except IntrinsicFailed as error:
            raise EvaluationFailed(
                _INTRINSIC, f"The function '{text}' had the following error: {error}"
            ) from None
        except ArgumentNotFound as error:
            raise _missing(error.path, key, scope) from None

    return run
