"""A callback URL as an ASGI or a WSGI app, both with the same responses."""

from __future__ import annotations

import inspect
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import parse_qsl

from anyio.to_thread import run_sync

from jsms_client.callbacks._form import callback_error
from jsms_client.errors import CallbackError, CallbackReason, ConfigurationError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from jsms_client.callbacks._events import Callback
    from jsms_client.callbacks._receiver import CallbackReceiver
    from jsms_surface.events import Event


# The types of ASGI itself: its messages are dicts of anything.
_Message: TypeAlias = MutableMapping[str, object]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]


class CallbackApp:
    """An ASGI app that responds to the service's check and hands every event to a handler.

    Responds with 200 once the handler has returned, 4xx to whatever is refused, 500 if the handler raises, so that the
    service tries again; the nonce is given back then. No response says more than its status.

    ```python
    app = CallbackApp(CallbackReceiver(), on_event)  # uvicorn --http h11 module:app
    api.router.routes.append(Route("/jsms/callback", endpoint=app))  # inside FastAPI
    ```

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
                response: Response | None = respond_to_check(self._receiver, cast("bytes", scope["query_string"]))
            case "POST":
                response = await self._respond_to_post(scope, receive)
            case _:
                response = respond_not_allowed()
        if response is not None:
            headers = [(name.lower().encode(), value.encode()) for name, value in response.headers]
            await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
            await send({"type": "http.response.body", "body": response.body})

    async def _respond_to_post(self, scope: _Message, receive: _Receive) -> Response | None:
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
            return (
                respond_refused(error) if isinstance(error, CallbackError) and not handling else respond_failed(error)
            )
        return respond_accepted(callback)

    async def _read_body(self, scope: _Message, receive: _Receive) -> bytes | None:
        """Return the body; None where the client is gone."""
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
                raise callback_error(
                    CallbackReason.TOO_LARGE, f"the body is longer than {self._receiver.max_body} bytes"
                )
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


class WSGICallbackApp:
    """A WSGI app that responds to the service's check and hands every event to a handler.

    Responds as `CallbackApp` does:

    ```python
    app = WSGICallbackApp(CallbackReceiver(), on_event)  # gunicorn module:app
    flask_app.wsgi_app = DispatcherMiddleware(flask_app.wsgi_app, {"/jsms/callback": app})  # inside Flask
    ```

    Args:
        receiver: What checks and reads the callbacks.
        handler: Called with each event in turn. It may see an event twice.

    Raises:
        ConfigurationError: The handler or the receiver's nonce store is async: nothing here can await it.
    """

    def __init__(self, receiver: CallbackReceiver, handler: Callable[[Event], object]) -> None:
        if is_async(handler):
            raise ConfigurationError("a WSGI app cannot await an async handler: use CallbackApp, or a plain function")
        receiver.require_sync()
        self._receiver = receiver
        self._handler = handler

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request, as WSGI says."""
        match environ["REQUEST_METHOD"]:
            case "GET":
                response = respond_to_check(self._receiver, environ.get("QUERY_STRING", "").encode("latin-1"))
            case "POST":
                response = self._respond_to_post(environ)
            case _:
                response = respond_not_allowed()
        start_response(f"{response.status.value} {response.status.phrase}", list(response.headers))
        return [response.body]

    def _respond_to_post(self, environ: WSGIEnvironment) -> Response:
        handling = False
        try:
            with self._receiver.accept(self._read_body(environ)) as callback:
                handling = True
                for event in callback.events:
                    self._handler(event)
        except Exception as error:  # noqa: BLE001 - every failure is a reason to try again
            # A CallbackError that the handler raises is a failure of the handler.
            return (
                respond_refused(error) if isinstance(error, CallbackError) and not handling else respond_failed(error)
            )
        return respond_accepted(callback)

    def _read_body(self, environ: WSGIEnvironment) -> bytes:
        require_form(environ.get("CONTENT_TYPE", ""))
        max_body = self._receiver.max_body
        length = require_length(environ.get("CONTENT_LENGTH", ""), max_body)
        if length is None:
            # Without a length, the servers that understand chunked bodies say so; elsewhere reading would never end.
            length = max_body + 1 if environ.get("wsgi.input_terminated") else 0
        body: bytes = environ["wsgi.input"].read(length)
        if length <= max_body and len(body) < length:
            raise callback_error(CallbackReason.MALFORMED, "the body ended early")
        return body


_log = logging.getLogger("jsms_client.callbacks")
_FORM = "application/x-www-form-urlencoded"
_HEADERS = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    status: HTTPStatus
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


def respond_to_check(receiver: CallbackReceiver, query: bytes) -> Response:
    """Respond to the service's check of a callback URL, ``GET ?echostr=…``."""
    try:
        values = [value for name, value in _query(query) if name == "echostr"]
        echo = receiver.check(values[0] if len(values) == 1 else None).encode("ascii")
    except CallbackError as error:
        return respond_refused(error)
    return _response(HTTPStatus.OK, echo)


def respond_accepted(callback: Callback) -> Response:
    """Return the callback was handled."""
    _log.info("callback handled: %s, records: %d", callback.type, len(callback.events))
    return _response(HTTPStatus.OK)


def respond_refused(error: CallbackError) -> Response:
    """Return the callback was refused, or was handled before; the response says its status and nothing else."""
    if error.reason is CallbackReason.ALREADY_HANDLED:
        _log.info("callback acknowledged again: %s", error)
    else:
        _log.warning("callback refused: %s (%s)", error.reason.value, error)
    return _response(HTTPStatus(error.http_status or HTTPStatus.BAD_REQUEST))


def respond_failed(error: BaseException) -> Response:
    """Return the callback could not be handled: the service is to try again.

    The log names the error and where it came from, not its message: that could quote a phone number or a text.
    """
    *_, frame = traceback.extract_tb(error.__traceback__)
    _log.error(
        "callback not handled: %s in %s, %s line %s", type(error).__name__, frame.name, frame.filename, frame.lineno
    )
    return _response(HTTPStatus.INTERNAL_SERVER_ERROR)


def respond_not_allowed() -> Response:
    """Return a method that no part of the service uses."""
    return _response(HTTPStatus.METHOD_NOT_ALLOWED, b"", ("Allow", "GET, POST"))


def is_async(handler: Callable[[Event], object]) -> bool:
    """Whether a handler is an ``async`` function, or an object that is called like one."""
    called: object = getattr(handler, "__call__", None)  # noqa: B004 - the method, not whether there is one
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(called)


def require_form(content_type: str) -> None:
    """Refuse a body that is not a form.

    Raises:
        CallbackError: WRONG_CONTENT_TYPE.
    """
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise callback_error(CallbackReason.WRONG_CONTENT_TYPE, f"the content type is not {_FORM}")


def require_length(header: str, max_body: int) -> int | None:
    """Read the header Content-Length and refuse a body that is too long by its own word.

    Returns:
        The length, or None where the header is absent.

    Raises:
        CallbackError: MALFORMED or TOO_LARGE.
    """
    if not header:
        return None
    # By its digits first: int() refuses very long ones in its own way.
    digits = header.strip().lstrip("0") or "0"
    if not (header.isascii() and digits.isdigit()):
        raise callback_error(CallbackReason.MALFORMED, "the header Content-Length is not a number")
    if len(digits) > len(str(max_body)) or int(digits) > max_body:
        raise callback_error(CallbackReason.TOO_LARGE, f"the body is longer than {max_body} bytes")
    return int(digits)


def _query(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        problem = "the query is not a form in UTF-8"
    # Out here, so that no exception that holds what was asked hangs on this one.
    raise callback_error(CallbackReason.MALFORMED, problem)


def _response(status: HTTPStatus, body: bytes = b"", *headers: tuple[str, str]) -> Response:
    return Response(status, (*_HEADERS, ("Content-Length", str(len(body))), *headers), body)
