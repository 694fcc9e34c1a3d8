"""Who may use the sandbox's own side: pages of other sites may not, whatever name they reach this machine under.

A page of another site can make a browser send requests here, and can point a name of its own at this machine
(DNS rebinding). So the Host must be one that is known to be ours, and the Origin, where there is one, our own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from typing import Any

from .problems import Problem

LOCAL_NAME = "localhost"


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
            "Use 127.0.0.1 or localhost, or start it with --allow-host and the name you use.",
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


def _is_ours(name: str, scope: Mapping[str, Any], hosts: Collection[str]) -> bool:
    if name in hosts or name == LOCAL_NAME or name.endswith(f".{LOCAL_NAME}"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    # The address that the connection came in on: nobody can point an address of ours elsewhere.
    server = scope.get("server")
    return address.is_loopback or (server is not None and name == server[0])
