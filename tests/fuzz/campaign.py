"""Many random workflows, each with a few random inputs; what differs is made small and told."""

from __future__ import annotations

import importlib.util
import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ladle.declare import Workflow
from tests.fuzz.comparing import Disagreement, Subject, refusals
from tests.fuzz.inputs import random_input
from tests.fuzz.programs import HEAD, random_workflow
from tests.fuzz.shrinking import shrink

__all__ = ["Counterexample", "Tally", "campaign", "module_of"]

INPUTS = 4
"""Random inputs of each workflow."""

BATCH = 25
"""Workflows in one module."""

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A workflow and an input on which executors differ."""

    seed: str
    kind: str
    told: str
    source: str
    given: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind} (seed {self.seed})\n{self.source}\ninput: {self.given}\n{self.told}\n"


@dataclass
class Tally:
    """What a campaign did: counts of workflows, of runs compared, of runs that a limit stopped."""

    workflows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    moto: int = 0
    limited: int = 0
    found: list[Counterexample] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.workflows} workflows ({self.refused.total()} refused: {dict(self.refused)}), {self.runs} runs "
            f"on the engine, {self.moto} on moto, {self.limited} stopped by a limit; {len(self.found)} disagree"
        )


def module_of(source: str, folder: Path) -> ModuleType:
    """Imports a source as a module of its own."""
    name = f"fuzzed_{next(_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def campaign(seed: str, cases: int, folder: Path, *, moto_every: int = 25, small: bool = True) -> Iterator[Tally]:
    """Compares `cases` workflows; gives the tally after each batch. The same seed gives the same programs.

    Every `moto_every`th workflow runs on moto too (0 for none). `small`: counterexamples are shrunk.
    """
    tally = Tally()
    for start in range(0, cases, BATCH):
        numbers = range(start, min(start + BATCH, cases))
        texts = {n: random_workflow(random.Random(f"{seed}.{n}"), f"main{n}") for n in numbers}
        module = module_of(HEAD + "\n\n".join(texts.values()), folder)
        for number, text in texts.items():
            main = getattr(module, f"main{number}")
            tally.workflows += 1
            moto = bool(moto_every) and number % moto_every == 0
            try:
                if codes := _refusals(main):
                    tally.refused.update(codes[:1])
                    continue
                _one(main, f"{seed}.{number}", moto, tally)
            except _Found as found:
                case = Counterexample(f"{seed}.{number}", found.error.kind, str(found.error), text, found.given)
                tally.found.append(_shrunk(case, folder, moto) if small else case)
        del sys.modules[module.__name__]
        yield tally


class _Found(Exception):
    def __init__(self, error: Disagreement, given: dict[str, Any]) -> None:
        super().__init__(error)
        self.error = error
        self.given = given


def _refusals(main: Workflow[..., Any]) -> tuple[str, ...]:
    try:
        return refusals(main)
    except Disagreement as error:
        raise _Found(error, {}) from error


def _one(main: Workflow[..., Any], seed: str, moto: bool, tally: Tally) -> None:
    given: dict[str, Any] = {}
    try:
        subject = Subject(main)
        for number in range(INPUTS):
            given = random_input(random.Random(f"{seed}.input{number}"))
            tally.runs += 1
            tally.moto += moto and not number
            subject.compare(given, number, moto=moto and not number)
        tally.limited += subject.limited
    except Disagreement as error:
        raise _Found(error, given) from error


def _shrunk(case: Counterexample, folder: Path, moto: bool) -> Counterexample:
    told = [case.told]

    def fails(text: str) -> bool:
        try:
            module = module_of(HEAD + text, folder)
        except Exception:  # noqa: BLE001 - no program any more
            return False
        main = next(value for name, value in vars(module).items() if name.startswith("main"))
        del sys.modules[module.__name__]
        try:
            if refusals(main) and not case.kind.startswith("read"):
                return False
            subject = Subject(main)
            # Times differ from seed to seed: an order is found wrong by one of some.
            for seed in range(INPUTS):
                subject.compare(case.given, seed, moto=moto and "moto" in case.kind)
        except Disagreement as error:
            if error.kind != case.kind:
                return False
            told[0] = str(error)
            return True
        except Exception:  # noqa: BLE001 - another fault, or no lawful program
            return False
        return False

    source = shrink(case.source, fails)
    return Counterexample(case.seed, case.kind, told[0], source, case.given)
