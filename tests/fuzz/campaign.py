"""Many random workflows, each with many random inputs; what differs is made small and told."""

from __future__ import annotations

import importlib.util
import itertools
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from ladle.declare import Workflow
from tests.fuzz.comparing import Compared, Disagreement, Refused, Subject
from tests.fuzz.inputs import random_input
from tests.fuzz.programs import HEAD, random_workflow
from tests.fuzz.shrinking import shrink

__all__ = ["Counterexample", "Tally", "campaign", "module_of"]

INPUTS = 24
"""Random inputs of each workflow; those that differ only in what it does not read are one."""

TIMES = 3
"""Draws of the times that tasks take, for each input of a workflow in which something runs beside something."""

MOTO = 6
"""How many of a workflow's inputs run on moto too."""

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
    """What a campaign did: counts of workflows, of inputs and runs compared, of runs that a limit stopped."""

    workflows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    inputs: int = 0
    runs: int = 0
    moto: int = 0
    limited: int = 0
    raced: int = 0
    found: list[Counterexample] = field(default_factory=list)

    def __str__(self) -> str:
        refused = f"{self.refused.total()} refused: {dict(self.refused)}"
        runs = f"{self.runs} runs on the engine ({self.limited} stopped by a limit), {self.moto} on moto"
        ended = f"{self.raced} ended by another failure than Python's, which was handled"
        return f"{self.workflows} workflows ({refused}), {self.inputs} inputs: {runs}, {ended}; {len(self.found)} disagree"

    def add(self, other: Tally) -> None:
        """Counts what another tally counted."""
        self.workflows += other.workflows
        self.refused += other.refused
        self.inputs += other.inputs
        self.count(Compared(other.runs, other.moto, other.limited, other.raced))
        self.found += other.found

    def count(self, compared: Compared) -> None:
        self.runs += compared.runs
        self.moto += compared.moto
        self.limited += compared.limited
        self.raced += compared.raced


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


def campaign(seed: str, cases: int, folder: Path, *, moto: int = MOTO, small: bool = True, jobs: int = 1) -> Iterator[Tally]:
    """Compares `cases` workflows; gives the tally after each batch. The same seed gives the same programs.

    `moto` inputs of each run on moto too. `small`: counterexamples are shrunk. `jobs`: so many processes.
    """
    tally = Tally()
    batches = [range(start, min(start + BATCH, cases)) for start in range(0, cases, BATCH)]
    one = partial(_batch, seed, folder=folder, moto=moto, small=small)
    if jobs == 1:
        for batch in batches:
            tally.add(one(batch))
            yield tally
        return
    with ProcessPoolExecutor(jobs) as pool:
        for done in pool.map(one, batches):
            tally.add(done)
            yield tally


def _batch(seed: str, numbers: range, *, folder: Path, moto: int, small: bool) -> Tally:
    tally = Tally()
    folder = folder / f"{numbers.start}"
    folder.mkdir()
    texts = {n: random_workflow(random.Random(f"{seed}.{n}"), f"main{n}") for n in numbers}
    module = module_of(HEAD + "\n\n".join(texts.values()), folder)
    for number, text in texts.items():
        tally.workflows += 1
        try:
            _one(getattr(module, f"main{number}"), f"{seed}.{number}", moto, tally)
        except Refused as refused:
            tally.refused.update(refused.codes[:1])
        except _Found as found:
            case = Counterexample(f"{seed}.{number}", found.error.kind, str(found.error), text, found.given)
            tally.found.append(_shrunk(case, folder) if small else case)
    del sys.modules[module.__name__]
    return tally


class _Found(Exception):
    def __init__(self, error: Disagreement, given: dict[str, Any]) -> None:
        super().__init__(error)
        self.error = error
        self.given = given


def _one(main: Workflow[..., Any], seed: str, moto: int, tally: Tally) -> None:
    given: dict[str, Any] = {}
    seen: set[str] = set()
    try:
        subject = Subject(main)
        for number in range(INPUTS):
            given = random_input(random.Random(f"{seed}.input{number}"))
            read = json.dumps([given.get(name, ...) for name in sorted(subject.read)], default=str)
            if read in seen:
                continue
            seen.add(read)
            tally.inputs += 1
            times = range(number * TIMES, (number + 1) * TIMES)
            tally.count(subject.compare(given, times, moto=len(seen) <= moto))
    except Disagreement as error:
        raise _Found(error, given) from error


def _shrunk(case: Counterexample, folder: Path) -> Counterexample:
    told = [case.told]

    def fails(text: str) -> bool:
        try:
            module = module_of(HEAD + text, folder)
        except Exception:  # noqa: BLE001 - no program any more
            return False
        main = next(value for name, value in vars(module).items() if name.startswith("main"))
        try:
            # Times differ from seed to seed: an order is found wrong by one of some.
            Subject(main).compare(case.given, range(4 * TIMES), moto="moto" in case.kind)
        except Disagreement as error:
            if error.kind != case.kind:
                return False
            told[0] = str(error)
            return True
        except Exception:  # noqa: BLE001 - another fault, or no lawful program
            return False
        finally:
            del sys.modules[module.__name__]
        return False

    source = shrink(case.source, fails)
    return Counterexample(case.seed, case.kind, told[0], source, case.given)
