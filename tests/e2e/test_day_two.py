"""docs/day-two.md, done word for word on an emulated AWS: each section of the page is a test.

The sections run in their order: each goes on where the one before it ended. Of a page's blocks

- `sh` are commands, which must succeed,
- `console` are commands after `$` and what they print, in which `...` stands for anything,
- `diff` is what the reader changes in the file that its first line names,

and a comment before a block says what is special: `<!-- fails -->`, its last command ends with an error;
`<!-- until it is so -->`, the commands are given again until they print what is shown.
"""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.conftest import ROOT, Account, copied

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PAGE = (ROOT / "docs" / "day-two.md").read_text(encoding="utf-8")
STACK = "http://127.0.0.1:4566"
SECTIONS = re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
FAILS, UNTIL = "fails", "until it is so"
PATIENCE = 120
"""Seconds within which what a page waits for has come."""


class Block(NamedTuple):
    """A block of the page."""

    remark: str
    kind: str
    text: str


def blocks(section: str) -> list[Block]:
    """The blocks of a section that are done."""
    found = re.findall(r"(?:<!-- ([^>]*) -->\n)?^```(sh|console|diff)\n(.*?)^```$", section, re.M | re.S)
    return [Block(*each) for each in found]


@pytest.fixture(scope="module")
def newcomer(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Account:
    """An account with nothing in it, and a fresh copy of the repository, whose environment is this one."""
    root = copied(tmp_path_factory.mktemp("newcomer"))
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "activate").write_text("")
    found = Account(root, endpoint)
    for name in [name for name in found.environment if name.startswith("AWS_")]:
        del found.environment[name]  # the page says what to set
    return found


exported: list[str] = []
"""What the reader has set in the shell by now."""


def typed(newcomer: Account, commands: str, remark: str = "") -> str:
    """What commands print, in the one shell that the reader has open."""
    given = commands.replace(STACK, newcomer.endpoint)
    lines = "\n".join([*exported, given])
    exported.extend(each for each in given.splitlines() if each.startswith("export "))
    if remark == FAILS:
        return newcomer.shell(f"( {lines}\n) && exit 1\nexit 0")
    return newcomer.shell(f"( {lines}\n) || exit 0" if remark == UNTIL else lines)


def change(root: Path, diff: str) -> None:
    """Do to a file what a diff shows."""
    head, *lines = diff.splitlines()
    file = root / head.removeprefix("--- ")
    old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file} has {text.count(old)} times\n{old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def sessions(text: str) -> list[tuple[str, str]]:
    """The commands of a `console` block, each with what it prints."""
    found = re.findall(r"^\$ ((?:.*\\\n)*.*\n)((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    assert "".join(f"$ {command}{shown}" for command, shown in found) == text, f"no command first:\n{text}"
    return found


def is_like(printed: str, shown: str) -> bool:
    """Whether it is what the page shows: `...` is anything in a line; where it is one, any lines or none."""
    wanted = re.escape(_stripped(shown))
    wanted = wanted.replace(re.escape("\n...\n"), re.escape("\n") + r"(?:[^\n]*\n)*?")
    wanted = wanted.replace(re.escape("..."), r"[^\n]*?")
    return re.fullmatch(wanted, _stripped(printed)) is not None


def _stripped(text: str) -> str:
    """Without spaces at the ends of lines; between line breaks, so that each line has one on both sides."""
    return "".join(["\n", *(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())])


def done(newcomer: Account, block: Block) -> None:
    """Do what a block says."""
    if block.kind == "diff":
        change(newcomer.root, block.text)
        return
    if block.kind == "sh":
        typed(newcomer, block.text)
        return
    for command, shown in sessions(block.text):
        end = time.monotonic() + (PATIENCE if block.remark == UNTIL else 0)
        while not is_like(printed := typed(newcomer, command, block.remark), shown):
            if time.monotonic() > end:
                told = f"$ {command}\nprinted\n\n{printed}\nand the page shows\n\n{shown}"
                pytest.fail(told, pytrace=False)


@pytest.mark.parametrize("section", [text for _, text in SECTIONS], ids=[title for title, _ in SECTIONS])
def test_what_the_page_says_is_so(newcomer: Account, section: str) -> None:
    """Each command works, and prints what is shown."""
    for block in blocks(section):
        done(newcomer, block)


def test_the_stack_of_the_page_is_the_one_of_this_test() -> None:
    """`make stack` runs the program that the fixture runs, at the address that the page has."""
    assert "\n```\n$ make stack\n```\n" in PAGE
    told = subprocess.run(["make", "-n", "stack"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tests/e2e/emulator.py 4566" in told.stdout


def test_every_block_of_a_language_is_done() -> None:
    """None is overlooked for a slip in its fence."""
    found = [block for _, section in SECTIONS for block in blocks(section)]
    assert len(found) == len(re.findall(r"^```\w+$", PAGE, re.MULTILINE))
    assert {block.remark for block in found} <= {"", FAILS, UNTIL}
