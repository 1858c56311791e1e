"""Draw what a command prints as a picture of a terminal: the README shows what commands really print.

python tools/picture.py docs/pictures/run.svg ladle run daily_delays --event s3://landing/flights/2013-01-01.csv
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100


def picture(command: list[str]) -> str:
    """The command line and its output, as SVG."""
    done = subprocess.run(
        command,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(f"$ {' '.join(command)}\n{done.stdout.rstrip()}"))
    svg = console.export_svg(title=" ".join(command[:2]), font_aspect_ratio=0.61)
    # The template loads a font from elsewhere; a picture should need nothing but itself.
    return re.sub(r"@font-face\s*{[^}]*}\s*", "", svg).replace("Fira Code,", "")


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(picture(sys.argv[2:]))


if __name__ == "__main__":
    main()
