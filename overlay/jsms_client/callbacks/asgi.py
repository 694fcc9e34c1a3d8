"""A callback URL as an ASGI app: on its own under uvicorn, or as a route of FastAPI and Starlette."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, TypeAlias, cast

from anyio.to_thread import run_sync

from jsms_client.callbacks.answers import (
    Answer,
    answer_accepted,
    answer_check,
    answer_failed,
    answer_method,
    answer_refused,
    is_async,
    require_form,
    require_length,
)
from jsms_client.callbacks.refusals import refusal
from jsms_client.errors import CallbackError, CallbackReason

if TYPE_CHECKING:
    from jsms_client.callbacks.events import Event
    from jsms_client.callbacks.receiver import CallbackReceiver

# The types of ASGI itself: its messages are dicts of anything.
_Message: TypeAlias = MutableMapping[str, object]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]


class CallbackApp:
    """An ASGI app that answers the service's check and hands every event to a handler.

    Answers 200 once the handler has returned, 4xx to whatever is refused, 500 if the handler raises, so that the
    service tries again; the nonce is given back then. No answer says more than its status.

    ::

        app = CallbackApp(CallbackReceiver(), on_event)                       # uvicorn --http h11 module:app
        api.router.routes.append(Route("/jsms/callback", endpoint=app))       # inside FastAPI

    With httptools, uvicorn drops the body of a request that offers an upgrade, as Java's HttpClient does in every
    request; a callback that is forwarded by such a client then arrives empty and is refused. ``--http h11`` keeps it.

    Args:
        receiver: What checks and reads the callbacks.
        handler: Called with each event in turn. An ``async`` function runs in the event loop, any other in a worker
            thread. It may see an event twice.
    """

    def __init__(self, receiver: CallbackReceiver, handler: Callable[[Event], object]) -> None:
        self._receiver = receiver
        self._handler = handler
        self._is_async = is_async(handler)

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Serve one connection, as ASGI says."""
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "lifespan":
                await _live(receive, send)
            case _:
                await receive()
                await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        match scope["method"]:
            case "GET":
                answer: Answer | None = answer_check(self._receiver, cast("bytes", scope["query_string"]))
            case "POST":
                answer = await self._answer_post(scope, receive)
            case _:
                answer = answer_method()
        if answer is not None:
            headers = [(name.lower().encode(), value.encode()) for name, value in answer.headers]
            await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})

    async def _answer_post(self, scope: _Message, receive: _Receive) -> Answer | None:
        handling = False
        try:
            body = await self._read_body(scope, receive)
            if body is None:
                return None
            async with self._receiver.accept(body) as callback:
                handling = True
                for event in callback.events:
                    await self._handle(event)
        except Exception as error:  # noqa: BLE001 - every failure is a reason to try again
            # A CallbackError that the handler raises is a failure of the handler.
            return answer_refused(error) if isinstance(error, CallbackError) and not handling else answer_failed(error)
        return answer_accepted(callback)

    async def _read_body(self, scope: _Message, receive: _Receive) -> bytes | None:
        """The body; None where the client is gone."""
        headers = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
        values = {name.lower(): value.decode("latin-1") for name, value in headers}
        require_form(values.get(b"content-type", ""))
        require_length(values.get(b"content-length", ""), self._receiver.max_body)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += cast("bytes", message.get("body", b""))
            if len(body) > self._receiver.max_body:
                raise refusal(CallbackReason.TOO_LARGE, f"the body is longer than {self._receiver.max_body} bytes")
            if not message.get("more_body", False):
                return bytes(body)

    async def _handle(self, event: Event) -> None:
        result = self._handler(event) if self._is_async else await run_sync(self._handler, event)
        if inspect.isawaitable(result):
            await result


async def _live(receive: _Receive, send: _Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


__all__ = ["CallbackApp"]
