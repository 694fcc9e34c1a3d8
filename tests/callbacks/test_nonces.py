"""The nonce store in memory: atomic and bounded; it forgets only nonces that cannot come again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from jsms_client.callbacks import MemoryNonceStore, NonceStore

from .signed_posts import Clock

START = datetime(2027, 1, 15, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_it_is_a_nonce_store() -> None:
    assert isinstance(MemoryNonceStore(), NonceStore)


def test_a_nonce_is_new_once() -> None:
    store = MemoryNonceStore(clock=Clock(START.timestamp()))

    assert store.add("1", START + HOUR)
    assert not store.add("1", START + HOUR)
    assert not store.add("1", START + 2 * HOUR)
    assert store.add("-1", START + HOUR)


def test_a_discarded_nonce_is_new_again() -> None:
    store = MemoryNonceStore(clock=Clock(START.timestamp()))
    store.add("1", START + HOUR)

    store.discard("1")
    store.discard("never seen")

    assert store.add("1", START + HOUR)
    assert not store.add("1", START + HOUR)


def test_expired_nonces_leave_the_memory() -> None:
    clock = Clock(START.timestamp())
    store = MemoryNonceStore(clock=clock)
    for number in range(50):
        store.add(str(number), START + HOUR)
    store.add("later", START + 3 * HOUR)

    clock.now += 2 * HOUR.total_seconds()
    store.add("new", START + 3 * HOUR)

    assert len(store) == 2
    assert not store.add("later", START + 3 * HOUR)


def test_a_nonce_is_remembered_up_to_and_at_its_last_moment() -> None:
    clock = Clock(START.timestamp())
    store = MemoryNonceStore(clock=clock)
    store.add("1", START + HOUR)

    clock.now += HOUR.total_seconds()

    assert not store.add("1", START + HOUR)


def test_a_nonce_added_again_for_longer_outlives_its_first_expiry() -> None:
    clock = Clock(START.timestamp())
    store = MemoryNonceStore(clock=clock)
    store.add("1", START + HOUR)
    store.discard("1")
    store.add("1", START + 3 * HOUR)

    clock.now += 2 * HOUR.total_seconds()

    assert not store.add("1", START + 3 * HOUR)


def test_a_full_store_stays_within_its_bound_and_never_takes_a_nonce_twice() -> None:
    store = MemoryNonceStore(3, clock=Clock(START.timestamp()))
    added = [(str(number), START + timedelta(minutes=number + 1)) for number in range(10)]

    assert all(store.add(*one) for one in added)

    assert len(store) == 3
    assert not any(store.add(*one) for one in added)


def test_a_full_store_refuses_what_is_as_old_as_the_forgotten_and_takes_what_is_newer() -> None:
    store = MemoryNonceStore(1, clock=Clock(START.timestamp()))
    store.add("old", START + HOUR)
    store.add("newer", START + 2 * HOUR)

    assert not store.add("as old", START + HOUR)
    assert store.add("newest", START + 3 * HOUR)


def test_a_nonce_that_is_taken_and_given_back_for_ever_takes_no_more_memory() -> None:
    store = MemoryNonceStore(clock=Clock(START.timestamp()))
    store.add("kept", START + HOUR)

    for _ in range(10_000):
        store.add("1", START + HOUR)
        store.discard("1")

    assert len(store) == 1
    assert not store.add("kept", START + HOUR)


def test_of_many_threads_one_gets_the_nonce() -> None:
    store = MemoryNonceStore()
    gate = threading.Barrier(8)
    expires = datetime.now(UTC) + HOUR
    won: list[list[str]] = []

    def take() -> None:
        gate.wait()
        won.append([str(number) for number in range(500) if store.add(str(number), expires)])

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taken = [nonce for one in won for nonce in one]
    assert len(taken) == 500
    assert len(set(taken)) == 500
