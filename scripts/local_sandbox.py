"""A strict sandbox in a thread, and what people do beside an app: read codes, reply, let time pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx

from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.threaded import TIMEOUT, ThreadedSandbox


class LocalSandbox(ThreadedSandbox):
    """A strict sandbox with the calls of its test API; a context manager that stops it.

    Attributes:
        credentials: The keys of its first app.

    Args:
        port: Where to listen; 0 takes any free port.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(Settings(strict=True), port=port)
        self.credentials = Credentials()
        self._api = httpx.Client(base_url=f"{self.page_url}api/", trust_env=False, timeout=TIMEOUT)

    def __exit__(self, *details: object) -> None:
        """Stop."""
        self._api.close()
        super().__exit__(*details)

    def latest_code(self, mobile: str) -> str:
        """Read the code that a number got last, as its owner would."""
        return str(self.get("codes/latest", mobile=mobile)["code"])

    def reply(self, mobile: str, content: str) -> None:
        """Reply, as the owner of a number."""
        self.post("replies", {"mobile": mobile, "content": content})

    def advance(self, seconds: float) -> None:
        """Let time pass: what falls due is done."""
        self.post("clock/advance", {"seconds": seconds})

    def requests(self) -> list[Mapping[str, Any]]:
        """List every request so far, newest first."""
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


def _read(response: httpx.Response) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", response.raise_for_status().json())
