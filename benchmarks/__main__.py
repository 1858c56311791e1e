"""`python -m benchmarks`: every benchmark of this folder, one after the other, or the ones named."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path


def names() -> list[str]:
    """The benchmarks: modules and packages of this folder that can be run."""
    here = Path(__file__).parent
    modules = [path.stem for path in here.glob("*.py") if not path.stem.startswith("_")]
    return sorted(modules + [path.parent.name for path in here.glob("*/__main__.py")])


def main() -> None:
    wanted = sys.argv[1:] or names()
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names())}")
    for name in wanted:
        print(f"## {name}\n")
        sys.argv = [f"benchmarks.{name}"]
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
        print()


if __name__ == "__main__":
    main()
