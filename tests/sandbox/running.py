"""A sandbox that runs in a thread of the tests' own process, reached over sockets; its state can be looked into."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, Self, TypeVar

import httpx

from jsms_contract.errors import ERRORS
from jsms_sandbox.server import Server, bind
from jsms_sandbox.settings import Settings
from jsms_sandbox.state.entities import App, JournalEntry, Message
from jsms_sandbox.state.storage import Storage
from jsms_sandbox.state.world import World

T = TypeVar("T")

PATIENCE = 30
"""Seconds after which something that must come is taken not to come; how slow the machine is decides nothing."""
WITHOUT_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: reading the certificates of the machine anew for each test takes longer than the tests."""


class RunningSandbox:
    """One sandbox; a context manager that stops it."""

    def __init__(self, settings: Settings | None = None, storage: Storage | None = None) -> None:
        self.world = World(settings, storage=storage)
        self._server = Server(self.world, bind("127.0.0.1", 0))
        self.url = self._server.listening.http
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self._server.run(lambda _: self._ready.set())

        asyncio.run(serve())

    def look(self, at: Callable[[World], T]) -> T:
        """Call something on the sandbox's own thread."""
        assert self._loop is not None
        found: Future[T] = Future()

        def call() -> None:
            try:
                found.set_result(at(self.world))
            except BaseException as error:  # noqa: BLE001 - handed on
                found.set_exception(error)

        self._loop.call_soon_threadsafe(call)
        return found.result(PATIENCE)

    def wait(self, until: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run something on the sandbox's own loop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(until(), self._loop).result(PATIENCE)

    def advance(self, seconds: float) -> None:
        """Let the sandbox's time pass."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self.world.clock.advance(seconds), self._loop).result(PATIENCE)

    def app(self, *, with_signature: bool = True) -> AppUnderTest:
        """A fresh app with credentials of its own."""
        return AppUnderTest(self, self.look(lambda world: world.create_app(with_signature=with_signature)))


class AppUnderTest:
    """One app, and a client with its credentials."""

    def __init__(self, sandbox: RunningSandbox, app: App) -> None:
        self.sandbox = sandbox
        self.app = app
        self.auth = (app.app_key, app.master_secret)
        self.dev_auth = (app.dev_key, app.dev_secret)
        self.http = httpx.Client(
            base_url=f"{sandbox.url}/v1", auth=self.auth, verify=WITHOUT_TLS, trust_env=False, timeout=PATIENCE
        )

    def switch(self, **switches: Any) -> None:
        """Set fields of the app."""

        def apply(world: World) -> None:
            for name, value in switches.items():
                assert hasattr(self.app, name)
                setattr(self.app, name, value)
            world.save(self.app)

        self.sandbox.look(apply)

    def send(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:
        """One request; a body that is neither bytes nor None leaves as JSON."""
        if isinstance(body, bytes):
            more["content"] = body
        elif body is not None:
            more["json"] = body
        return self.http.request(method, path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        """One POST."""
        return self.send("POST", path, body, **more)

    def ok(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """One request that must be answered 200; its JSON."""
        answer = self.send(method, path, body, **more)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else None

    def code_of(self, method: str, path: str, body: object = None, **more: Any) -> int:
        """One request that must be refused; the code."""
        return refused(self.send(method, path, body, **more))

    def sent_code(self, mobile: str = "13800138000") -> tuple[str, str]:
        """Send a code; its msg_id and the code."""
        msg_id: str = self.ok("POST", "/codes", {"mobile": mobile, "temp_id": 1})["msg_id"]
        message = self.message(msg_id)
        assert message.code is not None
        return msg_id, message.code.code

    def message(self, msg_id: str) -> Message:
        """A message as the sandbox keeps it."""
        return self.sandbox.look(lambda world: world.messages[msg_id])

    def last_entry(self) -> JournalEntry:
        """The newest entry of the journal."""
        return self.sandbox.look(lambda world: next(reversed(world.journal.values())))


def refused(answer: httpx.Response) -> int:
    """The code of an error answer, whose form and status are checked against the contract."""
    body: Mapping[str, Any] = answer.json()
    code: int = body["error"]["code"]
    info = ERRORS[code].info
    assert info is not None
    assert answer.status_code == info.http_status
    assert body["error"] == {"code": code, "message": info.message}
    assert set(body) <= {"error", "is_valid"}
    assert answer.headers["content-type"].startswith("application/json")
    return code
