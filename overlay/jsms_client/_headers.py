"""Which headers a caller may add to requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from jsms_client.errors import ConfigurationError

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[ \t]*[!-~])*)?")
# What says how a message is framed and who sends it: another value breaks the request or its safety.
_OWN_HEADERS = frozenset(
    (
        *("host", "authorization", "proxy-authorization", "cookie", "accept", "accept-encoding", "connection"),
        *("content-type", "content-length", "content-encoding", "transfer-encoding", "te", "trailer", "upgrade"),
        *("expect", "keep-alive", "proxy-connection"),
    )
)


def parse_headers(given: object) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of ``with_options``.

    Raises:
        ConfigurationError: HTTP cannot carry one of them, or the client sets it itself.
    """
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"headers is of type {type(given).__name__}: give a mapping of names to texts")
    read: list[tuple[bytes, bytes]] = []
    for name, value in cast("Mapping[object, object]", given).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError("headers has a name that HTTP cannot carry: use letters, digits and hyphens")
        if name.lower() in _OWN_HEADERS:
            raise ConfigurationError(f"headers has {name}, which the client sets itself: leave it out")
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise ConfigurationError(f"headers[{name!r}] is not a text that HTTP can carry: use printable ASCII")
        read.append((name.encode("ascii"), value.encode("ascii")))
    return tuple(read)


def is_extra_header(name: str, value: str) -> bool:
    """Whether HTTP can carry a header, and the client does not set it itself."""
    own = name.lower() in _OWN_HEADERS
    return not own and bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value))
