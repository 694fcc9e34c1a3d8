"""The body of a response: read up to a limit, and decompressed without ever holding more than that."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zlib import _Decompress as Decompressor  # pyright: ignore[reportPrivateUsage] - it has no public name

MAX_ANSWER = 10 * 1024 * 1024
"""The longest response that is read, in bytes; the largest of the contract, 1000 recipients, is well below 1 MB."""

_TOO_LONG = f"is longer than {MAX_ANSWER} bytes"
_UNREADABLE = "is compressed in a way that does not read"


class BodyReader:
    """Collects a body part by part.

    Args:
        headers: The response's headers.

    Attributes:
        problem: Why the body cannot be used, in words that fit behind "the answer"; empty where it can.
    """

    __slots__ = ("_decompressor", "_may_be_raw", "_parts", "_size", "_started", "problem")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._started = False
        self._may_be_raw = False
        self._decompressor = None
        self.problem = ""
        encoding = headers.get("content-encoding")
        if encoding is None:
            return
        codings = [name for name in (coding.strip().lower() for coding in encoding.split(",")) if name != "identity"]
        # One that was asked for, and only once: each further one may multiply the size by a thousand.
        if codings in (["gzip"], ["x-gzip"]):
            self._decompressor = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif codings == ["deflate"]:
            self._may_be_raw = True
            self._decompressor = zlib.decompressobj()
        elif codings not in ([], [""]):
            self.problem = "is compressed in a way that was not asked for"

    def add(self, part: bytes) -> bool:
        """Take the next part.

        Args:
            part: The part, as it came.

        Returns:
            Whether to read on.
        """
        if self.problem:
            return False
        if self._decompressor is not None:
            self._started = True
            try:
                part = self._decompress(self._decompressor, part)
            except zlib.error:
                self.problem = _UNREADABLE
                return False
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_ANSWER:
            self.problem = _TOO_LONG
        return not self.problem

    def content(self) -> bytes:
        """All of it, or what could be read of it."""
        decompressor = self._decompressor
        if decompressor is not None and not self.problem and self._started and not decompressor.eof:
            self.problem = _UNREADABLE
        return b"".join(self._parts)

    def _decompress(self, decompressor: Decompressor, part: bytes) -> bytes:
        most = MAX_ANSWER + 1 - self._size
        try:
            return decompressor.decompress(part, most)
        except zlib.error:
            if not self._may_be_raw:
                raise
            # Some send deflated data without the wrapping that the standard asks for.
            self._decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._decompressor.decompress(part, most)
        finally:
            self._may_be_raw = False


__all__ = ["MAX_ANSWER", "BodyReader"]
