"""The control flow of a machine as Python: choices, loops, handlers, and where ways meet again."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ladle.importing.calls import Calls
from ladle.importing.code import HANDLER, UNSET, Arrival, Known, Line, Lines, Problem, Ways, fields_of
from ladle.importing.flow import END, Flow
from ladle.importing.uses import INPUT, Environment, Refused
from ladle.importing.values import Expr, Name, Record, put

__all__ = ["Machine"]


class Machine(Calls):
    """Turns the states of a definition into statements; what it finds goes into its fields."""

    def body(self) -> tuple[Lines, list[Expr]]:
        """The lines of the workflow's body and what its ends give."""
        return self.scope(self.definition, Known(Name(INPUT), {}), 1, None)

    def scope(
        self, scope: Mapping[str, Any], begin: Known, depth: int, around: Environment | None
    ) -> tuple[Lines, list[Expr]]:
        outer = getattr(self, "_flow", None)
        flow = self._flow = Flow(scope)
        lines: Lines = []
        ends: list[Expr] = []
        if flow.is_structured:
            self._walk(flow.start, begin, lines, depth, Ways({}, {}, ends, around))
        else:
            message = "its ways cross: some state leads into the middle of a loop"
            self.problems.append(Problem(flow.start, message))
        if outer is not None:
            self._flow = outer
        return lines, ends

    def _walk(
        self, name: str, at: Known, lines: Lines, depth: int, ways: Ways, *, entering: str = ""
    ) -> None:
        """Write the states from `name` on, up to where `ways` stop. `entering` is the loop being begun."""
        while True:
            if name in ways.stops and name != entering:
                ways.seen.setdefault(name, []).append((at, lines, depth))
                if ways.stops[name]:
                    lines.append(Line(depth, (ways.stops[name],)))
                return
            if name == END:
                self._end(at.document, lines, depth, ways)
                return
            if name in self._flow.loops and name != entering:
                found = self._loop(name, at, lines, depth, ways)
                if found is None:
                    return
                name, at = found
                continue
            entering = ""
            state = self._flow.states[name]
            try:
                found = self._state(name, state, at, lines, depth, ways)
            except Refused as refusal:
                self.problems.append(Problem(name, str(refusal)))
                found = (self._flow.after[name][0], at)
            if found is None:
                return
            name, at = found

    def _end(self, document: Expr, lines: Lines, depth: int, ways: Ways) -> None:
        ways.ends.append(self.whole(document))
        lines.append(Line(depth, ("return ", document)))

    def _loop(self, header: str, at: Known, lines: Lines, depth: int, ways: Ways) -> tuple[str, Known] | None:
        loop = self._flow.loops[header]
        stops = {header: "continue", **({loop.follow: "break"} if loop.follow != END else {})}
        for stop in ways.stops:
            if stop not in stops and stop in {step for name in loop.body for step in self._flow.after[name]}:
                raise Refused("a loop within a loop that goes on with the outer one")
        # Once to see what the passes leave behind, and once knowing it.
        saved = copy.deepcopy(self.__dict__)
        trial = Ways(stops, {}, [], ways.around)
        self._walk(header, at, [], depth + 1, trial, entering=header)
        self.__dict__ = saved
        begin = at
        for back, _, _ in trial.seen.get(header, ()):
            begin = replace(begin, document=_unset_where_new(begin.document, back.document))
        lines.append(Line(depth, ("while True:",)))
        inside: Lines = []
        real = Ways(stops, {}, ways.ends, ways.around)
        self._walk(header, begin, inside, depth + 1, real, entering=header)
        for back, where, level in real.seen.get(header, ()):
            self._bring(back.document, begin.document, where, level)
        _without_last_continue(inside)
        lines.extend(inside)
        if loop.follow == END or not real.seen.get(loop.follow):
            return None
        return loop.follow, self._joined(real.seen[loop.follow])

    def _bring(self, back: Expr, wanted: Expr, lines: Lines, depth: int) -> None:
        """Give the variables of the loop's document the values that a pass leaves in them."""
        for name, value in wanted.fields if isinstance(wanted, Record) else ():
            now = dict(back.fields).get(name) if isinstance(back, Record) else None
            if value in (UNSET, now):
                continue
            if not isinstance(value, Name) or now is None:
                raise Refused(
                    f"`$.{name}` has another origin in the first pass of a loop: assign it in a state before"
                )
            lines.insert(len(lines) - 1, Line(depth, (f"{value.name} = ", now), value.name))
        if _base(back) != _base(wanted):
            raise Refused(
                "a pass of the loop leaves another document than it found: keep results with ResultPath"
            )

    def _joined(self, ways: list[Arrival]) -> Known:
        """What is known where ways meet: they are made to agree."""
        first = ways[0][0]
        if all(known.document == first.document for known, _, _ in ways):
            return replace(
                first, variables={k: v for known, _, _ in ways for k, v in known.variables.items()}
            )
        variables = {name: to for known, _, _ in ways for name, to in known.variables.items()}
        if len({_base(known.document) for known, _, _ in ways}) > 1:
            data = self.names.fresh("data")
            for known, lines, depth in ways:
                _before_jump(lines, Line(depth, (f"{data} = ", known.document), data))
                self.values.holds(data, self.whole(known.document))
            return Known(Name(data), variables)
        documents = [dict(fields_of(known.document)) for known, _, _ in ways]
        fields: list[tuple[str, Expr]] = []
        for name in dict.fromkeys(name for each in documents for name in each):
            found = [each.get(name, UNSET) for each in documents]
            if all(each == found[0] for each in found):
                fields.append((name, found[0]))
            elif UNSET in found:
                fields.append((name, UNSET))
            else:
                target = self.variable(name)
                for value, (_, lines, depth) in zip(found, ways, strict=True):
                    if value != Name(target):
                        _before_jump(lines, Line(depth, (f"{target} = ", value), target))
                        self.values.holds(target, value)
                fields.append((name, Name(target)))
        return Known(Record(tuple(fields), _base(first.document)), variables)

    def _state(
        self, name: str, state: Mapping[str, Any], at: Known, lines: Lines, depth: int, ways: Ways
    ) -> tuple[str, Known] | None:
        """Write one state; gives the next one and what is known there."""
        env = self.environment(state, at, ways)
        kind = state.get("Type")
        if kind == "Choice":
            return self._choice(name, state, at, env, lines, depth, ways)
        if kind == "Fail":
            lines.append(Line(depth, (self.raised(state),)))
            return None
        if kind in ("Pass", "Succeed"):
            at = self.after(state, at, env, self.given(state, env), lines, depth)
            return self._flow.after[name][0], at
        if kind == "Wait":
            lines.append(self.wait(state, env, depth))
            at = self.after(state, at, env, env.document, lines, depth)
            return self._flow.after[name][0], at
        if kind in ("Task", "Map", "Parallel"):
            return self._call(name, state, at, env, lines, depth, ways)
        raise Refused(f"a state of type {kind!r}")

    def _choice(
        self,
        name: str,
        state: Mapping[str, Any],
        at: Known,
        env: Environment,
        lines: Lines,
        depth: int,
        ways: Ways,
    ) -> tuple[str, Known] | None:
        meeting = self._flow.meeting(name)
        stops = _inner_stops(ways.stops, meeting)
        seen: dict[str, list[Arrival]] = {}
        inner = replace(ways, stops=stops, seen=seen)
        word = "if"
        for rule in state.get("Choices", ()):
            if self.is_jsonata(state):
                test = self.values.query(rule["Condition"], env)
                self.values.use(test, "bool")
            else:
                test = self.values.rule(rule, env)
            lines.append(Line(depth, (f"{word} ", test, ":")))
            branch: Lines = []
            lines.append(branch)
            self._walk(
                rule["Next"], self.out(state, rule, at, env, branch, depth + 1), branch, depth + 1, inner
            )
            word = "elif"
        lines.append(Line(depth, ("else:",)))
        otherwise: Lines = []
        lines.append(otherwise)
        if "Default" in state:
            known = self.out(state, state, at, env, otherwise, depth + 1)
            self._walk(state["Default"], known, otherwise, depth + 1, inner)
        else:
            otherwise.append(
                Line(depth + 1, (self.raising("NoChoiceMatched", "no rule of the choice fits"),))
            )
        return self._met(meeting, ways, seen)

    def out(
        self,
        state: Mapping[str, Any],
        holder: Mapping[str, Any],
        at: Known,
        env: Environment,
        lines: Lines,
        depth: int,
    ) -> Known:
        """What a rule of a Choice (or its default) assigns and gives."""
        kept = {name: holder[name] for name in ("Assign", "Output") if name in holder}
        language = "JSONata" if self.is_jsonata(state) else "JSONPath"
        outlet = {**kept, "Type": "Choice", "QueryLanguage": language}
        if language == "JSONPath":
            outlet |= {name: state[name] for name in ("OutputPath",) if name in state}
        return self.after(outlet, at, env, env.document, lines, depth)

    def _met(self, meeting: str, ways: Ways, seen: dict[str, list[Arrival]]) -> tuple[str, Known] | None:
        """Go on where ways meet; what came to the stops of before is passed on."""
        for stop, found in seen.items():
            if stop in ways.stops:
                ways.seen.setdefault(stop, []).extend(found)
        if meeting in ways.stops or not seen.get(meeting):
            return None
        return meeting, self._joined(seen[meeting])

    def _call(
        self,
        name: str,
        state: Mapping[str, Any],
        at: Known,
        env: Environment,
        lines: Lines,
        depth: int,
        ways: Ways,
    ) -> tuple[str, Known] | None:
        catches = state.get("Catch", ())
        body_depth = depth + 1 if catches else depth
        body: Lines = []
        known = self.called(name, state, at, env, body, body_depth)
        if not catches:
            lines.extend(body)
            return self._flow.after[name][0] if "Next" in state else END, known
        lines.append(Line(depth, ("try:",)))
        lines.append(body)
        follow = str(state["Next"]) if "Next" in state else END
        meeting = self._flow.meeting(name)
        stops = _inner_stops(ways.stops, meeting)
        seen: dict[str, list[Arrival]] = {}
        inner = replace(ways, stops=stops, seen=seen)
        for rule in catches:
            handler: Lines = []
            lines.append(Line(depth, (f"except {self.caught(rule['ErrorEquals'])} as error:",)))
            lines.append(handler)
            error = self.error(rule["ErrorEquals"])
            kept = {key: rule[key] for key in ("Assign", "Output", "ResultPath") if key in rule}
            outlet = {
                **kept,
                "Type": "Task",
                "QueryLanguage": "JSONata" if self.is_jsonata(state) else "JSONPath",
            }
            inside = replace(env, error=error)
            if self.is_jsonata(state):
                given = self.after(outlet, at, inside, inside.document, handler, depth + 1)
            else:
                given = self.after(outlet, at, inside, error, handler, depth + 1, to=HANDLER)
            self._walk(rule["Next"], given, handler, depth + 1, inner)
        if not any(seen.values()):
            return follow, known  # no handler goes on: what follows needs no `else`
        normal: Lines = []
        self._walk(follow, known, normal, depth + 1, inner)
        lines.append(Line(depth, ("else:",)))
        lines.append(normal)
        return self._met(meeting, ways, seen)


def _base(expr: Expr) -> Expr | None:
    return expr.base if isinstance(expr, Record) else expr


def _unset_where_new(begin: Expr, back: Expr) -> Expr:
    """The document at the beginning of a loop: what its passes add is not there the first time."""
    there = dict(fields_of(begin))
    for name, _ in fields_of(back):
        if name not in there:
            begin = put(begin, (name,), UNSET)
    return begin


def _before_jump(lines: Lines, line: Line) -> None:
    """Add a line at the end of a way, before the word that leaves it."""
    last = lines[-1] if lines else None
    if isinstance(last, Line) and last.parts in (("continue",), ("break",)):
        lines.insert(len(lines) - 1, line)
    else:
        lines.append(line)


def _inner_stops(outer: Mapping[str, str], meeting: str) -> dict[str, str]:
    """Where inner blocks stop: at their meeting, and where a word of Python leads further out.

    With nothing of their own behind them, they may also run on to where the outer block does.
    """
    if meeting == END or meeting in outer:
        return dict(outer)
    return {**{stop: word for stop, word in outer.items() if word}, meeting: ""}


def _without_last_continue(lines: Lines) -> None:
    """Take away the word that says what happens anyway at the end of a loop's body."""
    while lines:
        last = lines[-1]
        if isinstance(last, list):
            _without_last_continue(last)
            if last:
                return
            lines.pop()
            if lines and isinstance(lines[-1], Line) and lines[-1].parts == ("else:",):
                lines.pop()
            elif lines:
                lines.append(last)
            return
        if last.parts != ("continue",):
            return
        lines.pop()
