"""The server: one thread a connection, every response an example of the contract."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from types import MappingProxyType, TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from contract_tools.openapi import mapping, sequence, text

from .requests import RecordedRequest, check_request
from .responses import ExampleResponse
from .routes import Route, read_routes

EXAMPLE_CREDENTIALS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "appAuth": ("7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"),
        "devAuth": ("d7b3a5c1e9f2048613579bdf", "02468ace13579bdf8642fdb9"),
    }
)
"""Key and secret of each security scheme, invented, in the form of the published examples."""

Hook = Callable[[RecordedRequest, ExampleResponse], ExampleResponse]


class ExampleServer:
    """Serves each operation of an OpenAPI document with its examples, on 127.0.0.1 and a free port.

    A request that breaks the contract gets 400 and the reasons, and is recorded with them.

    Attributes:
        base_url: Where it listens, with the path of the document's first server; set by ``start``.
        requests: Every request in the order it came, with what the contract has against it.
        hook: Called with each proper request and the response to it; what it returns is sent instead.
    """

    def __init__(
        self,
        document: Mapping[str, object],
        *,
        credentials: Mapping[str, tuple[str, str]] = EXAMPLE_CREDENTIALS,
        hook: Hook | None = None,
    ) -> None:
        """Prepare the routes; ``start`` opens the socket."""
        self.routes: Mapping[str, Route] = {route.operation: route for route in read_routes(document)}
        self.credentials = credentials
        self.hook = hook
        self.base_url = ""
        self.requests: list[RecordedRequest] = []
        servers = sequence(document.get("servers"))
        self._prefix = urlsplit(text(mapping(servers[0]).get("url"))).path.rstrip("/") if servers else ""
        self._chosen: dict[str, ExampleResponse] = {}
        self._listener: ThreadingTCPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def violations(self) -> list[str]:
        """Everything that the contract has against the requests so far."""
        return [f"{each.method} {each.target} {reason}" for each in self.requests for reason in each.violations]

    def choose(self, operation: str, *, status: int | None = None, example: str | None = None) -> ExampleResponse:
        """Respond to an operation with another example from now on, until ``reset``.

        Raises:
            LookupError: The contract has no such example.
        """
        self._chosen[operation] = self.routes[operation].response(status, example)
        return self._chosen[operation]

    def reset(self) -> None:
        """Forget the requests, the chosen examples and the hook."""
        self.requests.clear()
        self._chosen.clear()
        self.hook = None

    def start(self) -> str:
        """Listen in the background.

        Returns:
            The base URL.
        """
        listener = _Listener(("127.0.0.1", 0), _handler(self))
        self._listener = listener
        self.base_url = f"http://127.0.0.1:{listener.server_address[1]}{self._prefix}"
        self._thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self.base_url

    def stop(self) -> None:
        """Stop listening; does nothing where it does not run."""
        if self._listener is not None and self._thread is not None:
            self._listener.shutdown()
            self._listener.server_close()
            self._thread.join()
        self._listener = self._thread = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def handle(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> ExampleResponse:
        """Record a request and find its response."""
        path, _, query = target.partition("?")
        for route in self.routes.values():
            parameters = route.match(path.removeprefix(self._prefix)) if path.startswith(self._prefix) else None
            if parameters is None or route.method != method:
                continue
            asked = parse_qs(query, keep_blank_values=True)
            given = {name: [value] for name, value in parameters.items()} | asked
            value, violations = check_request(route, given, headers, body, self.credentials)
            taken = sorted(route.parameters.keys() - parameters.keys())
            if query and not asked.keys() <= set(taken):
                violations = (*violations, f"query: the operation takes {', '.join(taken) or 'none'}, not {query!r}")
            return self._response(
                RecordedRequest(method, target, headers, body, route.operation, value, violations),
                route,
            )
        unknown = RecordedRequest(
            method,
            target,
            headers,
            body,
            None,
            None,
            ("the contract has no such operation",),
        )
        return self._response(unknown, None)

    def _response(self, request: RecordedRequest, route: Route | None) -> ExampleResponse:
        self.requests.append(request)
        if route is None or request.violations:
            message = "; ".join(request.violations)
            return ExampleResponse.of_json(
                400,
                {"error": {"code": 0, "message": f"breaks the contract: {message}"}},
            )
        response = self._chosen.get(route.operation) or route.response()
        return response if self.hook is None else self.hook(request, response)


class _Listener(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _handler(server: ExampleServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # head and body in one packet

        def respond(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            response = server.handle(self.command, self.path, headers, body)
            self.send_response_only(response.status)
            sent = {"Content-Length": str(len(response.body)), **response.headers}
            for name, value in sent.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body)
            with suppress(OSError):  # the client may have gone
                self.wfile.flush()

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = respond  # noqa: N815 - names of the base class

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing: the requests are recorded."""

    return Handler
