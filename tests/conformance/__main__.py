"""Prints how far the engine agrees with executions recorded on AWS, by area: `make conformance`.

CONFORMANCE_CASES names the folder of recorded cases. Options: `-v` lists each case that falls short.
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def main() -> int:
    """Run every case and print the table; 1 when a case falls short that is not known to."""
    if not os.environ.get("CONFORMANCE_CASES"):
        print("CONFORMANCE_CASES names no folder of recorded executions: nothing to compare with.")
        return 0
    import adapter
    from agreement import LEVELS, agree, cases
    from known import known_differences

    counts: dict[str, Counter[str]] = defaultdict(Counter)
    differences: dict[str, str] = {}
    for case in cases():
        result = agree(case, adapter.run(case))
        for row in (counts[case["area"]], counts["total"]):
            row["cases"] += 1
            row["recorded"] += case["expected"].get("events") is not None
            for level in LEVELS:
                row[level] += getattr(result, level) is True
        if not result.full:
            differences[case["id"]] = result.difference or ""
    header = f"{'area':44}{'cases':>7}{'status':>8}{'output':>8}{'histories':>11}{'types':>7}{'events':>8}"
    print(header)
    total = counts.pop("total")
    for area, row in [*sorted(counts.items()), ("total", total)]:
        print(
            f"{area:44}{row['cases']:7}{row['status']:8}{row['output']:8}"
            f"{row['recorded']:11}{row['types']:7}{row['events']:8}"
        )
    known = known_differences()
    for name, difference in differences.items():
        if "-v" in sys.argv or name not in known:
            print(f"{'known' if name in known else 'NEW  '} {name}: {known.get(name) or difference}")
    return 1 if differences.keys() - known.keys() else 0


if __name__ == "__main__":
    sys.exit(main())
