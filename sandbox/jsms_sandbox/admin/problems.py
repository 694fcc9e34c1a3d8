"""The test API's errors, and who may call it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any, Literal

ProblemType = Literal[
    "invalid",
    "refused_host",
    "refused_origin",
    "not_found",
    "wrong_method",
    "conflict",
    "too_large",
    "storage",
    "internal",
]
STATUSES: Mapping[ProblemType, HTTPStatus] = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "refused_host": HTTPStatus.FORBIDDEN,
    "refused_origin": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "wrong_method": HTTPStatus.METHOD_NOT_ALLOWED,
    "conflict": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "storage": HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
}


class Problem(Exception):  # noqa: N818 - what a caller is told
    """A call cannot be carried out.

    Attributes:
        type: What kind of problem it is.
        error: What is wrong, in a sentence.
        remedy: What to do, in a sentence.
        where: The part of the call, such as ``body.seconds``; None for the call as a whole.
        headers: Headers of the answer.
    """

    def __init__(
        self,
        type: ProblemType,
        error: str,
        remedy: str,
        where: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.type: ProblemType = type
        self.error = error
        self.remedy = remedy
        self.where = where
        self.headers = dict(headers or {})

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status."""
        return STATUSES[self.type]


def not_found(what: str, remedy: str, where: str | None = None) -> Problem:
    """Something that is named is not there."""
    return Problem("not_found", what, remedy, where)


def wrong(where: str, error: str, remedy: str) -> Problem:
    """A value cannot be used."""
    return Problem("invalid", error, remedy, where)


def conflict(error: str, remedy: str, where: str | None = None) -> Problem:
    """What is asked for does not fit the state."""
    return Problem("conflict", error, remedy, where)


LOCAL_NAME = "localhost"
# Reserved for private networks and for tests: no one can register a name below them. host.docker.internal is one.
PRIVATE_DOMAINS = (f".{LOCAL_NAME}", ".internal", ".test")
LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
LABELS = re.compile(rf"{LABEL.pattern}(?:\.{LABEL.pattern})*")


def guard(scope: Mapping[str, Any], hosts: Collection[str]) -> Problem | None:
    """Check Host and Origin.

    Args:
        scope: The request's ASGI scope.
        hosts: The names, in lower case, that the sandbox may be reached under beside this machine's own.

    Returns:
        Why the request is refused; None where it may pass.
    """
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    host = named[0].strip().lower() if len(named) == 1 else ""
    name = host_name(host)
    if name is None or not _is_ours(name, scope, hosts):
        return Problem(
            "refused_host",
            f"The Host {host[:100]!r} is not the sandbox's.",
            _remedy(name),
            "header.host",
        )
    for key, value in scope["headers"]:
        origin = value.decode("latin-1").strip().lower() if key == b"origin" else None
        if origin is not None and origin != f"{scope['scheme']}://{host}":
            return Problem(
                "refused_origin",
                f"The Origin {origin[:100]!r} is not the sandbox's: pages of other sites may not use it.",
                "Call it from your tests or your server, or open its own page.",
                "header.origin",
            )
    return None


def host_name(host: str) -> str | None:
    """The name or address in a Host header, without port and brackets; None where it is malformed."""
    if host.startswith("["):
        name, bracket, port = host[1:].partition("]")
        if not bracket or (port and not port.startswith(":")):
            return None
        port = port[1:]
    else:
        name, _, port = host.partition(":")
    if not name or (port and not (port.isascii() and port.isdigit())):
        return None
    return name.removesuffix(".")


def _remedy(name: str | None) -> str:
    if name is None or not LABELS.fullmatch(name):
        return "Use 127.0.0.1 or localhost, or start it with --allow-host and the name you use."
    return (
        f"Start the sandbox with --allow-host {name} or JSMS_SANDBOX_ALLOW_HOST={name}, or use 127.0.0.1 or localhost."
    )


def _is_ours(name: str, scope: Mapping[str, Any], hosts: Collection[str]) -> bool:
    if name in hosts or "*" in hosts or name == LOCAL_NAME or name.endswith(PRIVATE_DOMAINS):
        return True
    if any(each.startswith(".") and name.endswith(each) for each in hosts):
        return True
    reached_at = _address((scope.get("server") or ("",))[0])
    address = _address(name)
    if address is None:
        # A name without a dot is one of a private network, such as that of a container: no public name server has it.
        # On the loopback address nothing needs it.
        return reached_at is not None and not reached_at.is_loopback and LABEL.fullmatch(name) is not None
    # The address that the connection came in on: no one can point an address of ours elsewhere.
    return address.is_loopback or address == reached_at


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
