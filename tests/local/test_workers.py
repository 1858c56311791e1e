"""Worker threads run calls at once, up to a limit, and can give one up."""

import threading
import time

import pytest

from ladle.local.workers import Workers


@pytest.fixture
def workers():
    made = Workers(limit=3)
    yield made
    made.close()


def test_calls_overlap_up_to_the_limit(workers):
    """The fourth call waits for one of three to end."""
    running, peak, lock, done = 0, 0, threading.Lock(), threading.Semaphore(0)

    def call():
        nonlocal running, peak
        with lock:
            running += 1
            peak = max(peak, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        done.release()

    for _ in range(9):
        workers.submit(call)
    for _ in range(9):
        assert done.acquire(timeout=5)
    assert peak == 3


def test_a_call_that_never_ends_is_given_up_and_its_place_taken(workers):
    """An endless loop of Python ends by an exception thrown into it; another thread takes the next call."""
    started, over, next_ran = threading.Event(), threading.Event(), threading.Event()

    def endless():
        started.set()
        try:
            while True:
                time.sleep(0.001)
        finally:
            over.set()

    jobs = [workers.submit(endless) for _ in range(3)]
    assert started.wait(5)
    workers.submit(next_ran.set)
    assert not next_ran.wait(0.05)
    for job in jobs:
        workers.give_up(job)
    assert next_ran.wait(5)
    assert over.wait(5)


def test_a_call_that_has_not_begun_is_dropped(workers):
    """It never runs."""
    hold, ran = threading.Event(), []
    for _ in range(3):
        workers.submit(lambda: hold.wait(5) and None)
    job = workers.submit(lambda: ran.append(1))
    workers.give_up(job)
    hold.set()
    after = threading.Event()
    workers.submit(after.set)
    assert after.wait(5)
    assert ran == []


def test_giving_up_what_is_over_changes_nothing(workers):
    """The thread may run another call by then, which must not be hit."""
    first, second = threading.Event(), threading.Event()
    job = workers.submit(first.set)
    assert first.wait(5)
    while job.thread is not None:
        time.sleep(0.001)
    workers.give_up(job)
    workers.submit(second.set)
    assert second.wait(5)
