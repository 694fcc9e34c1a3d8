"""Handling in an event loop, with a store that takes its time."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from jsms_client.callbacks import CallbackError, CallbackReason, CallbackReceiver

from .posting import APP_KEY, MASTER_SECRET, REPORT, Clock, encoded, form

if TYPE_CHECKING:
    from datetime import datetime


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
        assert caught.value.reason is CallbackReason.REPLAYED

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


def test_a_nonce_that_cannot_be_given_back_hides_no_failure(
    slow: CallbackReceiver, store: SlowStore, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    def handle_and_fail() -> None:
        with slow.accept(body):
            store.broken = True
            raise KeyError("the app's own")

    with caplog.at_level(logging.ERROR, "jsms_client"), pytest.raises(KeyError):
        handle_and_fail()

    assert "could not be given back" in caplog.text
