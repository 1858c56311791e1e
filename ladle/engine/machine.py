"""A definition compiled once: every state a few closures, linked to each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ladle.engine.errors import Catcher, Retrier
from ladle.engine.fields import catch_outlet
from ladle.engine.limits import MAX_BLOCK_DEPTH
from ladle.engine.states.base import State, finish
from ladle.engine.states.choice import build_choice
from ladle.engine.states.flow import build_fail, build_pass, build_succeed
from ladle.engine.states.map_distributed import build_map_distributed
from ladle.engine.states.map_inline import build_map_inline
from ladle.engine.states.parallel import build_parallel
from ladle.engine.states.task import build_task
from ladle.engine.states.wait import build_wait
from ladle.errors import LadleError

if TYPE_CHECKING:
    from ladle.engine.strand import Step, Strand

__all__ = ["InvalidDefinition", "Machine", "StateCompiler", "compile_machine"]


class InvalidDefinition(LadleError):
    """A definition that cannot be compiled. The message names the state and says what is wrong."""


class Machine:
    """A state machine, compiled. Immutable; any number of executions share it.

    `first` is its first state; `timeout_seconds` its own TimeoutSeconds, None where it has none.
    """

    __slots__ = (
        "account",
        "arn",
        "definition",
        "definition_text",
        "first",
        "name",
        "region",
        "role_arn",
        "states",
        "timeout_seconds",
        "type",
    )

    def __init__(
        self,
        *,
        name: str,
        type: str,
        region: str,
        account: str,
        role_arn: str,
        definition: dict[str, Any],
        definition_text: str,
        first: State,
        states: dict[str, State],
        arn: str | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.region = region
        self.account = account
        self.role_arn = role_arn
        self.definition = definition
        self.definition_text = definition_text
        self.first = first
        self.states = states
        self.timeout_seconds: float | None = definition.get("TimeoutSeconds")
        self.arn = arn or f"arn:aws:states:{region}:{account}:stateMachine:{name}"

    def __repr__(self) -> str:
        return f"<Machine {self.name} {self.type}>"


def compile_machine(
    definition: str | Mapping[str, Any],
    *,
    name: str,
    type: str = "STANDARD",
    region: str = "us-east-1",
    account: str = "123456789012",
    role_arn: str | None = None,
) -> Machine:
    """Compile a definition.

    `definition` is Amazon States Language, as text or as the decoded value; `type` is STANDARD or EXPRESS.
    Raises InvalidDefinition when the text is not JSON, a state has no meaning or an expression does not
    parse. What AWS would refuse besides is for `ladle.asl` to find.
    """
    if isinstance(definition, str):
        text = definition
        try:
            decoded = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidDefinition(f"{name}: the definition is not JSON: {error}") from error
    else:
        decoded = dict(definition)
        try:
            text = json.dumps(decoded)
        except (TypeError, ValueError, RecursionError) as error:
            reason = "the states are nested too deeply" if isinstance(error, RecursionError) else error
            raise InvalidDefinition(f"{name}: the definition cannot be written as JSON: {reason}") from None
    if not isinstance(decoded, dict):
        raise InvalidDefinition(f"{name}: the definition must be a JSON object")
    if type not in ("STANDARD", "EXPRESS"):
        raise InvalidDefinition(f"{name}: the type must be STANDARD or EXPRESS, not {type!r}")
    compiler = StateCompiler(name)
    first = compiler.block(decoded, decoded.get("QueryLanguage", "JSONPath"))
    return Machine(
        name=name,
        type=type,
        region=region,
        account=account,
        role_arn=role_arn or f"arn:aws:iam::{account}:role/ladle",
        definition=decoded,
        definition_text=text,
        first=first,
        states=compiler.states,
    )


class StateCompiler:
    """Compiles the blocks (`StartAt`, `States`) of one definition."""

    def __init__(self, machine: str) -> None:
        self.machine = machine
        self.states: dict[str, State] = {}
        self._depth = 0

    def block(self, block: dict[str, Any], language: str) -> State:
        """Compile a block and return its first state."""
        self._depth += 1
        if self._depth > MAX_BLOCK_DEPTH:
            raise InvalidDefinition(f"{self.machine}: the states are nested too deeply")
        first = self._block(block, language)
        self._depth -= 1
        return first

    def _block(self, block: dict[str, Any], language: str) -> State:
        definitions = block.get("States")
        start = block.get("StartAt")
        if not isinstance(definitions, dict) or not definitions:
            raise InvalidDefinition(f"{self.machine}: a block has no States")
        if start not in definitions:
            raise InvalidDefinition(f"{self.machine}: StartAt names the state {start!r}, which is not there")
        links: list[Callable[[Callable[[str], Step]], None]] = []
        states = {
            name: self.state(name, definition, language, links) for name, definition in definitions.items()
        }

        def step_of(name: str) -> Step:
            if name not in states:
                raise InvalidDefinition(
                    f"{self.machine}: the state {name!r} is named as Next, and is not there"
                )
            return states[name].enter

        for state in states.values():
            state.after = finish if state.next_name is None else step_of(state.next_name)
            for catcher in state.catchers:
                catcher.after = step_of(catcher.next_name)
        for link in links:
            link(step_of)
        return states[start]

    def state(
        self,
        name: str,
        definition: dict[str, Any],
        language: str,
        links: list[Callable[[Callable[[str], Step]], None]],
    ) -> State:
        """Compile one state."""
        own = definition.get("QueryLanguage", language)
        kind = definition.get("Type")
        if kind not in _TYPES:
            raise InvalidDefinition(f"{self.machine}: the state {name!r} has the unknown Type {kind!r}")
        state = State(name, definition, own)
        try:
            state.retriers = tuple(Retrier(entry) for entry in definition.get("Retry", ()))
            state.catchers = tuple(
                Catcher(entry, catch_outlet(entry, own, index))
                for index, entry in enumerate(definition.get("Catch", ()))
            )
            if kind == "Choice":
                build_choice(state, links)
            elif kind == "Parallel":
                build_parallel(state, self.block, language)
            elif kind == "Map":
                self.map(state, language)
            else:
                _SIMPLE[kind](state)
        except KeyError as error:
            raise InvalidDefinition(f"{self.machine}: the state {name!r} lacks the field {error}") from error
        self.states[name] = state
        return state

    def map(self, state: State, language: str) -> None:
        """Compile a Map in the mode that its processor asks for."""
        processor = state.definition.get("ItemProcessor") or state.definition["Iterator"]
        config = processor.get("ProcessorConfig", {})
        if config.get("Mode") != "DISTRIBUTED":
            build_map_inline(state, self.block, language)
            return
        first = self.block(processor, language)
        type_ = config.get("ExecutionType", "STANDARD")

        def child_machine(s: Strand, label: str) -> Machine:
            owner = s.execution.machine
            return Machine(
                name=f"{owner.name}/{label}",
                type=type_,
                region=owner.region,
                account=owner.account,
                role_arn=owner.role_arn,
                definition=processor,
                definition_text=owner.definition_text,
                first=first,
                states=owner.states,
            )

        build_map_distributed(state, child_machine)


_SIMPLE: dict[str, Callable[[State], None]] = {
    "Pass": build_pass,
    "Succeed": build_succeed,
    "Fail": build_fail,
    "Wait": build_wait,
    "Task": build_task,
}
_TYPES = frozenset({*_SIMPLE, "Choice", "Parallel", "Map"})
