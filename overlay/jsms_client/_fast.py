"""What the extra ``fast`` brings: JSON by msgspec, and HTTP/1.1 parsed by httptools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools
import httpx
import msgspec

from jsms_client._decode import JSON, parse

if TYPE_CHECKING:
    import httpcore

MOST_HEAD = 100 * 1024
"""The longest head of a response, in bytes, interim responses included; as in h11."""


class FastJSON(JSON):
    """Msgspec's; what it refuses is left to Python's own, so that both say the same.

    It writes more than JSON has: bytes, dates, NaN. So it is for values that were checked, as a resource does.
    """

    __slots__ = ("_decode", "_encode", "_refused")

    def __init__(self) -> None:
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder().decode
        self._refused = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)

    def encode(self, value: object) -> bytes:
        """Return a value as JSON."""
        try:
            return self._encode(value)
        except self._refused:
            return super().encode(value)

    def parse(self, content: bytes) -> object:
        """Return what a response says."""
        try:
            return self._decode(content)
        except self._refused:
            return parse(content)


def as_httpx(error: httpcore.TimeoutException | httpcore.NetworkError) -> httpx.TransportError:
    """Return an exception of the network as httpx names it."""
    kind: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
    return kind(str(error))


class ResponseParser:
    """Parses one response, part by part; the names of headers are in lower case."""

    def __init__(self) -> None:
        self._reusable: list[bool] = []
        # For httptools: a response begins, perhaps behind the one that was asked for. No function of Python, as
        # httptools loses what a signal handler raises in this one.
        self.on_message_begin = self._reusable.clear
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
        self._size = 0
        self.status = 0
        self.headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self.has_head = self.is_complete = False

    def feed(self, data: bytes) -> None:
        """Take the next part, empty at the end of the connection; raises `httpx.RemoteProtocolError`."""
        if not data:
            self._end()
            return
        interruption = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            # What a signal handler raised while one of the methods below was called.
            interruption, problem = error.__context__, ""
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            problem = "the response is not HTTP"
        else:
            self._size += len(data)
            if self.has_head or self._size <= MOST_HEAD:
                return
            problem = "the head of the response is too long"
        self._reusable.clear()
        if interruption is not None:
            raise interruption
        # What comes behind a response does not matter to it.
        if not self.is_complete:
            raise httpx.RemoteProtocolError(problem)

    @property
    def can_stay_open(self) -> bool:
        """Whether the connection may be used again: nothing came behind the response."""
        return bool(self._reusable)

    def take(self) -> bytes:
        """Return the part of the body that was parsed since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data

    def _end(self) -> None:
        if not self.has_head:
            raise httpx.RemoteProtocolError("the server closed the connection without a response")
        if "content-length" in self.headers or "chunked" in self.headers.get("transfer-encoding", ""):
            raise httpx.RemoteProtocolError("the server closed the connection before the end of its response")
        self.is_complete = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """For httptools: a header, or a trailer."""
        if not self.has_head:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """For httptools: the head of a response, or of an interim one, is complete."""
        if self.has_head:
            return
        self.status = self._parser.get_status_code()
        self.has_head = not 100 <= self.status < 200
        if not self.has_head:
            self.headers.clear()

    def on_body(self, body: bytes) -> None:
        """For httptools: a part of the body."""
        if not self.is_complete:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """For httptools: a response is complete."""
        if self.has_head and not self.is_complete:
            self.is_complete = True
            if self._parser.should_keep_alive():
                self._reusable.append(True)
