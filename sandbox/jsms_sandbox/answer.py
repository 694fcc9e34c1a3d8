"""What the sandbox answers to one request, and how the answer leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

Ending = Literal["whole", "truncate", "reset", "close"]
"""How the answer leaves: whole; cut in the middle of the body; connection reset, or closed, before its first byte."""

JSON_HEADERS = (("content-type", "application/json; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer.

    Attributes:
        status: The HTTP status.
        body: The bytes of the body; None and b"" both leave as an empty body.
        headers: Headers beside Content-Length.
        delay: Real seconds to wait before the answer leaves.
        ending: How it leaves.
    """

    status: int
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    ending: Ending = "whole"


def json_bytes(value: object) -> bytes:
    """A value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json_bytes(value), JSON_HEADERS + headers)


EMPTY = Answer(200)
"""What a deletion answers: 200 without a body."""
