"""What JSONata makes of a failure: its real error, and the text that Python's `str(error)` would give.

A task's wrapper raises under the exception's name with a JSON text as message, which Lambda wraps in
another, and keeps both so short that they are never cut: the failure of a task under the name of a class is
parsed. Everything else is not so sure. A nested run's failure arrives as States.TaskFailed with the run's
description as Cause, and a Cause may be cut short, missing, or no JSON at all; then regular expressions pick
out string literals, and only a complete literal is parsed.
"""

from __future__ import annotations

from dataclasses import replace

from ladle.compiler.emit.machine import NOWHERE, Raw
from ladle.compiler.language.form import Expr, MakeObject
from ladle.wire import AnyShape, Shape

__all__ = ["answer", "caught", "failure"]

_LITERAL = r'("(?:[^"\\]|\\(?:["\\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
"""A complete JSON string literal."""


def _picked(text: str, before: str) -> str:
    """JSONata: the first string literal after `before` in `text`, still quoted; undefined when there is
    none."""
    return f"$match({text}, /{before}{_LITERAL}/, 1)[0].groups[0]"


_MESSAGE = (
    "$l := " + _picked("$t", '"errorMessage": ?') + "; $t := $l ? $parse($l) : $t; "
    "$l := " + _picked("$t", r'^\{"message": ?') + "; $l ? $parse($l) : $t"
)
"""JSONata: the message in the text `$t`, which is returned as it is where it is of no known form."""

_REAL = (
    "$real := function($e) {( "
    "$n := $e.Error = 'States.TaskFailed' ? " + _picked("$e.Cause", '"Error": ?') + "; "
    "$c := " + _picked("$e.Cause", '"Cause": ?') + "; "
    "$n ? $real({'Error': $parse($n), 'Cause': $c ? $parse($c) : ''}) : $e )}"
)
"""JSONata: the error at the bottom of nested runs."""


def _raw(text: str) -> Raw:
    return Raw.of(text.replace("{", "{{").replace("}", "}}"), valid="state")


_MESSAGE_OF_A_TASK = (
    "($m := $parse($states.errorOutput.Cause).errorMessage; "
    "$substring($m, 0, 12) = '{\"message\": ' ? $parse($m).message : $m)"
)
"""JSONata: the message of a task's failure under the name of a class. Where the module itself failed to be
imported, Lambda reports the exception without the wrapper."""


def caught(*, nested: bool, message: bool, by_task: bool = False) -> Expr:
    """The value of an error variable: `{Error, Cause}`, with `message` where its text is read.

    `by_task` says that the error can only be the failure of a task's function, under the name of a class.
    """
    if not nested and not message:
        return _raw("$states.errorOutput")
    if by_task:
        fields = {
            "Error": "$states.errorOutput.Error",
            "Cause": "$states.errorOutput.Cause",
            "message": _MESSAGE_OF_A_TASK,
        }
        return MakeObject(AnyShape(), NOWHERE, tuple((name, _raw(text)) for name, text in fields.items()))
    error = "$e := $states.errorOutput; "
    if nested:
        error = f"{_REAL}; $e := $real($states.errorOutput); "
    if not message:
        return _raw(f"({error}$e)")
    text = f"$t := [$e.Cause, ''][0]; $m := ({_MESSAGE}); "
    return _raw(f"({error}{text}{{'Error': $e.Error, 'Cause': [$e.Cause, ''][0], 'message': $m}})")


def answer(shape: Shape, *, message: bool) -> Expr:
    """How an Express run ended, as StartSyncExecution tells. One that took too long has no error."""
    fields = "'Error': $e.Error, 'Cause': $e.Cause"
    text = ""
    if message:
        fields, text = f"{fields}, 'message': $m", f"$t := $e.Cause; $m := ({_MESSAGE}); "
    error = "$e := {'Error': [$r.Error, 'States.Timeout'][0], 'Cause': [$r.Cause, ''][0]}; "
    failed = f"({error}{text}{{'ok': false, 'failure': {{{fields}}}}})"
    ended = "$r.Status = 'SUCCEEDED' ? {'ok': true, 'value': $parse($r.Output)}"
    return replace(_raw(f"($r := $states.result; {ended} : {failed})"), shape=shape)


def failure(*, nested: bool) -> Expr:
    """The value of `attempt` where the call failed: the fields of `ladle.Failed`."""
    error = f"{_REAL}; $e := $real($states.errorOutput); " if nested else "$e := $states.errorOutput; "
    text = f"$t := [$e.Cause, ''][0]; $m := ({_MESSAGE}); "
    return _raw(f"({error}{text}{{'error': $e.Error, 'cause': $m}})")
