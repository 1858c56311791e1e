"""Threads that run task calls, and can give one up.

Python cannot stop a thread from outside. A call that is given up gets an exception thrown into its thread
(which ends it at its next line of Python, but not inside a blocking system call), and the thread retires:
it takes no more calls, and another one takes its place. Threads are daemons, so that a task that hangs
never keeps the process alive.

An exception from outside may arrive between the acquisition of a lock and the `try` that would release it.
So it is thrown only while the user's code runs, never while Ladle's own does (`Job.settled`), and not while
that code is within `threading`, `queue` or `logging`, whose locks the other threads need.
"""

from __future__ import annotations

import ctypes
import logging
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import Final

__all__ = ["Abandoned", "Job", "Workers"]

LIMIT: Final = 100
"""Calls at once. An inline Map runs 40 iterations at once; several may overlap."""


class Abandoned(BaseException):
    """Thrown into a task whose result nobody waits for any more: it timed out or its run was stopped."""


class Job:
    """One call: queued, running, or over.

    `settled` is taken once: by the thread when the user's code is over, or by whoever throws into it.
    """

    __slots__ = ("call", "given_up", "settled", "thread", "thrown")

    def __init__(self, call: Callable[[], Callable[[], None]]) -> None:
        self.call = call
        self.thread: threading.Thread | None = None
        self.given_up = False
        self.settled = threading.Lock()
        self.thrown = False

    def run(self) -> None:
        """Make the call, then pass its outcome on; the latter is not interrupted."""
        try:
            then = self.call()
            if not self.settled.acquire(blocking=False):
                while not self.thrown:
                    time.sleep(0)
                _throw(threading.get_ident(), None)  # the call swallowed it, or it is still to come
        except Abandoned:
            return
        then()

    def interrupt(self) -> bool:
        """Throw `Abandoned` into the call if it can be done now; whether there is nothing left to do."""
        thread = self.thread
        if thread is None or thread.ident is None or self.settled.locked():
            return True
        if not _interruptible(sys._current_frames().get(thread.ident)):
            return False
        if self.settled.acquire(blocking=False):
            _throw(thread.ident, Abandoned)
            self.thrown = True
        return True


class Workers:
    """Runs jobs on at most `limit` threads, started when they are needed."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._jobs: deque[Job] = deque()
        self._ready = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._closed = False

    def submit(self, call: Callable[[], Callable[[], None]]) -> Job:
        """Run `call` on some thread, soon, and then what it returns, which giving up no longer stops.

        Neither must raise.
        """
        job = Job(call)
        with self._ready:
            if self._closed:
                raise RuntimeError("the workers are closed")
            self._jobs.append(job)
            if self._idle >= len(self._jobs):
                self._ready.notify()
            elif self._threads < self._limit:
                self._start()
        return job

    def give_up(self, job: Job) -> None:
        """Nobody waits for this job any more: drop it from the queue, or end it as far as Python can."""
        with self._ready:
            if job.given_up:
                return
            job.given_up = True
            if job.thread is None:
                if job in self._jobs:
                    self._jobs.remove(job)
                return
            self._threads -= 1  # its thread retires when the job is over
            if self._jobs and not self._idle:
                self._start()
        if not job.interrupt():
            threading.Thread(target=_insist, args=(job,), name="ladle-insist", daemon=True).start()

    def close(self) -> None:
        """Let idle threads end. Running jobs go on; nobody waits for them."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name="ladle-task", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._ready:
                self._idle += 1
                try:
                    while not self._jobs:
                        if self._closed:
                            self._threads -= 1
                            return
                        self._ready.wait()
                finally:
                    self._idle -= 1
                job = self._jobs.popleft()
                job.thread = threading.current_thread()
            job.run()
            with self._ready:
                job.thread = None
                if job.given_up:
                    return
                job.given_up = True  # too late to be given up


_LOCKING: Final = frozenset({threading.__file__, queue.__file__, logging.__file__})
"""Modules of the standard library that take locks which the whole process shares in steps of Python."""


def _interruptible(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code is not Job.run.__code__:
        if frame.f_code.co_filename in _LOCKING:
            return False
        frame = frame.f_back
    return True


def _insist(job: Job) -> None:
    """Throw as soon as it can be done, or until the call has ended by itself."""
    pause = 0.001
    while not job.interrupt():
        time.sleep(pause)
        pause = min(2 * pause, 1.0)


def _throw(identity: int, error: type[BaseException] | None) -> None:
    """Have a thread raise `error` at its next line of Python; None takes back what it has not raised yet."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(identity), None if error is None else ctypes.py_object(error)
    )
