"""`python -m benchmarks.engine`: runs the workloads on every installed engine and prints the table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from typing import Any

from benchmarks.engine.peers import PEERS_BY_NAME, Peer
from benchmarks.engine.workloads import WORKLOADS, build

SIZES = {"w3": 1000, "w6": 1}
"""Smaller than usual: some peers take quadratic time, some really wait. `--workloads w3:100000` is large."""


def run_one(
    peer: Peer, name: str, language: str, size: int | None, budget: float, limit: float
) -> dict[str, Any]:
    """One engine on one workload in one language; `states_per_second`, or `error`."""
    workload = build(name, language, size, peer.style)
    job = {
        "adapter": peer.adapter,
        "home": str(peer.home),
        "definition": workload.definition,
        "input": workload.input,
        "budget": budget,
    }
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_ENDPOINT")}
    environment.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")
    try:
        done = subprocess.run(
            peer.command,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=limit,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"more than {limit:.0f} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        return {"error": (done.stderr.strip().splitlines() or ["no answer"])[-1][:200]}
    answer: dict[str, Any] = json.loads(lines[-1])
    if "error" in answer:
        return answer
    if answer.pop("output") != workload.expect:
        return {"error": "a wrong result"}
    seconds = statistics.median(answer["warm"] or [answer["first"]])
    return {**answer, "seconds": seconds, "states_per_second": workload.transitions / seconds}


def cell(result: dict[str, Any] | None, mine: dict[str, Any] | None) -> str:
    if result is None:
        return "-"
    if "error" in result:
        return f"({result['error'][:40]})"
    text = f"{rate(result['states_per_second'])}"
    if mine and result is not mine and "states_per_second" in mine:
        text += f" ({mine['states_per_second'] / result['states_per_second']:.2g}x)"
    return text


def rate(number: float) -> str:
    return f"{number / 1000:,.0f}k" if number >= 10_000 else f"{number:,.0f}"


def table(
    results: dict[tuple[str, str, str], dict[str, Any]], rows: list[tuple[str, str]], peers: list[Peer]
) -> str:
    """A Markdown table: states a second, and in brackets how many times as many Ladle runs."""
    lines = ["| workload | " + " | ".join(peer.name for peer in peers) + " |", "|---|" + "---|" * len(peers)]
    for spec, language in rows:
        mine = results.get(("ladle", spec, language))
        cells = [cell(results.get((peer.name, spec, language)), mine) for peer in peers]
        lines.append(f"| {spec} {language} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument(
        "--engines", default=",".join(PEERS_BY_NAME), help="comma separated (default: all installed)"
    )
    parser.add_argument("--workloads", default=",".join(WORKLOADS), help="name or name:size, comma separated")
    parser.add_argument("--languages", default="jsonpath,jsonata")
    parser.add_argument("--budget", type=float, default=3.0, help="seconds of warm runs each (default 3)")
    parser.add_argument(
        "--limit", type=float, default=180.0, help="seconds after which a job is given up (default 180)"
    )
    parser.add_argument(
        "--install", action="store_true", help="install the peers into .ladle/peers first (300 MB)"
    )
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    arguments = parser.parse_args()

    peers = [PEERS_BY_NAME[name] for name in arguments.engines.split(",")]
    for peer in peers:
        if arguments.install and not peer.installed:
            print(f"installing {peer.name} ...", file=sys.stderr)
            peer.install()
    missing = [peer.name for peer in peers if not peer.installed]
    peers = [peer for peer in peers if peer.installed]
    results: dict[tuple[str, str, str], dict[str, Any]] = {}
    rows = [
        (spec, language)
        for spec in arguments.workloads.split(",")
        for language in arguments.languages.split(",")
    ]
    for spec, language in rows:
        name, _, size = spec.partition(":")
        number = int(size) if size else SIZES.get(name)
        for peer in peers:
            if language in peer.languages:
                print(f"{spec} {language} on {peer.name} ...", file=sys.stderr)
                key = (peer.name, spec, language)
                results[key] = run_one(peer, name, language, number, arguments.budget, arguments.limit)

    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores.")
    print(
        "Warm states a second, the median; in brackets how many times as many states Ladle runs a second.\n"
    )
    print(table(results, rows, peers))
    print("\n" + "\n".join(f"- {peer.name}: {peer.note}" for peer in peers if peer.note))
    if missing:
        print(f"\nNot installed: {', '.join(missing)}. To install: python -m benchmarks.engine --install")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(
                [{"engine": e, "workload": w, "language": q, **r} for (e, w, q), r in results.items()],
                file,
                indent=1,
            )


if __name__ == "__main__":
    main()
