"""Whether a sandbox that runs elsewhere on this machine is ready."""

from __future__ import annotations

import ipaddress
import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException

PAUSE = 0.1
TIMEOUT = 3.0


def loopback_url(host: str, port: int) -> str:
    """Where a client on this machine finds what listens on a host: every address is reached as the loopback one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"http://{host}:{port}"
    if address.is_unspecified:
        host = "127.0.0.1" if isinstance(address, ipaddress.IPv4Address) else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def why_not_ready(url: str, wait: float) -> str | None:
    """Ask the sandbox until it is ready.

    Args:
        url: Its address, without a path.
        wait: Seconds to go on asking; 0 asks once.

    Returns:
        What the last attempt met; None once it is ready.
    """
    deadline = time.monotonic() + wait
    while (reason := _ask(url)) is not None and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return reason


def _ask(url: str) -> str | None:
    # A proxy of the environment is for other machines.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_sandbox/readyz", timeout=TIMEOUT) as response:
            ready = json.loads(response.read()) == {"ready": True}
    except urllib.error.HTTPError as error:
        return f"another program responded, with {error.code}"
    except urllib.error.URLError as error:
        reason = error.reason
        return (getattr(reason, "strerror", None) or str(reason)).lower()
    except (HTTPException, ValueError):
        return "another program responded"
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None if ready else "another program responded"
