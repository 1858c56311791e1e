"""How far the answers to single API requests agree with what AWS answered: TestState and validation.

Levels: `status`, whether the request was taken, and for a tested state its status; `output`, the output, or
the name of the error; `words`, everything else: the cause, the message, the inspection data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agreement import Agreement, Different, compare

__all__ = ["agree_on_answer", "api_case"]

Judge = Callable[[dict[str, Any], dict[str, Any], frozenset[str]], None]


def agree_on_answer(case: dict[str, Any], actual: dict[str, Any]) -> Agreement:
    """Compare our answer with AWS's; `types` and `events` do not apply."""
    wild = frozenset(case.get("wildcards") or ())
    steps = _VALIDATION if case["kind"] == "validation" else _TEST_STATE
    reached = 0
    try:
        for step in steps:
            step(case["expected"], actual, wild)
            reached += 1
    except Different as error:
        return Agreement(reached > 0, reached > 1, None, None, str(error))
    return Agreement(True, True)


def _same(expected: Any, actual: Any, place: str) -> None:
    if expected != actual:
        raise Different(f"{place}: {actual!r}, not {expected!r}")


# CreateStateMachine, UpdateStateMachine, ValidateStateMachineDefinition -----------------------------------


def _taken(expected: dict[str, Any], actual: dict[str, Any], _wild: frozenset[str]) -> None:
    if bool(expected["valid"]) != bool(actual["valid"]):
        said = actual.get("error_message") or actual.get("diagnostics")
        raise Different(f"valid {actual['valid']} ({said}), not {expected['valid']}")


def _refusal(expected: dict[str, Any], actual: dict[str, Any], _wild: frozenset[str]) -> None:
    _same(expected.get("error_code"), actual.get("error_code"), "error_code")


def _words_of_refusal(expected: dict[str, Any], actual: dict[str, Any], wild: frozenset[str]) -> None:
    """The message; for diagnostics how many there are, since AWS says not to rely on their words."""
    if expected.get("error_message") is not None:
        compare(expected["error_message"], actual.get("error_message"), wild, "error_message")
    if expected.get("diagnostics"):
        _same(len(expected["diagnostics"]), len(actual["diagnostics"]), "number of diagnostics")


_VALIDATION: tuple[Judge, ...] = (_taken, _refusal, _words_of_refusal)


# TestState ------------------------------------------------------------------------------------------------


def _status(expected: dict[str, Any], actual: dict[str, Any], _wild: frozenset[str]) -> None:
    if bool(expected["raises"]) != ("error_code" in actual):
        raise Different(f"answered {actual!r}"[:300])
    if not expected["raises"]:
        _same(expected["status"], actual["status"], "status")


def _result(expected: dict[str, Any], actual: dict[str, Any], wild: frozenset[str]) -> None:
    if expected["raises"]:
        _same(expected["error_code"], actual["error_code"], "error_code")
        return
    for key in ("output", "error", "nextState"):
        compare(expected[key], actual[key], wild, key)


def _words(expected: dict[str, Any], actual: dict[str, Any], wild: frozenset[str]) -> None:
    if expected["raises"]:
        _same(expected["error_message"], actual["error_message"], "error_message")
        return
    compare(expected["cause"], actual["cause"], wild, "cause")
    compare(expected["response"].get("inspectionData"), actual.get("inspectionData"), wild, "inspectionData")


_TEST_STATE: tuple[Judge, ...] = (_status, _result, _words)


def api_case(case: dict[str, Any]) -> Agreement:
    """Send a recorded request, and compare."""
    import api_adapter

    adapter = api_adapter.validate if case["kind"] == "validation" else api_adapter.test_state
    return agree_on_answer(case, adapter(case))
