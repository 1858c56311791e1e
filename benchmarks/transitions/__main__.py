"""What a run takes, Ladle against others: `python -m benchmarks.transitions`.

Each workflow of `workflows/` is run with the same results of its tasks in each of its versions: compiled by
Ladle, written by hand in States Language (`by_hand/`), written for sfnx (`sfnx.py.txt`) and compiled by it.
Columns: state transitions, which AWS bills, and events of the history, of which AWS allows 25,000. A version
that ends otherwise, or makes other calls, is an error.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.transitions.measuring import SFNX, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transitions", description=__doc__)
    parser.add_argument("--install", action="store_true", help="install sfnx into .ladle/peers first")
    if parser.parse_args().install and not SFNX.installed:
        print("installing sfnx ...", file=sys.stderr)
        SFNX.install()
    print(table())
    if SFNX.installed:
        python = SFNX.home / "bin" / "python"
        version = "import importlib.metadata as m; print(m.version('sfnx'))"
        found = subprocess.run([str(python), "-c", version], capture_output=True, text=True, check=True)
        print(f"\nsfnx {found.stdout.strip()}.")
    else:
        print("\nsfnx is not installed, its column is empty: python -m benchmarks.transitions --install")


if __name__ == "__main__":
    main()
