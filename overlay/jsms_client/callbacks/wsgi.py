"""A callback URL as a WSGI app: on its own under gunicorn, or mounted in Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from jsms_client.errors import CallbackError, CallbackReason, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from jsms_client.callbacks.events import Event
    from jsms_client.callbacks.receiver import CallbackReceiver


class WSGICallbackApp:
    """A WSGI app that answers the service's check and hands every event to a handler.

    Answers as :class:`CallbackApp` does::

        app = WSGICallbackApp(CallbackReceiver(), on_event)                                     # gunicorn module:app
        flask_app.wsgi_app = DispatcherMiddleware(flask_app.wsgi_app, {"/jsms/callback": app})  # inside Flask

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
                answer = answer_check(self._receiver, environ.get("QUERY_STRING", "").encode("latin-1"))
            case "POST":
                answer = self._answer_post(environ)
            case _:
                answer = answer_method()
        start_response(f"{answer.status.value} {answer.status.phrase}", list(answer.headers))
        return [answer.body]

    def _answer_post(self, environ: WSGIEnvironment) -> Answer:
        handling = False
        try:
            with self._receiver.accept(self._read_body(environ)) as callback:
                handling = True
                for event in callback.events:
                    self._handler(event)
        except Exception as error:  # noqa: BLE001 - every failure is a reason to try again
            # A CallbackError that the handler raises is a failure of the handler.
            return answer_refused(error) if isinstance(error, CallbackError) and not handling else answer_failed(error)
        return answer_accepted(callback)

    def _read_body(self, environ: WSGIEnvironment) -> bytes:
        require_form(environ.get("CONTENT_TYPE", ""))
        max_body = self._receiver.max_body
        length = require_length(environ.get("CONTENT_LENGTH", ""), max_body)
        if length is None:
            # Without a length, the servers that understand chunked bodies say so; elsewhere reading would never end.
            length = max_body + 1 if environ.get("wsgi.input_terminated") else 0
        body: bytes = environ["wsgi.input"].read(length)
        if length <= max_body and len(body) < length:
            raise refusal(CallbackReason.MALFORMED, "the body ended early")
        return body


__all__ = ["WSGICallbackApp"]
