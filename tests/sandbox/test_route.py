"""How many files of the sandbox a reader goes through to follow one send."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import sys
from collections.abc import MutableMapping
from pathlib import Path
from types import FrameType
from typing import Any

import jsms_sandbox
from jsms_sandbox.asgi import Application
from jsms_sandbox.state.world import World

PACKAGE = str(Path(jsms_sandbox.__file__).parent)
MOST_FILES, MOST_CHANGES = 20, 80


def test_a_send_runs_through_few_files() -> None:
    world = World()
    application = Application(world)
    world.start()
    keys = world.settings.credentials
    basic = base64.b64encode(f"{keys.app_key}:{keys.master_secret}".encode())
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/messages",
        "raw_path": b"/v1/messages",
        "headers": [(b"content-type", b"application/json"), (b"authorization", b"Basic " + basic)],
        "client": ("127.0.0.1", 1),
    }
    statuses: list[int] = []
    files: list[str] = []

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            files.append(frame.f_code.co_filename)

    async def send(mobile: str) -> None:
        body = {"mobile": mobile, "temp_id": 1250, "temp_para": {"number": "A7"}}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": json.dumps(body).encode()}

        async def respond(message: MutableMapping[str, Any]) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        await application(scope, receive, respond)

    async def warmed_up_and_counted() -> None:
        await send("13800138000")
        before = sys.getprofile()
        sys.setprofile(called)
        await send("13800138001")
        sys.setprofile(before)

    asyncio.run(warmed_up_and_counted())
    assert statuses == [200, 200]
    changes = sum(one != other for one, other in itertools.pairwise(files))
    assert len(set(files)) <= MOST_FILES, sorted(set(files))
    assert changes <= MOST_CHANGES
