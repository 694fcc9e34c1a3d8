"""Nonces that all workers share: each callback is accepted by one worker."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callbacks.signed_posts import APP_KEY, MASTER_SECRET, REPORT, encoded, form
from jsms_client import ConfigurationError, Store, StoreError
from jsms_client.callbacks import CallbackError, CallbackReason, CallbackReceiver, NonceStore
from jsms_client.store import SharedNonceStore

LATER = datetime.now(UTC) + timedelta(hours=14)


def test_every_store_remembers_nonces_for_all_processes(store_address: str) -> None:
    with Store(store_address) as one, Store(store_address) as two:
        first, second = SharedNonceStore(one), SharedNonceStore(two)
        assert isinstance(first, NonceStore)
        assert first.add("1", LATER)
        assert not second.add("1", LATER)
        assert second.contains("1")
        assert not second.contains("2")
        second.discard("1")
        second.discard("never seen")
        assert first.add("1", LATER)
        assert SharedNonceStore(one, "another app").add("1", LATER)


def test_any_text_is_a_nonce_and_a_scope(tmp_path: Path) -> None:
    texts = ["", "a\0b", "half \ud83d", "x" * 100_000, "值"]
    with Store(tmp_path / "jsms.db") as store:
        found = [SharedNonceStore(store, scope).add(nonce, LATER) for scope in texts for nonce in texts]
        assert all(found)
        assert not SharedNonceStore(store, texts[2]).add(texts[2], LATER)


def test_clocks_that_differ_do_not_shorten_how_long_a_nonce_is_remembered(tmp_path: Path) -> None:
    nonces = SharedNonceStore(tmp_path / "jsms.db")
    assert nonces.add("1", datetime.now(UTC) - timedelta(minutes=5))
    assert not nonces.add("1", LATER)


def test_a_store_that_fails_lets_nothing_pass(tmp_path: Path) -> None:
    nonces = SharedNonceStore(tmp_path / "missing" / "jsms.db")
    with pytest.raises(StoreError):
        nonces.add("1", LATER)


def test_it_shows_nothing_that_opens_the_store() -> None:
    assert "s3cret" not in repr(SharedNonceStore("redis://:s3cret@127.0.0.1:1"))


def test_a_receiver_takes_an_address_and_two_processes_refuse_what_the_other_handled(store_address: str) -> None:
    now = round(datetime.now(UTC).timestamp() * 1000)
    fields = form([REPORT], timestamp=now)
    replay = {**fields, "data": fields["data"].replace("4001", "4003")}
    first, second = (CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=store_address) for _ in range(2))
    with first.accept(encoded(fields)) as callback:
        assert len(callback.events) == 1
    with pytest.raises(CallbackError) as copied, second.accept(encoded(fields)):
        pass
    assert copied.value.reason is CallbackReason.ALREADY_HANDLED
    with pytest.raises(CallbackError) as replayed, second.accept(encoded(replay)):
        pass
    assert replayed.value.reason is CallbackReason.REPLAYED

    async def by_tasks() -> None:
        async with second.accept(encoded(form([REPORT], timestamp=now))) as callback:
            assert callback.events
        async with second.accept(encoded(replay)):
            pass

    with pytest.raises(CallbackError) as replayed:
        asyncio.run(by_tasks())
    assert replayed.value.reason is CallbackReason.REPLAYED
    for receiver in (first, second):
        store = receiver._nonces.store  # pyright: ignore[reportPrivateUsage] - nothing else closes it
        assert isinstance(store, SharedNonceStore)
        store._store.close()  # pyright: ignore[reportPrivateUsage]


def test_a_store_that_cannot_be_one_is_refused() -> None:
    for wrong in ("", 7):
        with pytest.raises(ConfigurationError, match="store must"):
            CallbackReceiver(APP_KEY, MASTER_SECRET, nonce_store=wrong)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - what is tested
