"""JSON of requests and responses: Python's own, or msgspec's with the extra ``fast``."""

from __future__ import annotations

from jsms_client._decode import JSON, parse

STANDARD = JSON()


class FastJSON(JSON):
    """Msgspec's; what it refuses is left to Python's own, so that both say the same.

    It writes more than JSON has: bytes, dates, NaN. So it is for values that were checked, as a resource does.
    """

    __slots__ = ("_decode", "_encode", "_refused")

    def __init__(self) -> None:
        import msgspec  # noqa: PLC0415 - an extra

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


def open_json(*, fast: bool) -> JSON:
    """Return what a client writes and reads JSON with."""
    return FastJSON() if fast else STANDARD
