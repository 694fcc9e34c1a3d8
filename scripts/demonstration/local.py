"""A sandbox in a thread of this process, and what people do beside an app: read codes, answer, let time pass."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any, Self, cast

import httpx

from jsms_sandbox.server import Server, bind
from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.state.state import State

_PATIENCE = 30.0


class LocalSandbox:
    """A strict sandbox; a context manager that stops it.

    Attributes:
        base_url: What clients take as their base URL.
        page: The address of its inbox.
        credentials: The keys of its first app.

    Args:
        port: Where to listen; 0 takes any free port.
    """

    def __init__(self, port: int = 0) -> None:
        self._server = Server(State(Settings(strict=True)), bind("127.0.0.1", port))
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self.credentials = Credentials()
        self.base_url = f"{self._server.listening.http}/v1"
        self.page = f"{self._server.listening.http}/_sandbox/"
        self._api = httpx.Client(base_url=f"{self.page}api/", trust_env=False, timeout=_PATIENCE)

    def __enter__(self) -> Self:
        """Start; comes back when requests are answered.

        Raises:
            RuntimeError: It does not start.
        """
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise RuntimeError("The sandbox does not start.")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._api.close()
        self._server.stop()
        self._thread.join(_PATIENCE)

    def latest_code(self, mobile: str) -> str:
        """The code that a number got last, as its owner would read it."""
        return str(self.get("codes/latest", mobile=mobile)["code"])

    def answer(self, mobile: str, content: str) -> None:
        """Let the owner of a number answer."""
        self.post("replies", {"mobile": mobile, "content": content})

    def advance(self, seconds: float) -> None:
        """Let time pass: what falls due is done."""
        self.post("clock/advance", {"seconds": seconds})

    def requests(self) -> list[Mapping[str, Any]]:
        """Every request so far, newest first."""
        return cast("list[Mapping[str, Any]]", self.get("requests", limit=1000)["requests"])

    def get(self, path: str, **query: str | int) -> Mapping[str, Any]:
        """Ask its test API."""
        return _read(self._api.get(path, params=query))

    def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """Tell its test API."""
        return _read(self._api.post(path, json=body))

    def change_app(self, **changes: object) -> None:
        """Change the first app."""
        _read(self._api.patch(f"apps/{self.credentials.app_key}", json=changes))

    def _run(self) -> None:
        asyncio.run(self._server.run(lambda _: self._ready.set()))


def _read(answer: httpx.Response) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", answer.raise_for_status().json())
