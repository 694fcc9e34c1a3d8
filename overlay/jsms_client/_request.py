"""Build HTTP requests: headers, URLs and bodies."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, cast

import httpx

from jsms_client._config import Config, Credentials, missing_developer_credentials
from jsms_client._decode import JSON
from jsms_client._version import __version__
from jsms_client.errors import ArgumentError
from jsms_runtime.errors import is_raised_by_handler
from jsms_runtime.operation import Operation

if TYPE_CHECKING:
    from jsms_runtime.resource import Files

    # A JSON body, a form, and a query; None where there is none.
    Content = tuple[object, Files | None, Mapping[str, object] | None]

_USER_AGENT = f"jsms-client/{__version__} httpx/{httpx.__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"

STANDARD = JSON()


class Departure:
    """Whether a request may have left."""

    # False as long as nothing of it was written, True from then on; None where only the transport's exception tells.
    may_have_left: bool | None = False

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Follow what httpcore reports of a request's progress, such as ``http11.send_request_headers.started``."""
        if event.endswith(".send_request_headers.started"):
            # A CONNECT request is for the proxy alone.
            if getattr(info.get("request"), "method", b"") != b"CONNECT":
                self.may_have_left = True
        elif self.may_have_left is None:
            self.may_have_left = False

    async def async_trace(self, event: str, info: Mapping[str, object]) -> None:
        """Do the same for async clients."""
        self.trace(event, info)


class PreparedRequest(httpx.Request):
    """A request of which httpx makes its own objects only when somebody asks for them."""

    def __init__(
        self,
        head: bytes,
        method: str,
        url: httpx.URL,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        extensions: dict[str, object],
    ) -> None:
        # Not through httpx's own, which takes longer than all that is sent over a kept connection.
        self._head = head
        self._parts = (method, url, headers, body)
        self.extensions = extensions

    @property
    def data(self) -> bytes | None:
        """All that is sent; None where httpx has the parts, and somebody may have changed them."""
        parts: tuple[str, httpx.URL, list[tuple[bytes, bytes]], bytes] | None = self.__dict__.get("_parts")
        if parts is None:
            return None
        _, _, headers, body = parts
        if not body:
            return b"%s\r\n" % self._head
        (_, media_type), (_, length) = headers[-2:]
        return b"%sContent-Type: %s\r\nContent-Length: %s\r\n\r\n%s" % (self._head, media_type, length, body)

    if not TYPE_CHECKING:  # pragma: no branch
        # Out of sight of type checkers, for which a class with this method has every attribute there is.
        def __getattr__(self, name: str) -> object:
            """Make what httpx has of a request."""
            parts = self.__dict__.pop("_parts", None)
            if parts is None:
                raise AttributeError(name)
            method, url, headers, body = parts
            super().__init__(method, url, headers=headers, stream=httpx.ByteStream(body), extensions=self.extensions)
            return getattr(self, name)


class RequestBuilder:
    """Makes requests for one client, with what is the same for all of them worked out once."""

    __slots__ = ("_base_url", "_config", "_fast", "_headers", "_heads", "_json", "_timeouts", "_urls")

    def __init__(self, config: Config) -> None:
        self._config = config
        self._base_url = config.base_url
        self._fast = config.fast
        self._json = open_json(fast=config.fast)
        self._urls: dict[str, httpx.URL] = {}
        self._headers: dict[str, list[tuple[bytes, bytes]]] = {}
        self._heads: dict[str, bytes] = {}
        self._timeouts = asdict(config.timeouts)

    def headers(self, operation: Operation) -> list[tuple[bytes, bytes]]:
        """Return the headers that every request with these credentials has."""
        found = self._headers.get(operation.credentials)
        if found is None:
            credentials = self._config.app if operation.credentials == "app" else self._config.dev
            if credentials is None:
                raise missing_developer_credentials(operation.id)
            found = self._headers[operation.credentials] = self._make_headers(credentials)
        return found

    def _make_headers(self, credentials: Credentials) -> list[tuple[bytes, bytes]]:
        given = {name.lower() for name, _ in self._config.headers}
        usual = [
            (b"Host", httpx.URL(self._base_url).netloc),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"gzip, deflate"),
            (b"Connection", b"keep-alive"),
            (b"User-Agent", _USER_AGENT.encode("ascii")),
            (b"Authorization", b"Basic " + credentials.token.encode("ascii")),
        ]
        return [*(header for header in usual if header[0].lower() not in given), *self._config.headers]

    def url(self, operation: Operation, path: str) -> httpx.URL:
        """Return the address of a request."""
        if path != operation.path:
            return httpx.URL(self._base_url + path)
        found = self._urls.get(path)
        if found is None:
            found = self._urls[path] = httpx.URL(self._base_url + path)
        return found

    def _head(self, operation: Operation) -> bytes:
        """Return what every request of an operation begins with."""
        found = self._heads.get(operation.id)
        if found is None:
            line = b"%s %s HTTP/1.1" % (operation.method.encode("ascii"), self.url(operation, operation.path).raw_path)
            lines = [line, *(b"%s: %s" % header for header in self.headers(operation)), b""]
            found = self._heads[operation.id] = b"\r\n".join(lines)
        return found

    def build(self, operation: Operation, path: str, content: Content) -> httpx.Request:
        """Return a request that a transport can send as it is, as often as needed."""
        json, files, params = content
        headers = self.headers(operation)
        url = self.url(operation, with_query(path, params))
        is_batch = operation.recipient_error_codes and operation.retry == "never"
        if is_batch:
            # A service that closes an idle connection at the wrong moment would leave a thousand recipients in doubt.
            headers = [(name, b"close" if name == b"Connection" else value) for name, value in headers]
        body = b""
        if files is not None or operation.body is not None:
            media_type, body = (
                encode_json(json, operation, self._json) if files is None else encode_files(files, operation)
            )
            length = str(len(body)).encode("ascii")
            headers = [*headers, (b"Content-Type", media_type), (b"Content-Length", length)]
        extensions: dict[str, object] = {"timeout": self._timeouts}
        if self._fast and path == operation.path and not params and not is_batch:
            return PreparedRequest(
                self._head(operation), operation.method, self.url(operation, path), headers, body, extensions
            )
        if is_batch:
            extensions["fresh"] = True
        return httpx.Request(
            operation.method,
            url,
            headers=headers,
            stream=httpx.ByteStream(body),
            extensions=extensions,
        )


def as_bytes(request: httpx.Request) -> bytes:
    """Return a request as it is sent."""
    data = request.data if isinstance(request, PreparedRequest) else None
    if data is not None:
        return data
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join([*lines, b"", request.read()])


def open_json(*, fast: bool) -> JSON:
    """Return what a client writes and reads JSON with."""
    if not fast:
        return STANDARD
    from jsms_client._fast import FastJSON  # noqa: PLC0415 - an extra

    return FastJSON()


def encode_json(value: object, operation: Operation, json: JSON = STANDARD) -> tuple[bytes, bytes]:
    """Return media type and content of a JSON body."""
    try:
        return b"application/json", json.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        # The error's own words may hold the value.
        reason = type(error).__name__
    raise ArgumentError(f"the body cannot be written as JSON in UTF-8 ({reason})", operation=operation.id)


def encode_files(files: Files, operation: Operation) -> tuple[bytes, bytes]:
    """Return media type and content of a multipart body, with a boundary that no file can foresee."""
    try:
        # Without the generated Content-Type, httpx draws a random boundary.
        request = httpx.Request("POST", "http://form", files=cast("list[tuple[str, bytes]]", list(files)))
        content = request.read()
    except (OSError, TypeError, ValueError) as error:
        if is_raised_by_handler(error):
            raise
        raise ArgumentError(f"a file of the form cannot be read ({error})", operation=operation.id) from error
    return request.headers["content-type"].encode("ascii"), content


def texts_in_json(value: object) -> Iterator[str]:
    """Every text in a JSON body: what must not come back out in a message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in cast("Mapping[object, object]", value).values():
            yield from texts_in_json(item)
    elif isinstance(value, (list, tuple)):
        for item in cast("Sequence[object]", value):
            yield from texts_in_json(item)


def texts_in_form(files: Files | None) -> Iterator[str]:
    """Every text in a form: what must not come back out in a message."""
    for _, (file_name, content, _) in files or ():
        if file_name is not None:
            # An image is none of the texts; what it is called may say something about a person.
            yield file_name
        elif isinstance(content, bytes):
            yield content.decode("utf-8", "replace")


def with_query(path: str, params: Mapping[str, object] | None) -> str:
    """Return a path with its query."""
    if not params:
        return path
    # As httpx writes it: true and false in small letters, a list as one pair for each of its items.
    return f"{path}?{httpx.QueryParams(cast('dict[str, str]', dict(params)))}"
