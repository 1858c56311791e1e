"""The schedule: when what starts, the critical path, and what the nesting costs against it."""

from __future__ import annotations

from forms import call, const, if_, op, program, read, return_, task, var

from ladle.compiler.plan import plan, schedule
from ladle.wire import BoolShape

A, B, C, D, E = (var(name) for name in "abcde")


def test_schedule_tells_the_waves_and_the_critical_path() -> None:
    """Calls that start together stand together."""
    slow = task("slow", expect=10)
    made = plan(
        program(
            call(A, "f"),
            call(B, slow),
            call(C, "g", read(A)),
            call(D, "h", read(C), read(B)),
            return_(read(D)),
        )
    )
    found = schedule("main", made)
    assert found.waves == ((0, ("f", "slow")), (1, ("g",)), (10, ("h",)))
    assert found.critical == ("slow", "h")
    assert (found.seconds, found.least, found.cost) == (11, 11, 0)


def test_a_graph_that_is_not_series_parallel_costs_something() -> None:
    """An N with a long chain on one side: the join makes one of them wait."""
    two, one = task("two", expect=2), task("one", expect=1)
    made = plan(
        program(
            call(A, two),
            call(B, one),
            call(C, task("five", expect=5), read(A), read(B)),
            call(D, task("six", expect=6), read(B)),
        )
    )
    found = schedule("main", made)
    assert found.least == 7
    assert found.seconds == 8
    assert found.cost == 1
    assert "costs 1 s" in str(found)


def test_both_arms_of_an_if_start_together() -> None:
    test = op("num.gt", read(A), const(1), shape=BoolShape())
    made = plan(program(call(A, "f"), if_(test, (call(B, "g"),), (call(B, "h"),)), return_(read(B))))
    assert schedule("main", made).waves == ((0, ("f",)), (1, ("g", "h")))


def test_a_schedule_prints_itself() -> None:
    made = plan(program(call(A, "f"), call(B, "g", read(A))))
    assert str(schedule("main", made)) == (
        "main\n       0 s  f\n       1 s  g\n       2 s  end\ncritical path: f > g, 2 s"
    )


def test_a_plan_prints_itself() -> None:
    made = plan(program(call(A, "f"), call(B, "g"), call(C, "h", read(A), read(B))))
    assert str(made) == "= at once\n  f  1 s\n= at once\n  g  1 s\nh  1 s"
