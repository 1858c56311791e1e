"""Threads that run task calls, and can give one up.

Python cannot stop a thread from outside. A call that is given up gets an exception thrown into its thread
(which ends it at its next line of Python, but not inside a blocking system call), and the thread retires:
it takes no more calls, and another one takes its place. Threads are daemons, so that a task that hangs
never keeps the process alive.
"""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

__all__ = ["Abandoned", "Job", "Workers"]

LIMIT: Final = 100
"""Calls at once. An inline Map runs 40 iterations at once; several may overlap."""


class Abandoned(BaseException):
    """Thrown into a task whose result nobody waits for any more: it timed out or its run was stopped."""


class Job:
    """One call: queued, running, or over."""

    __slots__ = ("call", "given_up", "thread")

    def __init__(self, call: Callable[[], None]) -> None:
        self.call = call
        self.thread: threading.Thread | None = None
        self.given_up = False


class Workers:
    """Runs jobs on at most `limit` threads, started when they are needed."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._jobs: deque[Job] = deque()
        self._ready = threading.Condition()
        self._threads = 0
        self._idle = 0
        self._closed = False

    def submit(self, call: Callable[[], None]) -> Job:
        """Run `call` on some thread, soon. `call` must not raise."""
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
            identity = job.thread.ident
            if identity is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(identity), ctypes.py_object(Abandoned)
                )

    def close(self) -> None:
        """Let idle threads end. Running jobs go on; nobody waits for them."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name="ladle-task", daemon=True).start()

    def _work(self) -> None:
        try:
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
                job.call()
                with self._ready:
                    if job.given_up:
                        return
                    job.thread = None
                    job.given_up = True  # too late to be given up
        except Abandoned:
            return
