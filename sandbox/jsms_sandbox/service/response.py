"""A response, and sending it over ASGI: whole, or broken by a fault."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["whole", "truncate", "reset", "close"]
"""How the response is sent: whole; cut in the middle of the body; or not, with the connection reset or closed."""

JSON_HEADERS = (("content-type", "application/json; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response.

    Attributes:
        status: The HTTP status.
        body: The bytes of the body; None and b"" are both sent as an empty body.
        headers: Headers except Content-Length.
        delay: Real seconds to wait before the response is sent.
        ending: How it is sent.
        value: What the body holds; None where it was not made from a value.
    """

    status: int
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    ending: Ending = "whole"
    value: object = field(default=None, compare=False)


def json_bytes(value: object) -> bytes:
    """Serialise a value as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def json_response(value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """Make a response with a JSON body."""
    return Response(status, json_bytes(value), JSON_HEADERS + headers, value=value)


EMPTY = Response(200)
"""The response of a deletion: 200 without a body."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]


async def send_response(send: Send, response: Response) -> None:
    """Send an response, after its delay and with its ending."""
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.ending in ("reset", "close"):
        close_connection(send, at_once=response.ending == "reset")
        return
    body = response.body or b""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.ending == "truncate":
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        close_connection(send, at_once=False)
        return
    await send({"type": "http.response.body", "body": body})


def close_connection(send: Send, *, at_once: bool) -> None:
    """Close the connection without another byte; ASGI has no message for it, so this closes uvicorn's transport."""
    cycle: Any = getattr(send, "__self__", None)
    transport: asyncio.Transport | None = getattr(cycle, "transport", None)
    if transport is not None and transport.is_closing():
        return
    if transport is None:
        raise ConnectionAbortedError("The response is dropped by a fault.")
    cycle.disconnected = True  # else uvicorn logs that no response was sent
    if at_once:
        reset = transport.get_extra_info("socket")
        if reset is not None:
            reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
