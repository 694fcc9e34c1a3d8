"""Handling in an event loop, with a slow nonce store."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import TYPE_CHECKING, cast

import anyio
import anyio.lowlevel
import pytest

from jsms_client import ConfigurationError
from jsms_client.callbacks import Callback, CallbackError, CallbackReason, CallbackReceiver, WSGICallbackApp

from .signed_posts import APP_KEY, MASTER_SECRET, REPORT, Clock, encoded, form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from jsms_client.callbacks import AsyncNonceStore


class SlowStore:
    """A store somewhere on a network."""

    def __init__(self) -> None:
        self.nonces: set[str] = set()
        self.threads: set[int] = set()
        self.entered = threading.Event()
        self.proceed = threading.Event()
        self.proceed.set()
        self.broken = False

    def add(self, nonce: str, expires: datetime) -> bool:
        self._travel()
        new = nonce not in self.nonces
        self.nonces.add(nonce)
        return new

    def discard(self, nonce: str) -> None:
        self._travel()
        self.nonces.discard(nonce)

    def _travel(self) -> None:
        self.threads.add(threading.get_ident())
        self.entered.set()
        assert self.proceed.wait(30)
        if self.broken:
            raise ConnectionError("no route to the store")


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def slow(store: SlowStore, clock: Clock) -> CallbackReceiver:
    return CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store, clock=clock)


@pytest.fixture
def body(clock: Clock) -> bytes:
    return encoded(form(REPORT, timestamp=clock.milliseconds))


async def handle(receiver: CallbackReceiver, body: bytes, error: Exception | None = None) -> None:
    async with receiver.accept(body) as callback:
        assert callback.events
        if error is not None:
            raise error


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kind", ["memory", "network"])
def test_a_failing_task_gives_the_nonce_back(
    receiver: CallbackReceiver, slow: CallbackReceiver, body: bytes, backend: str, kind: str
) -> None:
    tested = receiver if kind == "memory" else slow

    async def main() -> None:
        with pytest.raises(KeyError):
            await handle(tested, body, KeyError("the app's own"))
        await handle(tested, body)
        with pytest.raises(CallbackError) as caught:
            await handle(tested, body)
        assert caught.value.reason is CallbackReason.ALREADY_HANDLED

    anyio.run(main, backend=backend)


def test_a_store_on_a_network_does_not_stop_the_event_loop(
    slow: CallbackReceiver, store: SlowStore, body: bytes
) -> None:
    anyio.run(handle, slow, body)

    assert store.nonces
    assert threading.get_ident() not in store.threads


def test_a_refused_callback_never_reaches_the_store(slow: CallbackReceiver, store: SlowStore) -> None:
    with pytest.raises(CallbackError):
        anyio.run(handle, slow, b"nonce=1")

    assert not store.threads


@pytest.mark.parametrize("known", [False, True])
def test_a_task_cancelled_while_it_takes_the_nonce_leaves_the_store_as_it_was(
    slow: CallbackReceiver, store: SlowStore, body: bytes, known: bool
) -> None:
    async def main() -> None:
        if known:
            await handle(slow, body)
        before = set(store.nonces)
        store.entered.clear()
        store.proceed.clear()
        task = asyncio.create_task(handle(slow, body))
        await asyncio.to_thread(store.entered.wait, 30)
        task.cancel()
        threading.Timer(0.05, store.proceed.set).start()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(3000):  # the thread is on its own now
            if store.nonces == before:
                break
            await asyncio.sleep(0.01)
        assert store.nonces == before

    asyncio.run(main())


def test_a_task_cancelled_while_it_handles_gives_the_nonce_back(
    slow: CallbackReceiver, store: SlowStore, body: bytes
) -> None:
    async def main() -> None:
        with anyio.CancelScope() as scope:
            async with slow.accept(body):
                assert store.nonces
                scope.cancel()
                await anyio.sleep(30)
        assert scope.cancelled_caught
        assert not store.nonces

    anyio.run(main)


def test_a_store_that_fails_is_heard_of(slow: CallbackReceiver, store: SlowStore, body: bytes) -> None:
    store.broken = True

    with pytest.raises(ConnectionError), slow.accept(body):
        pytest.fail("nothing may be handled without the store")  # pragma: no cover
    with pytest.raises(ConnectionError):
        anyio.run(handle, slow, body)


@pytest.mark.parametrize("in_event_loop", [False, True])
def test_a_nonce_that_cannot_be_given_back_hides_no_failure(
    slow: CallbackReceiver, store: SlowStore, body: bytes, caplog: pytest.LogCaptureFixture, in_event_loop: bool
) -> None:
    def handle_and_fail() -> None:
        with slow.accept(body):
            store.broken = True
            raise KeyError("the app's own")

    async def handle_and_fail_in_loop() -> None:
        async with slow.accept(body):
            store.broken = True
            raise KeyError("the app's own")

    with caplog.at_level(logging.ERROR, "jsms_client"), pytest.raises(KeyError):
        if in_event_loop:
            anyio.run(handle_and_fail_in_loop)
        else:
            handle_and_fail()

    assert "could not be given back" in caplog.text


class AsyncStore:
    """A store with coroutine methods, as redis.asyncio and asyncpg lead to."""

    def __init__(self) -> None:
        self.nonces: set[str] = set()
        self.waiting = asyncio.Event()
        self.proceed = asyncio.Event()
        self.proceed.set()

    async def add(self, nonce: str, expires: datetime) -> bool:
        await anyio.lowlevel.checkpoint()
        self.waiting.set()
        if not self.proceed.is_set():
            await self.proceed.wait()
        new = nonce not in self.nonces
        self.nonces.add(nonce)
        return new

    async def discard(self, nonce: str) -> None:
        await anyio.lowlevel.checkpoint()
        self.nonces.discard(nonce)


class SharedAsyncStore(AsyncStore):
    """The same, able to say what it holds."""

    async def contains(self, nonce: str) -> bool:
        await anyio.lowlevel.checkpoint()
        return nonce in self.nonces


class DisguisedAsyncStore:
    """A store whose plain methods return coroutines of another one."""

    def __init__(self) -> None:
        self.inner = AsyncStore()

    def add(self, nonce: str, expires: datetime) -> Awaitable[bool]:
        return self.inner.add(nonce, expires)

    def discard(self, nonce: str) -> Awaitable[None]:
        return self.inner.discard(nonce)


ASYNC_STORES = [AsyncStore, SharedAsyncStore, DisguisedAsyncStore]


def receiver_with(store: object, clock: Clock) -> CallbackReceiver:
    return CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=cast("AsyncNonceStore", store), clock=clock)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kind", ASYNC_STORES)
def test_an_async_store_is_awaited_so_that_a_replay_is_refused(
    clock: Clock, backend: str, kind: Callable[[], object]
) -> None:
    receiver = receiver_with(kind(), clock)
    fields = form(REPORT, timestamp=clock.milliseconds)

    async def main() -> None:
        with pytest.raises(KeyError):
            await handle(receiver, encoded(fields), KeyError("the app's own"))
        await handle(receiver, encoded(fields))
        with pytest.raises(CallbackError) as copy:
            await handle(receiver, encoded(fields))
        assert copy.value.reason is CallbackReason.ALREADY_HANDLED
        with pytest.raises(CallbackError) as forged:
            await handle(receiver, encoded(fields | {"data": json.dumps(REPORT | {"status": 4003})}))
        assert forged.value.reason is CallbackReason.REPLAYED

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("kind", ASYNC_STORES)
def test_where_nothing_can_await_it_an_async_store_is_refused(
    clock: Clock, body: bytes, kind: Callable[[], object]
) -> None:
    receiver = receiver_with(kind(), clock)
    fields = form(REPORT, timestamp=clock.milliseconds)

    with pytest.raises(ConfigurationError, match="async with"), receiver.accept(body):
        pytest.fail("nothing may be handled")  # pragma: no cover
    with pytest.raises(ConfigurationError, match="async"):
        receiver.verify(fields["nonce"], fields["timestamp"], fields["signature"])
    with pytest.raises(ConfigurationError, match="async"):
        receiver.release(fields["nonce"])


@pytest.mark.parametrize("kind", [AsyncStore, SharedAsyncStore])
def test_a_wsgi_app_refuses_an_async_store_when_it_is_made(clock: Clock, kind: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError, match="nonce_store is async"):
        WSGICallbackApp(receiver_with(kind(), clock), print)


def test_a_store_that_returns_a_future_is_no_plain_store(clock: Clock, body: bytes) -> None:
    class Futures:
        def add(self, nonce: str, expires: datetime) -> asyncio.Future[bool]:
            return asyncio.get_running_loop().create_future()

        def discard(self, nonce: str) -> None: ...

    async def main() -> None:
        with pytest.raises(ConfigurationError), receiver_with(Futures(), clock).accept(body):
            pytest.fail("nothing may be handled")  # pragma: no cover

    asyncio.run(main())


def test_a_task_cancelled_while_an_async_store_responds_leaves_the_store_as_it_was(clock: Clock, body: bytes) -> None:
    async def main() -> None:
        store = AsyncStore()
        store.proceed.clear()
        receiver = receiver_with(store, clock)
        task = asyncio.create_task(handle(receiver, body))
        await store.waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        store.proceed.set()
        for _ in range(100):
            await asyncio.sleep(0)
        assert not store.nonces
        await handle(receiver, body)

    asyncio.run(main())


@pytest.mark.parametrize("steps", range(12))
def test_a_task_cancelled_at_any_step_before_it_handles_leaves_the_callback_to_the_next_attempt(
    clock: Clock, body: bytes, steps: int
) -> None:
    async def main() -> None:
        receiver = receiver_with(AsyncStore(), clock)
        handled: list[Callback] = []

        async def attempt() -> None:
            async with receiver.accept(body) as callback:
                await asyncio.sleep(0)
                handled.append(callback)

        task = asyncio.create_task(attempt())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        for _ in range(20):
            await asyncio.sleep(0)
        if not handled:
            await attempt()
        assert len(handled) == 1

    asyncio.run(main())


def test_a_callback_that_is_still_being_handled_is_not_acknowledged(receiver: CallbackReceiver, body: bytes) -> None:
    with receiver.accept(body), pytest.raises(CallbackError) as caught, receiver.accept(body):
        pytest.fail("it is being handled")  # pragma: no cover

    assert caught.value.reason is CallbackReason.REPLAYED


def test_a_copy_is_recognised_in_bytes_and_in_the_form_of_a_framework(receiver: CallbackReceiver, clock: Clock) -> None:
    fields = form(REPORT, timestamp=clock.milliseconds)
    with receiver.accept(encoded(fields)):
        pass

    with pytest.raises(CallbackError) as caught, receiver.accept(fields):
        pytest.fail("it was handled")  # pragma: no cover

    assert caught.value.reason is CallbackReason.ALREADY_HANDLED
    assert caught.value.http_status == 200


class SharedStore(SlowStore):
    """A store on a network that says what it holds."""

    def contains(self, nonce: str) -> bool:
        self._travel()
        return nonce in self.nonces


@pytest.mark.parametrize("in_event_loop", [False, True])
def test_a_shared_store_recognises_a_copy_at_another_worker(clock: Clock, body: bytes, in_event_loop: bool) -> None:
    store = SharedStore()
    first, second = (
        CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store, clock=clock),
        CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store, clock=clock),
    )
    with first.accept(body):
        pass

    with pytest.raises(CallbackError) as caught:
        if in_event_loop:
            anyio.run(handle, second, body)
        else:
            with second.accept(body):
                pytest.fail("it was handled")  # pragma: no cover

    assert caught.value.reason is CallbackReason.ALREADY_HANDLED


@pytest.mark.parametrize("in_event_loop", [False, True])
def test_a_handled_callback_that_cannot_be_marked_stays_handled(
    clock: Clock, body: bytes, caplog: pytest.LogCaptureFixture, in_event_loop: bool
) -> None:
    store = SharedStore()
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store, clock=clock)

    async def handle_and_break() -> None:
        async with receiver.accept(body):
            store.broken = True

    if in_event_loop:
        anyio.run(handle_and_break)
    else:
        with receiver.accept(body):
            store.broken = True

    assert "could not be marked" in caplog.text


def test_a_block_that_was_not_entered_cannot_be_left(receiver: CallbackReceiver, body: bytes) -> None:
    with pytest.raises(RuntimeError, match="not entered"):
        receiver.accept(body).__exit__(None, None, None)
