"""The app under development: jsms_client's own receiver behind a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Self
from wsgiref.types import StartResponse, WSGIEnvironment

from callbacks.app_servers import wsgi_server
from jsms_client.callbacks import CallbackReceiver, Event, WSGICallbackApp


class Receiver:
    """Receives callbacks; a context manager that stops it.

    Args:
        app_key: Whose callbacks.
        master_secret: What they are signed with.
        clock: The sandbox's time, in seconds: it is moved, and callbacks carry it.

    Attributes:
        events: What was accepted.
        failing: How many requests get 500 at first.
        posts: How many posts came.
    """

    def __init__(self, app_key: str, master_secret: str, clock: Callable[[], float]) -> None:
        self.events: list[Event] = []
        self.failing = 0
        self.posts = 0
        receiver = CallbackReceiver(app_key, master_secret, clock=clock)
        self._app = WSGICallbackApp(receiver, self.events.append)
        self._server: AbstractContextManager[tuple[str, int]] = wsgi_server(self._serve)
        self.url = ""

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self.posts += 1
            if self.failing > 0:
                self.failing -= 1
                start_response("500 Internal Server Error", [("Content-Length", "0")])
                return [b""]
        return self._app(environ, start_response)

    def __enter__(self) -> Self:
        host, port = self._server.__enter__()
        self.url = f"http://{host}:{port}/jsms"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__(None, None, None)
