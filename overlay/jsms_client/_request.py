"""Build HTTP requests: headers, URLs and bodies."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, cast

import httpx

from jsms_client._config import Config, missing_developer_credentials
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


@dataclass(slots=True, repr=False)
class Target:
    """What all requests to one address have in common. Its repr shows no credentials."""

    method: str
    url: httpx.URL
    headers: list[tuple[bytes, bytes]]
    is_batch: bool


@dataclass(slots=True, repr=False)
class Request:
    """A request that can be sent as often as needed. Its repr shows nothing of it."""

    target: Target
    headers: list[tuple[bytes, bytes]]
    body: bytes
    timeouts: Mapping[str, float | None]
    timeouts_given: bool  # if not, a client of the caller's keeps its own

    def set_headers(self, headers: Mapping[str, str]) -> None:
        """Give it these headers, in place of others with their names."""
        names = {name.lower().encode("ascii") for name in headers}
        self.headers = [header for header in self.headers if header[0].lower() not in names]
        self.headers += [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

    def as_bytes(self) -> bytes:
        """Return all that is sent."""
        line = b"%s %s HTTP/1.1\r\n" % (self.target.method.encode("ascii"), self.target.url.raw_path)
        return b"".join((line, *(b"%s: %s\r\n" % header for header in self.headers), b"\r\n", self.body))


class RequestBuilder:
    """Makes requests for one client, with what is the same for all of them worked out once."""

    __slots__ = ("_config", "_targets", "_timeouts", "json")

    def __init__(self, config: Config) -> None:
        self._config = config
        self._targets: dict[str, Target] = {}
        self._timeouts = asdict(config.timeouts)
        self.json = open_json(fast=config.fast)

    def build(self, operation: Operation, path: str, content: Content) -> Request:
        """Return a request; raises `ConfigurationError` without its credentials, `ArgumentError` for its content."""
        json, files, params = content
        path = with_query(path, params)
        target = self._targets.get(operation.id)
        if target is None:
            target = self._targets[operation.id] = self._target(operation)
        if path != operation.path:
            target = replace(target, url=httpx.URL(self._config.base_url + path))
        headers, body = target.headers, b""
        if files is not None or operation.body is not None:
            media_type, body = (
                encode_json(json, operation, self.json) if files is None else encode_files(files, operation)
            )
            headers = [*headers, (b"Content-Type", media_type), (b"Content-Length", b"%d" % len(body))]
        return Request(target, headers, body, self._timeouts, self._config.timeouts_given)

    def _target(self, operation: Operation) -> Target:
        config = self._config
        credentials = config.app if operation.credentials == "app" else config.dev
        if credentials is None:
            raise missing_developer_credentials(operation.id)
        is_batch = bool(operation.recipient_error_codes) and operation.retry == "never"
        url = httpx.URL(config.base_url + operation.path)
        usual = [
            (b"Host", url.netloc),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"gzip, deflate"),
            # A service that closes an idle connection at the wrong moment would leave a thousand recipients in doubt.
            (b"Connection", b"close" if is_batch else b"keep-alive"),
            (b"User-Agent", _USER_AGENT.encode("ascii")),
            (b"Authorization", b"Basic " + credentials.token.encode("ascii")),
        ]
        given = {name.lower() for name, _ in config.headers}
        headers = [*(header for header in usual if header[0].lower() not in given), *config.headers]
        return Target(operation.method, url, headers, is_batch)


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
