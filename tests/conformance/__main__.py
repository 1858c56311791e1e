"""Prints how far the engine agrees with executions recorded on AWS, by area: `make conformance`.

CONFORMANCE_CASES names the folder of recorded cases. Where a `score.py` lies beside that folder (or
CONFORMANCE_SCORE names one) it judges too, by its own rules: its lines are printed below ours.

    python -m tests.conformance [-v] [TEXT]      -v lists each case that falls short; TEXT selects by id
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

EXECUTIONS = ("execution", "sync_execution", "express_async")
REQUESTS = ("validation", "test_state")


def main(arguments: list[str]) -> int:
    """Run every case and print the table; 1 when a case falls short that is not known to."""
    folder = os.environ.get("CONFORMANCE_CASES")
    if not folder:
        print("CONFORMANCE_CASES names no folder of recorded executions: nothing to compare with.")
        return 0
    import adapter
    import api_adapter
    from agreement import LEVELS, Agreement, agree, cases
    from api_agreement import agree_on_answer
    from known import known_differences

    verbose = "-v" in arguments
    wanted = next((text for text in arguments if not text.startswith("-")), "")
    scorer = _scorer(Path(folder))
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    theirs: dict[str, Counter[str]] = defaultdict(Counter)
    differences: dict[str, str] = {}
    run = {"validation": api_adapter.validate, "test_state": api_adapter.test_state}
    for case in cases(EXECUTIONS + REQUESTS):
        if wanted not in case["id"]:
            continue
        actual = run.get(case["kind"], adapter.run)(case)
        result: Agreement = (agree_on_answer if case["kind"] in run else agree)(case, actual)
        for row in (rows[case["area"]], rows[f"all of {case['kind']}"]):
            row["cases"] += 1
            row["recorded"] += case["expected"].get("events") is not None
            for level in LEVELS:
                row[level] += getattr(result, level) is True
            row["whole"] += result.full
        if scorer is not None and not case["expected"].get("raises"):  # refusals of TestState it cannot judge
            _add(theirs[case["kind"]], scorer.score_any(case, actual))
        if not result.full:
            differences[case["id"]] = result.difference or ""
    _print(rows)
    for kind, row in theirs.items():
        shown = "  ".join(
            f"{level} {row[level]}/{row['of ' + level]}" for level in ("L1", "L2", "C", "L3", "L4")
        )
        print(f"score.py on {kind:16} {shown}")
    known = known_differences()
    for name, difference in differences.items():
        if verbose or name not in known:
            print(f"{'known' if name in known else 'NEW  '} {name}: {known.get(name) or difference}")
    return 1 if differences.keys() - known.keys() else 0


def _print(rows: dict[str, Counter[str]]) -> None:
    columns = ("cases", "status", "output", "whole", "recorded", "types", "events")
    heads = ("cases", "status", "output", "all equal", "histories", "types", "events")
    print(f"{'area':44}" + "".join(f"{head:>11}" for head in heads))
    for name, row in sorted(rows.items(), key=lambda item: (item[0].startswith("all of "), item[0])):
        print(f"{name:44}" + "".join(f"{row[column]:11}" for column in columns))


def _scorer(folder: Path) -> Any:
    """The scorer that came with the recordings, where there is one."""
    path = Path(os.environ.get("CONFORMANCE_SCORE") or folder.parent / "score.py")
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _add(row: Counter[str], levels: dict[str, Any]) -> None:
    for level in ("L1", "L2", "C", "L3", "L4"):
        if levels[level] is not None:
            row[f"of {level}"] += 1
            row[level] += bool(levels[level])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
