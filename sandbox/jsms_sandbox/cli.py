"""The command ``jsms-sandbox``: serve, readyz, env."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import shlex
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jsms_sandbox.options import LAST_PORT, command
from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.simulation.callbacks import check_url, url_warnings
from jsms_sandbox.state.entities import Review
from jsms_sandbox.state.state import State
from jsms_sandbox.state.storage import SQLiteFile, Storage, StorageError

if TYPE_CHECKING:
    import ssl

    from jsms_sandbox.server import Server

PROGRAM = "jsms-sandbox"
USAGE, FAILURE = 2, 1
ASK_EVERY = 0.1
ASK_TIMEOUT = 3.0
"""Seconds between two requests to a sandbox that is not ready, and for each."""
INSTALL = "install it with: pip install 'jsms-client[sandbox]'"


class CommandError(Exception):
    """The command failed; the message says why, in one sentence."""

    def __init__(self, sentence: str, exit_code: int = FAILURE) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class _Options:
    """What ``jsms_sandbox.options`` declares, by the same names."""

    command: str
    host: str
    port: int
    db: Path | None
    tls: bool
    tls_port: int | None
    strict: bool
    app_key: str
    master_secret: str
    dev_key: str
    dev_secret: str
    review: Review | None
    code: str | None
    allow_host: tuple[str, ...]
    callback_url: str | None
    wait: float
    as_json: bool

    @property
    def credentials(self) -> Credentials:
        """The first app's."""
        return Credentials(self.app_key, self.master_secret, self.dev_key, self.dev_secret)


def main(arguments: Sequence[str] | None = None, *, program: str = PROGRAM) -> int:
    """Run the command.

    Args:
        arguments: What follows the program's name; None takes the process's own.
        program: What was typed to run it.

    Returns:
        The exit code: 0 after a stop, 1 where it cannot run or is not ready, 2 for a wrong argument.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    as_json = "--json" in arguments
    try:
        with command(program).make_context(program, arguments) as context:
            options = _Options(**context.params)
        as_json = options.as_json
        if options.command == "serve":
            _run(options)
        else:
            _client(options)
    except click.exceptions.Exit as done:  # --help
        return done.exit_code
    except click.ClickException as error:
        return _fail(program, f"{error.format_message()} (--help lists the arguments)", USAGE, as_json=as_json)
    except CommandError as problem:
        return _fail(program, str(problem), problem.exit_code, as_json=as_json)
    except StorageError as error:
        return _fail(program, str(error), FAILURE, as_json=as_json)
    return 0


def _fail(program: str, sentence: str, exit_code: int, *, as_json: bool) -> int:
    line = json.dumps({"error": {"message": sentence, "exit_code": exit_code}}) if as_json else f"{program}: {sentence}"
    _print(sys.stderr.write, line)
    return exit_code


def _client(options: _Options) -> None:
    """Run ``readyz`` or ``env``."""
    if options.port == 0:
        raise CommandError(f"Port 0 is any free port; name the sandbox's own with --port for {options.command}.", USAGE)
    url = loopback_url(options.host, options.port)
    if options.command == "env":
        variables = {
            "JSMS_BASE_URL": f"{url}/v1",
            "JSMS_APP_KEY": options.app_key,
            "JSMS_MASTER_SECRET": options.master_secret,
            "JSMS_DEV_KEY": options.dev_key,
            "JSMS_DEV_SECRET": options.dev_secret,
        }
        lines = (f"export {name}={shlex.quote(value)}" for name, value in variables.items())
        _print(sys.stdout.write, json.dumps(variables) if options.as_json else "\n".join(lines))
        return
    reason = why_not_ready(url, options.wait)
    if reason is not None:
        raise CommandError(f"The sandbox at {url} is not ready: {reason}.")
    _print(sys.stdout.write, json.dumps({"ready": True, "url": url}) if options.as_json else f"{url} is ready.")


def _run(options: _Options) -> None:
    try:
        from jsms_sandbox.server import Server, bind  # noqa: PLC0415 - the extra may be missing
    except ModuleNotFoundError as error:
        raise CommandError(f"The package {error.name} is missing; {INSTALL}") from error
    hosts = frozenset({options.host.lower(), *options.allow_host})
    settings = Settings(options.credentials, options.strict, options.review, options.code, options.callback_url, hosts)
    if options.tls and options.tls_port is None and options.port == LAST_PORT:
        raise CommandError(f"There is no port after {LAST_PORT} for HTTPS; name one with --tls-port.", USAGE)
    with contextlib.ExitStack() as stack:
        http = stack.enter_context(_bound(bind, options.host, options.port))
        https = certificate = None
        if options.tls:
            context, certificate = _tls(stack, options.host)
            tls_port = options.tls_port
            if tls_port is None:
                tls_port = http.getsockname()[1] + 1 if options.port else 0
            https = (stack.enter_context(_bound(bind, options.host, tls_port)), context)
        elif options.tls_port is not None:
            raise CommandError("--tls-port needs --tls.", USAGE)
        storage = SQLiteFile(options.db) if options.db else Storage()
        stack.callback(storage.close)
        server = Server(State(settings, storage=storage), http, https)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: server.stop())
        asking: set[asyncio.Task[None]] = set()

        def ready(server: Server) -> None:
            welcome = _welcome_json if options.as_json else _welcome
            _print(sys.stdout.write, welcome(server, options.db, certificate))
            if options.callback_url is not None:
                asking.add(asyncio.create_task(_ask(options.callback_url)))

        try:
            asyncio.run(server.run(ready))
        except OSError as error:
            raise CommandError(f"Cannot serve: {(error.strerror or str(error)).lower()}.") from error


async def _ask(callback_url: str) -> None:
    """Warn of a wrong callback URL; it is kept all the same, as the app may start after the sandbox."""
    for warning in url_warnings(callback_url):
        _print(sys.stderr.write, f"{PROGRAM}: {warning}")
    problem = await check_url(callback_url)
    if problem is not None:
        _print(sys.stderr.write, f"{PROGRAM}: {problem}")


@contextlib.contextmanager
def _bound(bind: Callable[[str, int], socket.socket], host: str, port: int) -> Generator[socket.socket]:
    try:
        bound = bind(host, port)
    except (socket.gaierror, TypeError, UnicodeError) as error:  # the last two: no text for the name service
        raise CommandError(f"Cannot listen on {host}: there is no such address.") from error
    except OSError as error:
        raise CommandError(f"Cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}.") from error
    with bound:
        yield bound


def _tls(stack: contextlib.ExitStack, host: str) -> tuple[ssl.SSLContext, Path]:
    try:
        from jsms_sandbox.certificates import self_signed_context  # noqa: PLC0415 - the package may be missing, and takes time
    except ModuleNotFoundError as error:
        raise CommandError(f"--tls needs the package cryptography; {INSTALL}") from error
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="jsms-sandbox-"))
    return self_signed_context(Path(folder), host)


def _welcome(server: Server, db: Path | None, certificate: Path | None) -> str:
    keys = server.state.settings.credentials
    at = server.listening
    lines = [
        "JSMS sandbox is ready. Nothing is sent, nothing is billed.",
        f"  Base URL  {at.http}/v1{' (and on all other addresses of this machine)' if at.everywhere else ''}",
    ]
    if at.https is not None:
        lines.append(f"  HTTPS     {at.https}/v1 (certificate: {certificate})")
    lines += [
        f"  Page      {at.http}/_sandbox/",
        f"  App       appKey {keys.app_key}, masterSecret {keys.master_secret}",
        f"  Account   devKey {keys.dev_key}, devSecret {keys.dev_secret}",
        f"  State     {f'kept in {db}' if db else 'in memory, gone when it stops'}",
        "Ctrl-C stops it.",
    ]
    return "\n".join(lines)


def _welcome_json(server: Server, db: Path | None, certificate: Path | None) -> str:
    keys, at = server.state.settings.credentials, server.listening
    facts = {
        "base_url": f"{at.http}/v1",
        "https_base_url": f"{at.https}/v1" if at.https else None,
        "certificate": str(certificate) if certificate else None,
        "page": f"{at.http}/_sandbox/",
        "app_key": keys.app_key,
        "master_secret": keys.master_secret,
        "dev_key": keys.dev_key,
        "dev_secret": keys.dev_secret,
        "db": str(db) if db else None,
    }
    return json.dumps(facts)


def _print(write: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        write(f"{text}\n")
        sys.stdout.flush()


def loopback_url(host: str, port: int) -> str:
    """Make the URL for a client on this machine: a server on every address is reached at the loopback one."""
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
        wait: Seconds to keep asking; 0 asks once.

    Returns:
        Why the last attempt failed; None once it is ready.
    """
    deadline = time.monotonic() + wait
    while (reason := _ask_ready(url)) is not None and time.monotonic() < deadline:
        time.sleep(ASK_EVERY)
    return reason


def _ask_ready(url: str) -> str | None:
    # No proxy of the environment: it is for other machines.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_sandbox/readyz", timeout=ASK_TIMEOUT) as response:
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
