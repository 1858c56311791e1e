"""Choice: the first rule that holds says where to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ladle.engine import expressions, fields
from ladle.engine.history import passed
from ladle.engine.limits import too_large
from ladle.engine.scope import EvaluationFailed
from ladle.engine.states.base import State, evaluation_failed, over_limit, record_entered, size_failure

if TYPE_CHECKING:
    from ladle.engine.strand import Step, Strand

__all__ = ["build_choice"]


NO_NEXT = "Failed to transition out of the state. The state does not point to a next state."


class Rule:
    """One rule: its test, where it leads, and what it does on the way."""

    __slots__ = ("after", "next_name", "shape", "test")

    after: Step

    def __init__(self, test: Callable[[Strand], bool], next_name: str, shape: fields.Outlet | None) -> None:
        self.test = test
        self.next_name = next_name
        self.shape = shape


def build_choice(state: State, link: list[Callable[[Callable[[str], Step]], None]]) -> None:
    """Choice. In both languages the output is the input unless an Output or OutputPath says otherwise."""
    definition, language = state.definition, state.language
    rules = [_rule(rule, index, language, definition) for index, rule in enumerate(definition["Choices"])]
    take = None if language == "JSONata" else fields.input_selector(definition)
    default: str | None = definition.get("Default")
    own = {key: value for key, value in definition.items() if key in ("Assign", "Output", "OutputPath")}
    give = fields.outlet(own, language)
    fallback = Rule(lambda _s: True, default or "", give)

    def resolve(step_of: Callable[[str], Step]) -> None:
        for rule in rules:
            rule.after = step_of(rule.next_name)
        if default is not None:
            fallback.after = step_of(default)

    link.append(resolve)

    def enter(s: Strand) -> Step | None:
        h = s.history
        if h.count > h.room:
            return over_limit(s)
        value = s.input
        ms = s.entered_ms = h.clock.ms
        s.state = state
        try:
            effective = s.document = value if take is None else take(s)
            for rule in rules:
                if rule.test(s):
                    break
            else:
                if default is None:
                    record_entered(s, state)
                    return evaluation_failed(s, state, EvaluationFailed("States.Runtime", NO_NEXT))
                rule = fallback
            if rule.shape is None:
                output, assigned = effective, None
            else:
                output, assigned = rule.shape(s, effective)
        except EvaluationFailed as failure:
            record_entered(s, state)
            return evaluation_failed(s, state, failure)
        if output is not value and too_large(output):
            record_entered(s, state)
            return size_failure(s, state)
        s.emit((passed, s.prev, ms, state, value, output, assigned))
        h.count = s.prev = h.count + 2
        s.input = output
        if assigned:
            s.variables = {**s.variables, **assigned}
        return rule.after

    state.enter = state.run = enter


def _rule(rule: dict[str, Any], index: int, language: str, choice: dict[str, Any]) -> Rule:
    own = {key: value for key, value in rule.items() if key in ("Assign", "Output")}
    place = f"Choices[{index}]"
    if language == "JSONata":
        test = expressions.jsonata_template(rule["Condition"], place + "/Condition", "boolean")
        return Rule(test, rule["Next"], fields.choice_outlet(own, place) if own else None)
    if "OutputPath" in choice:
        own["OutputPath"] = choice["OutputPath"]
    return Rule(expressions.choice_rule(rule, place), rule["Next"], fields.outlet(own, language))
