"""A response, and how it leaves over ASGI: whole, or broken on purpose."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
        value: What the body holds; None where it was not made from a value.
    """

    status: int
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    ending: Ending = "whole"
    value: object = field(default=None, compare=False)


def json_bytes(value: object) -> bytes:
    """A value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_answer(value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, json_bytes(value), JSON_HEADERS + headers, value=value)


EMPTY = Answer(200)
"""What a deletion answers: 200 without a body."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer, after its delay and with its ending."""
    if answer.delay:
        await asyncio.sleep(answer.delay)
    if answer.ending in ("reset", "close"):
        drop(send, at_once=answer.ending == "reset")
        return
    body = answer.body or b""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.ending == "truncate":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        drop(send, at_once=False)
        return
    await send({"type": "http.response.body", "body": body})


def drop(send: Send, *, at_once: bool) -> None:
    """End the connection without another byte; ASGI has no word for it, so this asks uvicorn's own transport."""
    cycle: Any = getattr(send, "__self__", None)
    transport: asyncio.Transport | None = getattr(cycle, "transport", None)
    if transport is not None and transport.is_closing():
        return
    if transport is None:
        raise ConnectionAbortedError("The answer is dropped on purpose.")
    cycle.disconnected = True  # else uvicorn complains of an answer that never came
    if at_once:
        reset = transport.get_extra_info("socket")
        if reset is not None:
            reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
