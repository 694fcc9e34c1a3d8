"""A program that sends no campaign does not load the package."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sandbox.process import environment

CLIENT = 'from jsms_client import JSMS; client = JSMS("a" * 24, "b" * 24, base_url="http://127.0.0.1:1/v1")'


@pytest.mark.parametrize(
    ("program", "without"),
    [
        (f"{CLIENT}; client.messages", {"csv", "jsms_client.campaigns"}),
        (f"{CLIENT}; client.campaigns", {"aiohttp", "trio", "pydantic", "jsms_client._async.client"}),
        ("import jsms_client.campaigns", {"aiohttp", "trio", "pydantic", "jsms_client._sync"}),
    ],
    ids=["another resource", "campaigns", "open_campaign"],
)
def test_a_program_loads_what_it_uses(program: str, without: set[str]) -> None:
    command = [sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & without == set()
