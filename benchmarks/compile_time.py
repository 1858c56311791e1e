"""How long compiling takes, and how large the machine gets: `python -m benchmarks.compile_time`.

Workflows of many task calls in three shapes: a chain, all at once, and calls that use one or two of the eight
values before them. Columns: seconds of this process's CPU from the function to the text; states; KiB of the
text that `ladle compile` writes, and without its indentation. AWS takes a definition of 1 MiB.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ladle import compiler
from ladle.compiler import Compiled

HEAD = """from ladle import task, workflow


@task
def step(a: int, b: int = 0) -> int: ...


@task
def join(values: list[int]) -> int: ...


@workflow
def flow(x0: int, x1: int) -> int:
"""


def chain(calls: int) -> str:
    """Each call uses the result of the one before."""
    return "".join(f"    x{n + 1} = step(x{n})\n" for n in range(1, calls + 1)) + f"    return x{calls + 1}\n"


def at_once(calls: int) -> str:
    """All calls but the last, which uses them all, need nothing of each other."""
    names = [f"x{n + 1}" for n in range(1, calls)]
    body = "".join(f"    {name} = step(x0)\n" for name in names)
    return f"{body}    return join([{', '.join(names)}])\n"


def local(calls: int) -> str:
    """Each call uses two of the eight values before it."""
    rnd, lines = random.Random(7), []
    for n in range(2, calls + 2):
        a, b = rnd.randrange(max(0, n - 8), n), rnd.randrange(max(0, n - 8), n)
        lines.append(f"    x{n} = step(x{a}, x{b})\n")
    return "".join(lines) + f"    return x{calls + 1}\n"


SHAPES: dict[str, Callable[[int], str]] = {shape.__name__: shape for shape in (chain, at_once, local)}


def compiled(shape: str, calls: int) -> tuple[Compiled, float]:
    """A workflow of that shape, and the seconds that compiling it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{shape}_{calls}.py"
        path.write_text(HEAD + SHAPES[shape](calls))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        started = time.process_time()
        found = compiler.compile_workflow(module.flow)
        seconds = time.process_time() - started
        del sys.modules[path.stem]
    return found, seconds


def states_in(definition: Any) -> int:
    """The states of a definition, those of branches and iterations among them."""
    if isinstance(definition, dict):
        own = len(definition["States"]) if isinstance(definition.get("States"), dict) else 0
        return own + sum(map(states_in, definition.values()))
    return sum(map(states_in, definition)) if isinstance(definition, list) else 0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compile_time", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 500, 5000])
    print("| calls | shape | seconds | states | KiB | KiB without indentation |")
    print("|---|---|---|---|---|---|")
    for size in parser.parse_args().sizes:
        for shape in SHAPES:
            found, seconds = compiled(shape, size)
            states = states_in(found.definition)
            small = len(json.dumps(found.definition, separators=(",", ":"), ensure_ascii=False).encode())
            text = len(found.text.encode())
            row = f"{size} | {shape} | {seconds:.2f} | {states} | {text / 1024:.0f} | {small / 1024:.0f}"
            print(f"| {row} |", flush=True)


if __name__ == "__main__":
    main()
