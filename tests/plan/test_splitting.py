"""Loops that are split: what their runs are, are given and give; and which loops cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladle import compiler
from ladle.compiler.language import read, verify
from ladle.compiler.language.printing import print_program
from ladle.compiler.plan import SplitLoop, split
from ladle.declare import Workflow
from ladle.errors import DiagnosticError
from tests.language.written import module_of


def workflow_of(source: str, folder: Path) -> Workflow[..., Any]:
    found = [each for each in vars(module_of(source, folder)).values() if isinstance(each, Workflow)]
    return found[-1]


def parts(source: str, folder: Path) -> tuple[str, tuple[SplitLoop, ...]]:
    """The workflow's program as text, and the loops that were split; all of them are lawful."""
    program, loops = split(read(workflow_of(source, folder)))
    assert [problem for one in (program, *(each.program for each in loops)) for problem in verify(one)] == []
    return print_program(program), loops


def problems(source: str, folder: Path) -> list[str]:
    with pytest.raises(DiagnosticError) as found:
        compiler.compile_workflow(workflow_of(source, folder))
    return [f"{each.code} {each.message}" for each in found.value.diagnostics]


COUNTING = """
@workflow
def main(keys: list[str], most: int) -> int:
    total = 0
    with split(every=3):
        for key in keys:
            rest = most - total
            total += count(key, limit=rest)
    return total
"""


def test_a_run_is_given_what_its_turns_read_and_gives_what_is_read_later(tmp_path: Path) -> None:
    """Not what each turn sets for itself."""
    text, (loop,) = parts(COUNTING, tmp_path)
    assert loop.name == "main-for-key"
    assert [field.name for field in loop.door.parameters] == ["items", "most", "total"]
    assert "turns = main-for-key(items=list.part(keys, key_index, 3), most=most, total=total)" in text
    assert "total = turns.kept.total" in text
    assert "rest" not in text


def test_a_loop_that_changes_nothing_gives_nothing(tmp_path: Path) -> None:
    text, (loop,) = parts(
        """
@workflow
def main(keys: list[str]) -> None:
    with split(every=3):
        for key in keys:
            note(key)
""",
        tmp_path,
    )
    assert "step main-for-key(items=list.part(keys, key_index, 3))" in text
    _, *body = print_program(loop.program).splitlines()
    assert body == ["  for key in items:", "    step note(text=key)", "  return"]


def test_loops_have_names_of_their_own(tmp_path: Path) -> None:
    """Numbered where two are called the same; cut, with a hash, where they would be too long."""
    _, loops = parts(
        """
@workflow
def a_workflow_with_quite_a_long_name_for_a_state_machine_of_its_own(keys: list[str]) -> None:
    with split(every=3):
        for key in keys:
            note(key)
    with split(every=3):
        for key in keys:
            note(key)
    with split(every=3):
        while ready("a"):
            note("a")
""",
        tmp_path,
    )
    names = [each.name for each in loops]
    assert len(set(names)) == 3
    assert max(map(len, names)) == 64
    assert all(name.startswith("a_workflow_with_quite_a_long_name") for name in names)


def test_two_variables_of_one_name_are_two_arguments(tmp_path: Path) -> None:
    _, (loop,) = parts(
        """
@workflow
def main(keys: list[str]) -> int:
    n = 1
    first = n
    n = size("a")
    with split(every=3):
        for key in keys:
            n = n + first + size(key)
            items = n
    return n
""",
        tmp_path,
    )
    assert [field.name for field in loop.door.parameters] == ["items_2", "first", "n_2"]


def test_what_iterations_of_a_comprehension_set_stays_in_them(tmp_path: Path) -> None:
    """Also where a `finally` makes it seem to be read before it is set."""
    _, (loop,) = parts(
        """
def tidied(key: str) -> int:
    try:
        found = size(key)
    finally:
        note(key)
    return found


@workflow
def main(keys: list[str]) -> int:
    total = 0
    with split(every=3):
        for key in keys:
            total += sum([tidied(one) for one in names(key)])
    return total
""",
        tmp_path,
    )
    assert [field.name for field in loop.door.parameters] == ["items", "total"]


def test_the_order_of_its_block_holds_in_the_runs(tmp_path: Path) -> None:
    """`with in_order():` around the loop goes for its turns."""
    _, (loop,) = parts(
        """
@workflow
def main(keys: list[str]) -> None:
    with in_order(), split(every=3):
        for key in keys:
            a = size(key)
            b = size(key)
            note(f"{a + b}")
""",
        tmp_path,
    )
    assert "with in_order:" in print_program(loop.program)


def test_a_raise_that_a_handler_around_the_loop_takes_waits_for_the_calls_before_it(tmp_path: Path) -> None:
    """As it would in the workflow's own machine: the run goes on, and has made the calls that Python made."""
    source = """
@workflow
def main(keys: list[str]) -> None:
    try:
        with split(every=3):
            for key in keys:
                found = size(key)
                if not key:
                    raise ValueError("none")
                note(f"{found}{name(key)}")
    except ValueError:
        note("none")
"""
    _, (loop,) = parts(source, tmp_path)
    assert loop.program.handled
    _, (loop,) = parts(source.replace("try:", "if keys:").split("    except")[0], tmp_path)
    assert not loop.program.handled


def test_what_only_the_workflows_run_can_tell_is_an_argument(tmp_path: Path) -> None:
    """The run's name; the text of an error that was caught outside. The run at the top is known anyway."""
    text, (loop,) = parts(
        """
@workflow
def main(keys: list[str]) -> None:
    try:
        size("a")
    except BadFile as error:
        with split(every=3):
            for key in keys:
                note(f"{run.name}{run.root}{error}")
""",
        tmp_path,
    )
    assert [field.name for field in loop.door.parameters] == ["items", "run_name", "error_2"]
    assert "run_name=" in text


def test_a_range_is_cut_without_being_made(tmp_path: Path) -> None:
    """It may be longer than a list in a machine can be."""
    text, _ = parts(
        """
@workflow
def main() -> None:
    with split(every=1000):
        for n in range(1_000_000):
            note(f"{n}")
""",
        tmp_path,
    )
    assert "while num.lt(n_from, 1000000):" in text
    assert "list.range(n_from, (n_from + 1000" not in text
    assert len(text) < 1000


def test_what_was_set_in_a_turn_that_failed_is_not_read(tmp_path: Path) -> None:
    """A run that fails gives nothing, so a handler outside cannot have it."""
    source = """
@workflow
def main(keys: list[str]) -> int:
    done = 0
    try:
        with split(every=3):
            for key in keys:
                size(key)
                done += 1
    {}
    return done
"""
    for handler in ("except BadFile:\n        done += 100", "finally:\n        note(str(done))"):
        assert problems(source.format(handler), tmp_path) == [
            "L508 `done` is read when a turn has failed, and a run that fails hands nothing on"
        ]


def test_an_error_from_outside_is_not_raised_again_in_it(tmp_path: Path) -> None:
    assert problems(
        """
@workflow
def main(keys: list[str]) -> None:
    try:
        size("a")
    except BadFile:
        with split(every=3):
            for key in keys:
                if key == "a":
                    raise
                note(key)
""",
        tmp_path,
    ) == ["L508 this raises an error again that was caught outside of the loop"]


def test_an_express_workflow_has_nothing_to_split_for(tmp_path: Path) -> None:
    source = COUNTING.replace("@workflow", '@workflow(type="EXPRESS", timeout=300)')
    assert problems(source, tmp_path) == [
        "L606 `main` is an Express workflow: its history has no limit of events, and nothing to split for"
    ]


def test_the_workflow_of_a_loop_stands_in_no_module(tmp_path: Path) -> None:
    """So it cannot be pickled by its name, as others are."""
    _, (loop,) = parts(COUNTING, tmp_path)
    with pytest.raises(TypeError, match="main-for-key is made when main is compiled"):
        loop.__reduce__()
    assert loop.problems == ()
    assert loop.timeout == workflow_of(COUNTING, tmp_path).timeout
