"""Workflows that start each other in a circle are refused, and an `async def` is named as such."""

from __future__ import annotations

from ladle.compiler.language import examine
from tests.language.written import module_of


def test_a_workflow_calls_itself_neither_directly_nor_through_others(tmp_path):
    """Also through a helper; each call that closes the circle is a problem."""
    module = module_of(
        """\
        @workflow
        def alone(key: str) -> None:
            alone(key)


        @workflow
        def first(key: str) -> None:
            second(key)


        def helper(key: str) -> None:
            third(key)


        @workflow
        def second(key: str) -> None:
            helper(key)


        @workflow
        def third(key: str) -> None:
            first(key)


        @workflow
        def outside(key: str) -> None:
            first(key)
        """,
        tmp_path,
    )
    messages = {
        name: [found.message for found in examine(getattr(module, name), root=tmp_path).diagnostics]
        for name in ("alone", "first", "outside")
    }
    assert messages == {
        "alone": ["`alone` calls itself: each run would start another one"],
        "first": ["`second` calls `first` again (through `third`): each run would start another one"],
        "outside": [],
    }


def test_an_async_workflow_is_one_problem_at_its_name(tmp_path):
    """Its body is not read."""
    module = module_of("@workflow\nasync def flow(key: str) -> str:\n    return name(key)\n", tmp_path)
    (found,) = examine(module.flow, root=tmp_path).diagnostics
    assert (found.code, found.message) == ("D107", "`flow` is an `async def`")
