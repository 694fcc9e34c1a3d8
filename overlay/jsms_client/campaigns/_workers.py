"""Send a campaign's requests, and shield its runner from the caller's cancellation.

The runner has a thread of its own in both clients, so that no interrupt and no cancellation comes between what
it does and what it writes down. Requests are sent by threads here and by tasks there; progress is delivered in the
caller's own thread or event loop, always the newest: a slow ``on_progress`` misses some, and is never late.

The caller may leave at any moment, between any two statements. So the first statement of each handler is the assignment
of a plain attribute, which no signal can interrupt: after it, nothing more is sent.
"""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeAlias

from jsms_client._concurrency import AsyncResettableEvent
from jsms_client.campaigns._journal.batches import Batch
from jsms_client.campaigns._runner import TELL_EVERY, CampaignRunner, Job, Start, Tell
from jsms_client.campaigns._throttle import Progress

Request: TypeAlias = Callable[[object], object]
"""Sends a body; gives the response's JSON."""
AsyncRequest: TypeAlias = Callable[[object], Coroutine[object, object, object]]
"""The async form of `Request`."""


class RunnerThread:
    """A runner in a thread of its own.

    Args:
        runner: Carries the campaign out.
        start: Has a request sent; must not block.
        wake: Wakes the caller: there is new progress, or it has ended. Called from the thread; must not block.
        telling: Whether the caller wants progress.

    Attributes:
        newest: The newest progress, until it is delivered.
        ended: Whether it has ended.
        failures: What the runner raised.
    """

    def __init__(
        self,
        runner: CampaignRunner,
        start: Start,
        wake: Callable[[], None],
        *,
        telling: bool,
    ) -> None:
        self._runner = runner
        self._start = start
        self._wake = wake
        self._telling = telling
        self._permit = [None]
        self._process = os.getpid()
        self.newest: deque[Progress] = deque(maxlen=1)
        self.ended = False
        self.failures: list[BaseException] = []

    def begin(self) -> None:
        """Start the thread. A daemon: a program that ends does not wait for it; what is in flight is unknown then."""
        Thread(target=self._run_thread, name="jsms-campaign", daemon=True).start()

    def cancel(self) -> bool:
        """Keep the thread from beginning; False where it has begun, in this process: a forked child has none."""
        # An interrupt may come while the thread is being started: this is the one place where that is decided.
        with suppress(IndexError):
            self._permit.pop()
            return True
        return os.getpid() != self._process

    def _run_thread(self) -> None:
        if not self.cancel():
            return
        try:
            self._runner.run(self._start, self._tell if self._telling else None)
        except BaseException as error:  # noqa: BLE001 - raised to the caller
            self.failures.append(error)
        self.ended = True
        # The event loop may have been closed under a caller that went away.
        with suppress(RuntimeError):
            self._wake()

    def _tell(self, progress: Progress) -> None:
        self.newest.append(progress)
        self._wake()


class AsyncWorkerPool:
    """Tasks, on asyncio or trio.

    Args:
        request: Sends one request.
        size: How many may be in flight at once.
    """

    __slots__ = ("_request",)

    def __init__(self, request: AsyncRequest, size: int) -> None:
        del size  # the runner starts no more than that
        self._request = request

    async def run(self, runner: CampaignRunner, on_progress: Tell | None) -> None:
        """Carry a campaign out.

        After a cancellation nothing more is sent; it is raised on when every request has ended and is written down.
        """
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it

        jobs: deque[Job] = deque()
        event = AsyncResettableEvent()
        failures: list[BaseException] = []

        def start(job: Job) -> None:
            jobs.append(job)
            event.set()

        async def send(batch: Batch, body: object) -> None:
            with anyio.CancelScope(shield=True):
                runner.request_ended(batch, await _outcome_of(self._request(body)))

        run = RunnerThread(runner, start, event.set, telling=on_progress is not None)

        async def follow(on_progress: Tell | None) -> None:
            ended, due = False, 0.0
            while not ended:
                # In this order: nothing comes after the end.
                ended = run.ended
                while jobs:
                    group.start_soon(send, *jobs.popleft())
                began = time.monotonic()
                if run.newest and (ended or began >= due):
                    _deliver(run, on_progress)
                    # A slow callback blocks the event loop: the requests get as much of its time.
                    due = time.monotonic() + max(TELL_EVERY, time.monotonic() - began)
                if not ended:
                    await event.wait(due - began if run.newest else math.inf)

        try:
            async with anyio.create_task_group() as group:
                try:
                    run.begin()
                    await follow(on_progress)
                except BaseException as error:  # noqa: BLE001 - raised on, outside of the group
                    runner.interrupted = True
                    failures.append(error)
                    runner.interrupt()
                    if not run.cancel():
                        with anyio.CancelScope(shield=True):
                            await follow(None)
        finally:
            runner.abandoned = True
            if not run.ended:
                runner.abandon()
        failures += run.failures
        if failures:
            raise failures[0]


class WorkerPool:
    """Threads; the blocking form of `AsyncWorkerPool`.

    Args:
        request: Sends one request.
        size: How many may be in flight at once.
    """

    __slots__ = ("_request", "_size")

    def __init__(self, request: Request, size: int) -> None:
        self._request = request
        self._size = size

    def run(self, runner: CampaignRunner, on_progress: Tell | None) -> None:
        """Carry a campaign out.

        After an interrupt nothing more is sent; it is raised on when every request has ended and is written down. A
        second one is raised on at once: what is in flight then is unknown when the campaign continues.
        """
        jobs: SimpleQueue[Job | None] = SimpleQueue()
        events: SimpleQueue[None] = SimpleQueue()

        def send() -> None:
            while (job := jobs.get()) is not None and not runner.abandoned:
                batch, body = job
                runner.request_ended(batch, self._outcome_of(body))

        run = RunnerThread(runner, jobs.put, partial(events.put, None), telling=on_progress is not None)

        def follow(on_progress: Tell | None) -> None:
            while not run.ended:
                events.get()
                _deliver(run, on_progress)
            _deliver(run, on_progress)

        try:
            try:
                for _ in range(self._size):
                    Thread(target=send, name="jsms-campaign", daemon=True).start()
                run.begin()
                follow(on_progress)
            except BaseException:
                runner.interrupted = True
                runner.interrupt()
                if not run.cancel():
                    follow(None)
                raise
        finally:
            runner.abandoned = True
            if not run.ended:
                runner.abandon()
            for _ in range(self._size):
                jobs.put(None)
        if run.failures:
            raise run.failures[0]

    def _outcome_of(self, body: object) -> object:
        try:
            return self._request(body)
        except BaseException as error:  # noqa: BLE001 - the runner judges it
            return error


async def _outcome_of(request: Coroutine[object, object, object]) -> object:
    try:
        return await request
    except BaseException as error:  # noqa: BLE001 - the runner judges it
        return error


def _deliver(run: RunnerThread, on_progress: Tell | None) -> None:
    if run.newest:
        progress = run.newest.pop()
        if on_progress is not None:
            on_progress(progress)
