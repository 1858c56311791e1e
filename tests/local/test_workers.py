"""Worker threads run calls at once, up to a limit, and can give one up."""

import logging
import threading
import time

import pytest

from ladle.local.workers import Abandoned, Workers


def nothing():
    """The outcome that needs no passing on."""


def then_nothing(call):
    """A call whose outcome is passed to nobody."""

    def made():
        call()
        return nothing

    return made


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
        workers.submit(then_nothing(call))
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

    jobs = [workers.submit(then_nothing(endless)) for _ in range(3)]
    assert started.wait(5)
    workers.submit(then_nothing(next_ran.set))
    assert not next_ran.wait(0.05)
    for job in jobs:
        workers.give_up(job)
    assert next_ran.wait(5)
    assert over.wait(5)


def test_a_call_that_has_not_begun_is_dropped(workers):
    """It never runs."""
    hold, ran = threading.Event(), []
    for _ in range(3):
        workers.submit(then_nothing(lambda: hold.wait(5)))
    job = workers.submit(then_nothing(lambda: ran.append(1)))
    workers.give_up(job)
    hold.set()
    after = threading.Event()
    workers.submit(then_nothing(after.set))
    assert after.wait(5)
    assert ran == []


def test_giving_up_what_is_over_changes_nothing(workers):
    """The thread may run another call by then, which must not be hit."""
    first, second = threading.Event(), threading.Event()
    job = workers.submit(then_nothing(first.set))
    assert first.wait(5)
    while job.thread is not None:
        time.sleep(0.001)
    workers.give_up(job)
    workers.submit(then_nothing(second.set))
    assert second.wait(5)


def test_a_call_given_up_in_the_moment_it_ends_leaves_no_lock_behind(workers):
    """The thread waits for the very lock under which it is given up; the exception must not come in between.

    Until November 2026 it did, and every later call of the process waited for that lock for ever.
    """
    go, passed_on = threading.Event(), threading.Event()

    def call():
        go.wait(5)
        return passed_on.set

    job = workers.submit(call)
    while job.thread is None:
        time.sleep(0.001)
    with workers._ready:
        go.set()
        assert passed_on.wait(5)
        time.sleep(0.05)  # the thread now waits for the lock to say that it is over
        workers.give_up(job)
    after = threading.Event()
    keeps = [threading.Thread(target=lambda: workers.submit(then_nothing(after.wait))) for _ in range(2)]
    for thread in keeps:
        thread.start()
    for thread in keeps:
        thread.join(2)
        assert not thread.is_alive()
    after.set()


def test_what_comes_after_the_call_is_not_interrupted(workers):
    """The outcome is being passed on, under locks of others: too late to be given up."""
    entered, go, ended = threading.Event(), threading.Event(), threading.Event()

    def then():
        entered.set()
        go.wait(5)
        for _ in range(1000):
            pass
        ended.set()

    job = workers.submit(lambda: then)
    assert entered.wait(5)
    workers.give_up(job)
    go.set()
    assert ended.wait(5)


def test_a_call_that_logs_is_given_up_between_two_records(workers):
    """The lock of a logging handler belongs to all threads; a call that has it is interrupted later."""
    entered, go, over = threading.Event(), threading.Event(), threading.Event()

    class Slow(logging.Handler):
        def emit(self, record):  # noqa: ARG002 - the interface of logging
            entered.set()
            while not go.is_set():
                time.sleep(0.001)

    logger, handler = logging.getLogger("ladle.tests.slow"), Slow()
    logger.propagate = False
    logger.addHandler(handler)

    def call():
        try:
            logger.warning("one")
            while True:
                time.sleep(0.001)
        except Abandoned:
            over.set()
            raise

    try:
        job = workers.submit(then_nothing(call))
        assert entered.wait(5)
        workers.give_up(job)
        time.sleep(0.02)
        assert not over.is_set()
        go.set()
        assert over.wait(5)
        assert handler.lock is not None
        assert handler.lock.acquire(timeout=2)
        handler.lock.release()
    finally:
        logger.removeHandler(handler)


def test_a_call_that_swallows_everything_still_retires(workers):
    """`except BaseException` in a task takes the exception; nothing of it reaches a later call."""
    entered, after = threading.Event(), threading.Event()

    def stubborn():
        entered.set()
        try:
            while True:
                time.sleep(0.001)
        except BaseException:  # noqa: BLE001 - what a task may do
            return

    job = workers.submit(then_nothing(stubborn))
    assert entered.wait(5)
    workers.give_up(job)
    workers.submit(then_nothing(after.set))
    assert after.wait(5)
