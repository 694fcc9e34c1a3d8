"""A sandbox in a thread of the tests, reached over sockets; tests can read its state."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import httpx

from jsms_contract.errors import ERRORS
from jsms_sandbox.state.entities import App, JournalEntry, Message
from jsms_sandbox.state.state import State
from jsms_sandbox.threaded import ThreadedSandbox

T = TypeVar("T")

PATIENCE = 30
"""Seconds after which something that must come is taken not to come; how slow the machine is decides nothing."""
WITHOUT_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: reading the certificates of the machine anew for each test takes longer than the tests."""


class RunningSandbox(ThreadedSandbox):
    """One sandbox; a context manager that stops it."""

    def look(self, at: Callable[[State], T]) -> T:
        """Call something on the sandbox's own thread."""
        return self.call(at)

    def wait(self, until: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run something on the sandbox's own loop."""
        return self.run(until)

    def advance(self, seconds: float) -> None:
        """Let the sandbox's time pass."""
        self.run(lambda: self.state.clock.advance(seconds))

    def app(self, *, with_signature: bool = True) -> AppUnderTest:
        """Create an app with its own credentials."""
        return AppUnderTest(self, self.call(lambda state: state.create_app(with_signature=with_signature)))


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

        def apply(state: State) -> None:
            for name, value in switches.items():
                assert hasattr(self.app, name)
                setattr(self.app, name, value)
            state.save(self.app)

        self.sandbox.look(apply)

    def send(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:
        """Send a request; a body that is neither bytes nor None is sent as JSON."""
        if isinstance(body, bytes):
            more["content"] = body
        elif body is not None:
            more["json"] = body
        return self.http.request(method, path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:
        """Send a POST."""
        return self.send("POST", path, body, **more)

    def ok(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """Send a request that must succeed; return the JSON of the response."""
        response = self.send(method, path, body, **more)
        assert response.status_code == 200, response.text
        return response.json() if response.content else None

    def code_of(self, method: str, path: str, body: object = None, **more: Any) -> int:
        """Send a request that must be refused; return the code."""
        return refused(self.send(method, path, body, **more))

    def sent_code(self, mobile: str = "13800138000") -> tuple[str, str]:
        """Send a code; return its msg_id and the code."""
        msg_id: str = self.ok("POST", "/codes", {"mobile": mobile, "temp_id": 1})["msg_id"]
        message = self.message(msg_id)
        assert message.code is not None
        return msg_id, message.code.code

    def message(self, msg_id: str) -> Message:
        """Return a message as the sandbox keeps it."""
        return self.sandbox.look(lambda state: state.messages[msg_id])

    def last_entry(self) -> JournalEntry:
        """Return the newest entry of the journal."""
        return self.sandbox.look(lambda state: next(reversed(state.journal.values())))


def refused(response: httpx.Response) -> int:
    """Return the code of an error response, whose form and status are checked against the contract."""
    body: Mapping[str, Any] = response.json()
    code: int = body["error"]["code"]
    info = ERRORS[code].info
    assert info is not None
    assert response.status_code == info.http_status
    assert body["error"] == {"code": code, "message": info.message}
    assert set(body) <= {"error", "is_valid"}
    assert response.headers["content-type"].startswith("application/json")
    return code
