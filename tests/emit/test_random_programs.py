"""Random workflows: the machine gives what plain Python gives, call by call."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from oracles import engine_runner
from oracles.lambdas import Lambdas
from programs import random_workflow

from ladle.asl import validate
from ladle.compiler import compile_workflow
from ladle.testing import plain_run

INPUTS = ({"n": 3, "xs": [1, 2, 3]}, {"n": 8, "xs": []}, {"n": 5, "xs": [4, 7]})

FOUND = (160, 256, 1061, 1216, 1240, 1442, 2330)
"""Seeds of programs that were compiled wrongly once."""


def module_of(folder: Path, seed: int, size: int) -> ModuleType:
    path = folder / f"random_{seed}_{size}.py"
    path.write_text(random_workflow(seed, size))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def counted(calls: list[tuple[str, Any]]) -> Counter[str]:
    return Counter(json.dumps(call, sort_keys=True) for call in calls)


@pytest.mark.parametrize(
    ("seed", "size"), [*((seed, 6) for seed in range(24)), *((seed, 8) for seed in FOUND)]
)
def test_machine_of_a_random_workflow_agrees_with_python(tmp_path: Path, seed: int, size: int) -> None:
    """Same result, or both fail; where nothing failed, the same calls with the same arguments."""
    main = module_of(tmp_path, seed, size).main
    compiled = compile_workflow(main)
    assert validate(compiled.text, type="STANDARD", path="random") == ()
    for given in INPUTS:
        plain = plain_run(main, input=given)
        lambdas = Lambdas(compiled.tasks)
        found = engine_runner.run({"main": compiled.definition}, "main", given, lambdas.functions)
        assert (plain.error is None) == (found.error is None), (plain.error, found.error, found.cause)
        if plain.error is None:
            assert found.output == plain.output
        if plain.error is None and all(call.error is None for call in plain.calls):
            assert counted(lambdas.calls) == counted([(call.name, call.arguments) for call in plain.calls])
