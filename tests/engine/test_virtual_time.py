"""The scheduler's laws: time is virtual, exact, ordered and repeatable."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladle.engine import TaskSucceeded, VirtualClock, compile_machine
from ladle.engine.clock import Timers
from tests.engine.engine_harness import Fail, Functions, chain, engine_of, lasted, machine, run, task


class _Holder:
    epoch = 0


@given(st.lists(st.integers(0, 50), max_size=60))
def test_timers_ring_by_instant_and_then_in_the_order_in_which_they_were_set(instants: list[int]) -> None:
    """Two timers at one instant keep their order."""
    timers, rung, holder = Timers(), [], _Holder()
    for number, at in enumerate(instants):
        timers.set(at, holder, lambda _h, entry: rung.append(entry), (at, number))
    while timers.next_at() is not None:
        timers.ring()
    assert rung == sorted(rung)
    assert len(rung) == len(instants)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20), st.sets(st.integers(0, 19)))
def test_a_stale_timer_neither_rings_nor_moves_the_clock(instants: list[int], stale: set[int]) -> None:
    """Raising the holder's epoch takes its timers out of the world."""
    timers, rung = Timers(), []
    holders = [_Holder() for _ in instants]
    for number, at in enumerate(instants):
        timers.set(at, holders[number], lambda _h, n: rung.append(n), number)
    for number in stale:
        if number < len(holders):
            holders[number].epoch += 1
    live = [at for number, at in enumerate(instants) if number not in stale]
    seen = []
    while (at := timers.next_at()) is not None:
        seen.append(at)
        timers.ring()
    assert seen == sorted(live)


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_waits_take_exactly_their_seconds_and_no_time_at_all(seconds: list[int]) -> None:
    """A day's Wait is over at once, and the history says a day later to the millisecond."""
    states: dict[str, Any] = {
        f"W{i}": {"Type": "Wait", "Seconds": s, "Next": f"W{i + 1}"} for i, s in enumerate(seconds)
    }
    states[f"W{len(seconds)}"] = {"Type": "Succeed"}
    assert lasted(run(machine(states))) == sum(seconds)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_branches_that_wait_end_in_the_order_of_their_instants(seconds: list[int]) -> None:
    """Branches overlap: a Parallel takes as long as its longest branch."""
    branches = [
        {"StartAt": f"B{i}", "States": {f"B{i}": {"Type": "Wait", "Seconds": s, "End": True}}}
        for i, s in enumerate(seconds)
    ]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}))
    exits = [e.state for e in execution.events() if e.type == "WaitStateExited"]
    assert exits == [f"B{i}" for i, _ in sorted(enumerate(seconds), key=lambda pair: pair[1])]
    assert lasted(execution) == max(seconds)


@pytest.mark.parametrize(
    ("timestamp", "seconds"),
    [
        ("2023-11-14T22:13:30Z", 10.0),
        ("2023-11-14T22:13:20.250Z", 0.25),
        ("2023-11-14T23:13:30.000000001+01:00", 10.0),
        ("2001-01-01T00:00:00Z", 0.0),
    ],
)
def test_a_wait_until_a_timestamp_ends_at_that_instant(timestamp: str, seconds: float) -> None:
    """An instant in the past is over at once."""
    assert lasted(run(machine({"W": {"Type": "Wait", "Timestamp": timestamp, "End": True}}))) == seconds


def _flaky(times: int) -> Functions:
    left = [times]

    def call(_: Any) -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise Fail("Flaky")
        return "ok"

    return Functions(T=call)


def _retry(**fields: Any) -> dict[str, Any]:
    return machine({"T": task(Retry=[{"ErrorEquals": ["Flaky"], "MaxAttempts": 5, **fields}])})


@pytest.mark.parametrize(
    ("fields", "failures", "seconds"),
    [
        ({}, 3, 1 + 2 + 4),
        ({"IntervalSeconds": 60}, 2, 60 + 120),
        ({"IntervalSeconds": 3, "BackoffRate": 1}, 4, 12),
        ({"IntervalSeconds": 10, "BackoffRate": 3, "MaxDelaySeconds": 25}, 4, 10 + 25 + 25 + 25),
    ],
)
def test_backoff_takes_exactly_what_its_fields_say(
    fields: dict[str, Any], failures: int, seconds: float
) -> None:
    """IntervalSeconds x BackoffRate^n, cut at MaxDelaySeconds."""
    assert lasted(run(_retry(**fields), runner=_flaky(failures))) == seconds


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_full_jitter_stays_under_the_backoff_and_is_the_same_for_a_seed(seed: int) -> None:
    """JitterStrategy FULL draws from the engine's seeded generator."""
    definition = _retry(IntervalSeconds=100, JitterStrategy="FULL")
    waits = [lasted(run(definition, engine=engine_of(_flaky(3), seed=seed))) for _ in range(2)]
    assert waits[0] == waits[1]
    assert 0 <= waits[0] <= 100 + 200 + 400


def test_the_same_seed_gives_the_same_history_to_the_last_detail() -> None:
    """Names, tokens, jitter, `$uuid` and `$random` all come from the seed."""
    definition = machine(
        {
            "A": {"Type": "Pass", "Assign": {"id": "{% $uuid() %}", "n": "{% $random() %}"}, "Next": "T"},
            "T": task(Retry=[{"ErrorEquals": ["Flaky"], "JitterStrategy": "FULL"}]),
        }
    )
    first, second, other = (
        run(definition, engine=engine_of(_flaky(2), seed=seed)).history() for seed in (7, 7, 8)
    )
    assert first == second
    assert first != other


def test_a_simulated_duration_passes_on_the_virtual_clock() -> None:
    """`TaskSucceeded(seconds=…)` lets a synchronous runner say how long a task took; branches overlap."""
    runner = Functions(A=lambda _: TaskSucceeded(1, seconds=30), B=lambda _: TaskSucceeded(2, seconds=45.5))
    branches = [{"StartAt": name, "States": {name: task()}} for name in "AB"]
    execution = run(machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}}), runner=runner)
    assert execution.output == [1, 2]
    assert lasted(execution) == 45.5


def test_while_a_task_runs_in_a_thread_the_clock_runs_with_it() -> None:
    """Real work takes real time, and a Wait beside it is not skipped past it."""
    release = threading.Event()

    class Threaded:
        def start(self, _call: Any, done: Any) -> None:
            def work() -> None:
                release.wait(5)
                done(TaskSucceeded("done"))

            threading.Thread(target=work).start()

    branches = [
        {"StartAt": "T", "States": {"T": task()}},
        {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 0.02, "End": True}}},
    ]
    definition = machine({"P": {"Type": "Parallel", "Branches": branches, "End": True}})
    seen = []

    def listener(_execution: Any, event: Any) -> None:
        seen.append(event.type)
        if event.type == "WaitStateExited":
            release.set()

    execution = run(definition, engine=engine_of(Threaded(), listener=listener))
    assert execution.status == "SUCCEEDED"
    assert seen.index("WaitStateExited") < seen.index("LambdaFunctionSucceeded")


def test_the_clock_never_goes_back_and_starts_where_it_is_told() -> None:
    """`jump` to the past does nothing."""
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.jump(clock.ms - 5)
    assert clock.moment() == datetime(2026, 1, 1, tzinfo=UTC)
    clock.advance(1)
    assert clock.moment().microsecond == 1000


def test_a_thousand_executions_run_side_by_side() -> None:
    """Each waits its own time; the clock ends at the last of them."""
    engine = engine_of()
    definition = compile_machine(
        machine({"W": {"Type": "Wait", "Seconds": "{% $states.input.n %}", "End": True}}), name="m"
    )
    runs = [engine.start(definition, {"n": n}) for n in range(1000)]
    engine.run()
    assert {r.status for r in runs} == {"SUCCEEDED"}
    assert [lasted(r) for r in runs] == [float(n) for n in range(1000)]


def test_ids_count_from_one_and_each_event_follows_an_earlier_one() -> None:
    """The form of GetExecutionHistory."""
    events = chain(run(machine({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}})))
    assert [e[0] for e in events] == list(range(1, len(events) + 1))
    assert all(previous < own for own, previous, _ in events)
