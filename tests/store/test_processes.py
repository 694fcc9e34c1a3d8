"""A store that a process shares with its children, and that several event loops use in turn."""

from __future__ import annotations

import asyncio
import os

from jsms_client import AsyncJSMS, Store
from jsms_client.store._backend import Entry
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import MOBILE
from .store_faults import MINE


def test_a_store_that_was_used_before_a_fork_serves_parent_and_children(store_address: str) -> None:
    """As with gunicorn --preload."""
    with Store(store_address) as store:
        store.backend.put("n" * 64, Entry("o" * 32), 60)
        children = [os.fork() for _ in range(3)]
        for child in children:
            if child == 0:
                found = False
                try:
                    found = store.backend.put("n" * 64, Entry(MINE), 60) == Entry("o" * 32)
                    store.close()
                finally:
                    os._exit(not found)
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
        assert store.backend.put("n" * 64, Entry(MINE), 60) == Entry("o" * 32)


def test_one_client_uses_its_store_in_one_event_loop_after_the_other(store_address: str, jsms_sandbox: Sandbox) -> None:
    jsms = AsyncJSMS(**jsms_sandbox.settings, store=store_address)

    async def send() -> str:
        return (await jsms.codes.send(MOBILE, temp_id=1, once="login-42")).msg_id

    assert asyncio.run(send()) == asyncio.run(send())
    asyncio.run(jsms.aclose())
    assert len(jsms_sandbox.messages) == 1
