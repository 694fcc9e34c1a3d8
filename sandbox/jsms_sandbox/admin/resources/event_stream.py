"""Server-sent events: what happens in the sandbox, live and resumable."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated

from pydantic import Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jsms_sandbox.admin.endpoint import get
from jsms_sandbox.admin.models import Query
from jsms_sandbox.admin.request import AdminContext, AdminRequest
from jsms_sandbox.service.response import close_connection
from jsms_sandbox.state.events import Event

KEEP_ALIVE = 15.0
"""Real seconds of silence after which a comment is sent."""
RETRY = 1_000
"""Milliseconds after which a client reconnects."""


class EventsQuery(Query):
    """Where to start, and of which app."""

    last_event_id: Annotated[
        str | None, Field(description="The last id that was read, for readers that cannot set Last-Event-ID.")
    ] = None


def stream_events(call: AdminRequest, query: EventsQuery) -> Response:
    """Stream what happens, one event each, resumed after Last-Event-ID; start and gap say to load all again."""
    app = call.selected(query)
    given = call.request.headers.get("last-event-id") or query.last_event_id
    return EventStream(call.sandbox, app.app_key if app else None, given)


def event_id(sandbox: AdminContext, number: int) -> str:
    """Make the id of an event."""
    return f"{sandbox.run}-{number}"


class EventStream(Response):
    """A response that lasts until the client disconnects or the sandbox stops.

    Args:
        sandbox: Whose events.
        app_key: Only this app's events, and those of no app; None for all.
        last_event_id: The last id that the client has; None at first.
    """

    media_type = "text/event-stream"

    def __init__(self, sandbox: AdminContext, app_key: str | None, last_event_id: str | None) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._sandbox = sandbox
        self._app_key = app_key
        self._given = last_event_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Send events until the client disconnects."""
        pump = asyncio.ensure_future(self._pump(send))
        gone = asyncio.ensure_future(_gone(receive))
        over = asyncio.ensure_future(self._sandbox.state.events.ended.wait())
        await asyncio.wait((pump, gone, over), return_when=asyncio.FIRST_COMPLETED)
        if not pump.done() and over.done():
            # The client may be in the middle of an event, or not read at all: do not wait for it.
            await asyncio.wait((pump,), timeout=0.1)
        stuck = not (pump.done() or gone.done())
        for task in (pump, gone, over):
            task.cancel()
        results = await asyncio.gather(pump, gone, over, return_exceptions=True)
        if stuck:
            close_connection(send, at_once=True)
            await asyncio.sleep(0)
        elif isinstance(results[0], Exception):
            raise results[0]

    async def _pump(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with contextlib.suppress(OSError):
            async for text in self._texts():
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _texts(self) -> AsyncIterator[str]:
        log = self._sandbox.state.events
        number = self._resumed()
        text = f"retry: {RETRY}\n\n"
        if number is None:
            number = log.last_number
            text += self._text(number, "gap" if self._given else "start", {})
        yield text
        while True:
            happened = log.since(number)
            if happened is None:
                number = log.last_number
                yield self._text(number, "gap", {})
                continue
            number += len(happened)
            texts = "".join(
                self._text(event.number, event.kind, event.payload) for event in happened if self._fits(event)
            )
            if texts:
                yield texts
            news = await log.wait(number, KEEP_ALIVE)
            if log.ended.is_set():
                return
            if not news:
                yield ": keep-alive\n\n"

    def _resumed(self) -> int | None:
        """Find the number to continue after; None if the client must start over."""
        run, _, number = (self._given or "").rpartition("-")
        if run != self._sandbox.run or not (number.isascii() and number.isdigit() and len(number) < 20):
            return None
        return None if self._sandbox.state.events.since(int(number)) is None else int(number)

    def _fits(self, event: Event) -> bool:
        return self._app_key is None or event.payload.get("app_key") in (None, self._app_key)

    def _text(self, number: int, kind: str, payload: Mapping[str, object]) -> str:
        data = json.dumps({"number": number, "app_key": None, **payload}, ensure_ascii=True, separators=(",", ":"))
        return f"id: {event_id(self._sandbox, number)}\nevent: {kind}\ndata: {data}\n\n"


async def _gone(receive: Receive) -> None:
    """Wait until the client disconnects."""
    while (await receive())["type"] != "http.disconnect":
        pass


ENDPOINTS = (get("/events", stream_events, EventsQuery, None),)
