"""The responses of the server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


def _no_headers() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class ExampleResponse:
    """One response, as it goes over the wire."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=_no_headers)

    @classmethod
    def of_json(cls, status: int, value: object) -> ExampleResponse:
        """Make a response with a JSON body."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"Content-Type": "application/json"})

    def json(self) -> object:
        """Return the body as a value; None where it is empty."""
        value: object = json.loads(self.body) if self.body else None
        return value
