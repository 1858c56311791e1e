"""The promise of the language: a workflow's typed form means what the function means as plain Python.

Here on the cases of this folder, for many answers of the tasks; on random workflows in `tests/fuzz`.
"""

from __future__ import annotations

import random
import textwrap

import pytest

from ladle.compiler.language import examine
from ladle.compiler.language.operations import Limit
from ladle.declare import Workflow
from tests.language.meaning import Endless, Machine, World, as_python, value_of
from tests.language.test_cases import Case, cases
from tests.language.written import Language, module_of

SEEDS = range(24)

LAWFUL = [case for case in cases() if " L" not in case.expected and " D1" not in case.expected]


@pytest.mark.parametrize("case", LAWFUL, ids=lambda case: f"{case.file}: {case.title}")
def test_form_and_python_agree(language: Language, case: Case) -> None:
    """For any answers of the tasks: the same result and the same calls, or both fail.

    Which of several failures wins is open, since calls in one expression may be made in any order.
    """
    source = case.source
    if "s3." in source:
        pytest.skip(
            "reads S3, which this interpreter of the form has not: tests/cases/far_* compare such workflows"
        )
    if "random.draw()" in case.expected:
        pytest.skip("draws, each time anew: tests/cases/chance compares what holds of every draw")
    if "@workflow" not in source:
        body = textwrap.indent(source, "    ")
        source = f"@workflow\ndef flow(key: str, n: int) -> None:\n{body}\n"
    module = module_of(source, language.folder)
    workflow = [value for value in vars(module).values() if isinstance(value, Workflow)][-1]
    program = examine(workflow, root=language.folder).program
    assert program is not None
    for seed in SEEDS:
        chance = random.Random(seed)
        arguments = {field.name: value_of(field.shape, chance) for field in workflow.door.parameters}
        world = World(seed, module, fails=seed % 3 == 0)
        try:
            expected = as_python(workflow, arguments, world)
            found = Machine(world).run(program, arguments)
        except (Endless, Limit):
            continue
        if expected.error == "LadleError":
            continue  # `sleep(-1)` and the like: the state itself fails, which an engine shows
        told = f"{case.title}, seed {seed}, {arguments}"
        if expected.error:
            assert found.error, f"{told}: Python raises {expected.error}, the form gives {found.result}"
        else:
            assert (found.error, found.result) == ("", expected.result), told
            assert sorted(found.calls) == sorted(expected.calls), told
