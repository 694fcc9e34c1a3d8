"""A program loads only what it uses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
CLIENT = 'from jsms_client import JSMS; client = JSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:1/v1")'
NEVER = {"yaml", "ruamel", "pydantic", "jsms_callbacks", "trio", "aiohttp", "httptools", "msgspec", "jsms_sandbox"}


@pytest.mark.parametrize(
    ("program", "without"),
    [
        ("import jsms_client", {"httpx", "attr", "asyncio", "dataclasses", "jsms_contract", "jsms_api"}),
        ("from jsms_client import NoCreditError, CallbackReason", {"httpx", "attr", "asyncio", "jsms_api"}),
        (CLIENT, {"attr", "jsms_api", "jsms_client.results", "jsms_runtime.validation", "jsms_client._fast"}),
        (
            f"{CLIENT}; client.codes",
            {
                "attr",
                "jsms_api.api.messages",
                "jsms_runtime.recipients",
                "jsms_runtime.uploads",
                "jsms_surface.results.messages",
                "jsms_client._async.client",
            },
        ),
        (f"{CLIENT}; client.messages", {"csv", "jsms_client.campaigns"}),
        (f"{CLIENT}; client.campaigns", {"jsms_client._async.client"}),
        ("import jsms_client.campaigns", {"jsms_client._sync"}),
    ],
    ids=["the package", "exceptions", "a client", "a resource", "another resource", "campaigns", "open_campaign"],
)
def test_nothing_is_loaded_that_is_not_used(program: str, without: set[str]) -> None:
    code = f"import sys; sys.path[:0] = sys.argv[1:]; {program}; print(*sys.modules)"
    paths = [str(REPOSITORY / folder) for folder in ("overlay", "generated")]
    # Alone: where coverage is measured, what measures it would be loaded too.
    alone = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", code, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=alone)
    loaded = set(done.stdout.split())
    assert loaded >= {"jsms_client"}
    assert loaded & (NEVER | without) == set()


FIRST_CALL = """\
import asyncio, sys, threading
from contextlib import suppress
from jsms_client import AsyncJSMS, ConnectionFailedError, RetryPolicy

class Seen:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is threading.main_thread():
            print(name)

async def call():
    client = AsyncJSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:1/v1", transport=TRANSPORT)
    send = client.codes.send
    sys.meta_path.insert(0, Seen())
    with suppress(ConnectionFailedError):
        await client.with_options(retry=RetryPolicy(attempts=1)).codes.send("13800138000", temp_id=1)

asyncio.run(call())
"""


@pytest.mark.parametrize("transport", ["httpx", "fast"])
def test_the_first_async_call_loads_its_transport_in_another_thread(transport: str) -> None:
    code = f"import sys; sys.path[:0] = sys.argv[1:]; TRANSPORT = {transport!r}\n{FIRST_CALL}"
    paths = [str(REPOSITORY / folder) for folder in ("overlay", "generated")]
    done = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    slow = ("anyio", "httpcore", "h11", "httptools", "jsms_client._async", "jsms_client._asyncio_backend")
    assert [name for name in done.stdout.split() if name.startswith(slow)] == []
