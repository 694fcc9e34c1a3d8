"""Who carries a campaign's requests out, and keeps its conductor apart from what happens to the caller.

The conductor has a thread of its own in both worlds. Requests are sent by threads here and by tasks there, and the
caller's own thread or event loop is told how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import TypeAlias

from jsms_client.campaigns.conductor import Conductor, Tell
from jsms_client.campaigns.journal.batches import Batch
from jsms_client.campaigns.progress import Progress

Request: TypeAlias = Callable[[object], object]
"""Sends a body; gives the answer's JSON."""
AsyncRequest: TypeAlias = Callable[[object], Coroutine[object, object, object]]
"""The twin of `Request`."""


class AsyncCrew:
    """Tasks, on asyncio or trio.

    Args:
        request: Sends one request.
        size: How many may be on their way at once.
    """

    __slots__ = ("_request",)

    def __init__(self, request: AsyncRequest, size: int) -> None:
        del size  # the conductor starts no more than that
        self._request = request

    async def run(self, conductor: Conductor, on_progress: Tell | None) -> None:
        """Carry a campaign out.

        A cancellation lets nothing leave any more, and is raised on once everything that is on its way is answered
        and written down.

        Args:
            conductor: What knows how.
            on_progress: Is told how far it is, in the event loop.
        """
        import anyio  # noqa: PLC0415 - comes with httpx; sync programs never load it
        import anyio.from_thread  # noqa: PLC0415
        import anyio.to_thread  # noqa: PLC0415

        ended = anyio.Event()
        failures: list[BaseException] = []

        async def send(batch: Batch, body: object) -> None:
            with anyio.CancelScope(shield=True):
                conductor.answered(batch, await _outcome_of(self._request(body)))

        def start(batch: Batch, body: object) -> None:
            anyio.from_thread.run_sync(group.start_soon, send, batch, body)

        def conduct() -> None:
            try:
                conductor.run(start, None if on_progress is None else partial(_tell, on_progress))
            except BaseException as error:  # noqa: BLE001 - handed on
                failures.append(error)

        async def apart() -> None:
            with anyio.CancelScope(shield=True):
                # A limiter of its own: it is a thread for minutes, of which the common one has few.
                await anyio.to_thread.run_sync(conduct, limiter=anyio.CapacityLimiter(1))
            ended.set()

        async with anyio.create_task_group() as group:
            group.start_soon(apart)
            try:
                await ended.wait()
            except BaseException as error:  # noqa: BLE001 - handed on
                failures.insert(0, error)
                conductor.interrupt()
                with anyio.CancelScope(shield=True):
                    await ended.wait()
        if failures:
            raise failures[0]


class Crew:
    """Threads; the twin of `AsyncCrew`.

    Args:
        request: Sends one request.
        size: How many may be on their way at once.
    """

    __slots__ = ("_request", "_size")

    def __init__(self, request: Request, size: int) -> None:
        self._request = request
        self._size = size

    def run(self, conductor: Conductor, on_progress: Tell | None) -> None:
        """Carry a campaign out.

        An interrupt lets nothing leave any more, and is raised on once everything that is on its way is answered and
        written down; a second one is raised on at once.

        Args:
            conductor: What knows how.
            on_progress: Is told how far it is, in the caller's thread.
        """
        jobs: SimpleQueue[tuple[Batch, object] | None] = SimpleQueue()
        told: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        failures: list[BaseException] = []

        def send() -> None:
            while (job := jobs.get()) is not None:
                batch, body = job
                conductor.answered(batch, self._outcome_of(body))

        def start(batch: Batch, body: object) -> None:
            jobs.put((batch, body))

        def tell(on_progress: Tell, progress: Progress) -> None:
            told.put(partial(on_progress, progress))

        def conduct() -> None:
            try:
                conductor.run(start, None if on_progress is None else partial(tell, on_progress))
            except BaseException as error:  # noqa: BLE001 - handed on
                failures.append(error)
            for _ in range(self._size):
                jobs.put(None)
            told.put(None)

        # Daemons: a program that is told to end at once does; what was on its way then is unknown when it goes on.
        for work in (conduct, *[send] * self._size):
            Thread(target=work, name="jsms-campaign", daemon=True).start()
        try:
            while (telling := told.get()) is not None:
                telling()
        except BaseException:
            conductor.interrupt()
            while told.get() is not None:
                pass
            raise
        if failures:
            raise failures[0]

    def _outcome_of(self, body: object) -> object:
        try:
            return self._request(body)
        except BaseException as error:  # noqa: BLE001 - the conductor judges it
            return error


def _tell(on_progress: Tell, progress: Progress) -> None:
    """Tell the caller, in its event loop; what that raises is raised here, and never in the event loop itself."""
    import anyio.from_thread  # noqa: PLC0415 - comes with httpx; sync programs never load it

    def tell() -> BaseException | None:
        try:
            on_progress(progress)
        except BaseException as error:  # noqa: BLE001 - handed on
            return error
        return None

    if (error := anyio.from_thread.run_sync(tell)) is not None:
        raise error


async def _outcome_of(request: Coroutine[object, object, object]) -> object:
    try:
        return await request
    except BaseException as error:  # noqa: BLE001 - the conductor judges it
        return error


__all__ = ["AsyncCrew", "Crew"]
