"""A sandbox in a thread, and what people do beside an app: read codes, reply, let time pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

import httpx

from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.threaded import TIMEOUT, ThreadedSandbox

# The smallest PNG there is, for uploads: one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


class LocalSandbox(ThreadedSandbox):
    """A sandbox with the calls of its test API; a context manager that stops it."""

    credentials = Credentials()  # the keys of its first app

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point a client at its first app."""
        keys = {f"JSMS_{name.upper()}": value for name, value in asdict(self.credentials).items()}
        return {"JSMS_BASE_URL": self.base_url, **keys}

    def __init__(self, port: int = 0, *, strict: bool = True) -> None:
        super().__init__(Settings(strict=strict), port=port)
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

    def change_app(self, **changes: object) -> None:
        """Change the first app."""
        self._call("PATCH", f"apps/{self.credentials.app_key}", json=changes)

    def get(self, path: str, **query: str | int) -> Mapping[str, Any]:
        """Ask its test API."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        """Tell its test API."""
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **content: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._api.request(method, path, **content).raise_for_status().json())
