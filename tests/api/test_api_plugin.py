"""The fixture that other projects use."""

from __future__ import annotations

from pathlib import Path

pytest_plugins = ["pytester"]


def test_the_fixture_is_brought_in_by_name(pytester: object) -> None:
    """One line in a conftest.py."""
    pytester.makeconftest('pytest_plugins = ["ladle.testing.pytest_plugin"]')  # type: ignore[attr-defined]
    pytester.makepyfile(  # type: ignore[attr-defined]
        """
        import boto3

        def test_it(ladle_stepfunctions):
            assert boto3.client("stepfunctions").list_state_machines()["stateMachines"] == []
            assert ladle_stepfunctions.executions == {}
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")  # type: ignore[attr-defined]
    result.assert_outcomes(passed=1)


def test_the_guide_runs() -> None:
    """Every Python block of docs/testing.md, one after the other."""
    text = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in text.split("```python\n")[1:]]
    assert len(blocks) >= 4
    space: dict[str, object] = {"__name__": "guide"}
    for block in blocks:
        exec(compile(block, "docs/testing.md", "exec"), space)
    for name, test in list(space.items()):
        if name.startswith("test_") and callable(test):
            test()
