"""The ways through the states of one scope: who comes after whom, where ways meet, what is a loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ladle.asl.model import successors

__all__ = ["Flow", "Loop"]

END = ""
"""Where every way ends."""


@dataclass(frozen=True, slots=True)
class Loop:
    """States that lead back to the first of them, and where one goes on behind it (`END`: nowhere)."""

    header: str
    body: frozenset[str]
    follow: str


class Flow:
    """The graph of one scope (a `States` object with its `StartAt`)."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self.start: str = scope["StartAt"]
        self.states: Mapping[str, Mapping[str, Any]] = scope["States"]
        self.after = {name: self._after(state) for name, state in self.states.items()}

    def _after(self, state: Mapping[str, Any]) -> tuple[str, ...]:
        found = dict.fromkeys(str(each.target) for each in successors(state))
        ends = state.get("End") or state.get("Type") in ("Succeed", "Fail")
        return (*found, END) if ends or not found else tuple(found)

    @cached_property
    def reached(self) -> tuple[str, ...]:
        """The states that can be reached, in the order of a depth-first walk, each after who leads to it."""
        seen: set[str] = {END}
        order: list[str] = []

        def visit(name: str) -> None:
            stack = [(name, iter(self.after[name]))]
            seen.add(name)
            while stack:
                at, rest = stack[-1]
                step = next((each for each in rest if each not in seen), None)
                if step is None:
                    order.append(at)
                    stack.pop()
                else:
                    seen.add(step)
                    stack.append((step, iter(self.after[step])))

        visit(self.start)
        return tuple(reversed(order))

    @cached_property
    def _dominators(self) -> dict[str, set[str]]:
        """For each state, those that every way to it goes through (Aho and others, the iterative method)."""
        before: dict[str, list[str]] = {name: [] for name in self.reached}
        for name in self.reached:
            for step in self.after[name]:
                if step != END:
                    before[step].append(name)
        found = {name: set(self.reached) for name in self.reached}
        found[self.start] = {self.start}
        changed = True
        while changed:
            changed = False
            for name in self.reached[1:]:
                ways = [found[each] for each in before[name]]
                now = {name} | set.intersection(*ways) if ways else {name}
                changed |= now != found[name]
                found[name] = now
        return found

    @cached_property
    def _postdominators(self) -> dict[str, set[str]]:
        """For each state, those that every way from it goes through that does not end before."""
        found = {name: {*self.reached, END} for name in (*self.reached, END)}
        changed = True
        while changed:
            changed = False
            for name in reversed(self.reached):
                ways = [found[step] for step in self.after[name] if step != END]
                now = {name} | set.intersection(*ways) if ways else found[name]
                changed |= now != found[name]
                found[name] = now
        return found

    @cached_property
    def _reach(self) -> dict[str, set[str]]:
        """For each state, those that can follow it, itself included."""
        found = {name: {name} for name in self.reached}
        changed = True
        while changed:
            changed = False
            for name in reversed(self.reached):
                now = found[name].union(*(found[step] for step in self.after[name] if step != END))
                changed |= now != found[name]
                found[name] = now
        return found

    def _is_end(self, name: str) -> bool:
        """Whether it is no more than a word that ends: better written twice than led to."""
        return self.states[name].get("Type") in ("Succeed", "Fail")

    def meeting(self, name: str) -> str:
        """Where the ways from a state that go on meet again; `END` where they do not."""
        ways = [step for step in self.after[name] if step != END]
        after = self._postdominators[name] - {name, END}
        candidates = [each for each in self.reached if each in after and not self._is_end(each)]
        shared = [
            each
            for each in candidates
            if sum(each in self._reach[step] for step in ways) >= min(2, len(ways))
        ]
        # The nearest is the one from which all others can be reached.
        return max(shared, key=lambda each: (len(self._reach[each] & set(shared)), each in ways), default=END)

    @cached_property
    def loops(self) -> dict[str, Loop]:
        """The natural loops by the state that they begin with."""
        found: dict[str, set[str]] = {}
        before: dict[str, set[str]] = {}
        for name in self.reached:
            for step in self.after[name]:
                before.setdefault(step, set()).add(name)
        for name in self.reached:
            for header in self.after[name]:
                if header == END or header not in self._dominators[name]:
                    continue
                body = found.setdefault(header, {header})
                todo = [name]
                while todo:
                    at = todo.pop()
                    if at not in body:
                        body.add(at)
                        todo.extend(before.get(at, ()))
        return {header: Loop(header, frozenset(body), self._follow(body)) for header, body in found.items()}

    def _follow(self, body: set[str]) -> str:
        """Where the ways out of a loop meet; those that never do end within it."""
        exits = {step for name in body for step in self.after[name] if step not in body} - {END}
        if not exits:
            return END
        shared = set.intersection(*(self._postdominators[each] for each in exits)) - body - {END}
        near = [
            each for each in self.reached if each in shared and any(each in self._reach[e] for e in exits)
        ]
        near = [each for each in near if not self._is_end(each)] or near
        return max(near, key=lambda each: (len(self._reach[each] & set(near)), each in exits), default=END)

    @cached_property
    def is_structured(self) -> bool:
        """Whether every way back leads to the beginning of a loop: no jump into the middle of one."""
        position = {name: number for number, name in enumerate(self.reached)}
        return all(
            step == END or position[step] > position[name] or step in self._dominators[name]
            for name in self.reached
            for step in self.after[name]
        )
