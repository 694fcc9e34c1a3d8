"""How many files a reader goes through to follow one call: ``python -m benchmarks.routes``.

Counts calls of Python functions in this project's own files, generated ones included, with `sys.setprofile`. Each
call was made before, so that nothing is imported or opened for the first time. A change is a call in another file
than the call before it, in the same thread.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import tempfile
import threading
from collections.abc import Callable, MutableMapping
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, Self

from benchmarks.server import running
from jsms_client import JSMS
from jsms_sandbox.asgi import Application
from jsms_sandbox.state.startup import start
from jsms_sandbox.state.state import State

ROOT = Path(__file__).resolve().parent.parent
_CLIENT = (str(ROOT / "overlay"), str(ROOT / "generated"))
_SANDBOX = (str(ROOT / "sandbox"),)


class Route(NamedTuple):
    """The files that one call runs through.

    Attributes:
        files: Their paths, in order of their first call.
        calls: How many calls of functions there were.
        changes: How many of them were in another file than the one before.
    """

    files: tuple[str, ...]
    calls: int
    changes: int


class _Counter:
    """Counts while it is entered."""

    def __init__(self, roots: tuple[str, ...]) -> None:
        self._roots = roots
        self._threads: dict[int, list[str]] = {}
        self._before = sys.getprofile()

    def __enter__(self) -> Self:
        threading.setprofile(self._called)
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)
        threading.setprofile(self._before)

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(self._roots):
            self._threads.setdefault(threading.get_ident(), []).append(file)

    def route(self) -> Route:
        """Return what was counted."""
        threads = self._threads.values()
        return Route(
            tuple(dict.fromkeys(file.removeprefix(f"{ROOT}/") for each in threads for file in each)),
            sum(map(len, threads)),
            sum(one != other for each in threads for one, other in pairwise(each)),
        )


def count(call: Callable[[], object]) -> Route:
    """Count the files that a call of the client runs through, in every thread that it starts.

    Args:
        call: What to count; made once before.
    """
    call()
    with _Counter(_CLIENT) as counter:
        call()
    return counter.route()


def send_code() -> Route:
    """Call ``codes.send``."""
    with running() as base_url, JSMS("key", "secret", base_url=base_url) as jsms:
        return count(lambda: jsms.codes.send("13800138000", temp_id=1))


def send_campaign() -> Route:
    """``campaigns.send`` of a CSV file with three recipients, with a journal in a file."""
    with (
        running() as base_url,
        tempfile.TemporaryDirectory() as folder,
        JSMS("key", "secret", base_url=base_url) as jsms,
    ):
        members = Path(folder) / "members.csv"
        members.write_text("mobile,name\n" + "".join(f"1380013800{n},Member {n}\n" for n in range(3)), encoding="utf-8")
        journals = iter((Path(folder) / "first.db", Path(folder) / "second.db"))
        return count(lambda: jsms.campaigns.send(members, temp_id=1, journal=next(journals)))


def send_to_sandbox() -> Route:
    """Return a ``POST /v1/messages`` in the sandbox, from the ASGI call to the response."""
    state = State()
    application = Application(state)
    start(state)
    keys = state.settings.credentials
    basic = base64.b64encode(f"{keys.app_key}:{keys.master_secret}".encode())
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/messages",
        "raw_path": b"/v1/messages",
        "headers": [(b"content-type", b"application/json"), (b"authorization", b"Basic " + basic)],
        "client": ("127.0.0.1", 1),
    }
    mobiles = iter(("13800138000", "13800138001"))
    statuses: list[int] = []

    async def respond(message: MutableMapping[str, Any]) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    async def send() -> None:
        body = {"mobile": next(mobiles), "temp_id": 1250, "temp_para": {"number": "A7"}}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": json.dumps(body).encode()}

        await application(scope, receive, respond)

    async def both() -> Route:
        # In one event loop: what the first one starts may wait for the second.
        await send()
        with _Counter(_SANDBOX) as counter:
            await send()
        return counter.route()

    found = asyncio.run(both())
    if statuses != [200, 200]:
        raise RuntimeError(f"the sandbox responded with {statuses}")
    return found


ROUTES: dict[str, Callable[[], Route]] = {
    "codes.send": send_code,
    "campaigns.send": send_campaign,
    "POST /v1/messages in the sandbox": send_to_sandbox,
}


def main() -> None:
    """Write the figures, and with ``--files`` the files too."""
    for name, measure in ROUTES.items():
        route = measure()
        print(f"{name}: {len(route.files)} files, {route.changes} changes of file, {route.calls} calls")
        if "--files" in sys.argv:
            print("".join(f"  {file}\n" for file in route.files), end="")


if __name__ == "__main__":
    main()
