"""The record of a campaign that a sandbox in another process keeps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

PLENTY = 2**31 - 1
TEMPLATE = 1250
OPERATION = "sendMessageBatch"

FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "drop"},
    {"kind": "drop", "carried_out": False},
    {"kind": "reset"},
    {"kind": "reset", "carried_out": True},
    {"kind": "truncate"},
    {"kind": "broken_json"},
    {"kind": "html"},
    {"kind": "html", "carried_out": True},
    {"kind": "empty"},
    {"kind": "delay", "delay": 0.05},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503, "carried_out": True},
    {"kind": "code", "code": 50009},
    {"kind": "code", "code": 50014},
    {"kind": "code", "code": 50019},
    {"kind": "code", "code": 50002},
    {"kind": "code", "code": 50037},
)
"""Every kind there is; those that spoil the response, both with and without carrying the request out."""


@dataclass(frozen=True)
class Seen:
    """A request as the sandbox saw it.

    Attributes:
        number: Its place in the sandbox's journal.
        mobiles: Whom it was to.
        fault: The fault that hit it; empty for none.
    """

    number: int
    mobiles: frozenset[str]
    fault: str

    @property
    def spoiled(self) -> bool:
        """Whether its response was no response."""
        # 50019 is the service's own failure, after which the outcome is unknown.
        clean = ("code 50002", "code 50009", "code 50014", "code 50037", "delay")
        return bool(self.fault) and not any(each in self.fault for each in clean)


class Record:
    """The test API of a sandbox.

    Args:
        url: The sandbox, without ``/v1``.
        app_key: The app that is looked at.
    """

    def __init__(self, url: str, app_key: str) -> None:
        self._api = httpx.Client(base_url=f"{url}/_sandbox/api/", trust_env=False, timeout=60)
        self._app = app_key
        self._call("PATCH", f"apps/{app_key}", {"credit": dict.fromkeys(("balance", "industry"), PLENTY)})

    def add_faults(self, probability: float, seed: int) -> None:
        """Switch faults of every kind on, each with this probability."""
        for place, fault in enumerate(FAULTS):
            more = {"operation": OPERATION, "probability": probability, "seed": seed + place, "times": None}
            self._call("POST", "faults", {**fault, **more})

    def clear_faults(self) -> None:
        """Switch them off."""
        self._call("DELETE", "faults")

    def messages(self) -> dict[str, list[str]]:
        """Return the msg_ids that were accepted for each number."""
        found: dict[str, list[str]] = {}
        for message in self._all("messages", "msg_id", app=self._app):
            found.setdefault(message["mobile"], []).append(message["msg_id"])
        return found

    def requests(self, after: int = 0) -> list[Seen]:
        """Return the requests of campaigns, newest first."""
        seen: list[Seen] = []
        # Of any app: a fault takes hold before it is known whose request it is.
        for request in self._all("requests", "number", operation=OPERATION):
            if request["number"] <= after:
                break
            try:
                recipients = json.loads(request["body"])["recipients"]
            except ValueError:
                # The sending process was killed in the middle of it.
                continue
            mobiles = frozenset(each["mobile"] for each in recipients)
            seen.append(Seen(request["number"], mobiles, request["fault"] or ""))
        return seen

    def hits(self) -> Counter[str]:
        """Count the requests that each kind of fault hit."""
        counted: Counter[str] = Counter()
        for fault in self._call("GET", "faults")["faults"]:
            counted[fault["kind"]] += fault["hits"]
        return counted

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _all(self, what: str, name: str, **query: object) -> Iterator[dict[str, Any]]:
        before: dict[str, object] = {}
        while True:
            page = self._call("GET", what, **query, **before, limit=1000)
            yield from page[what]
            if not page["more"]:
                return
            before = {"before": page[what][-1][name]}

    def _call(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        response = self._api.request(method, path, json=body, params=query)
        assert response.is_success, response.text
        return response.json() if response.content else None
