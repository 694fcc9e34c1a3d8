"""The command line: ``python -m jsms_sandbox``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import re
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .service.access import KEY
from .settings import Credentials, Settings
from .simulation.callbacks import check_url, url_problem, url_warnings
from .state.entities import Review
from .state.storage import InMemory, SQLiteFile, StorageError
from .state.world import World

if TYPE_CHECKING:
    import ssl

    from .server import Server

PROGRAM = "jsms_sandbox"
DEFAULT_PORT = 8025
LAST_PORT = 65_535
USAGE, FAILURE = 2, 1
INSTALL = "install it with: pip install 'jsms-client[sandbox]'"


class Problem(Exception):  # noqa: N818  # what a person is told
    """The sandbox cannot run; the text says why, in one sentence."""

    def __init__(self, sentence: str, exit_code: int = FAILURE) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def main(arguments: Sequence[str] | None = None, *, program: str = PROGRAM) -> int:
    """Run the sandbox until it is told to stop.

    Args:
        arguments: What follows the program's name; None takes the process's own.
        program: What was typed to run it.

    Returns:
        The exit code: 0 after a stop, 1 where it cannot run, 2 for a wrong argument.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        options = _parser(program).parse_args(arguments)
        _run(options)
    except Problem as problem:
        _tell(sys.stderr.write, f"{program}: {problem}")
        return problem.exit_code
    except StorageError as error:
        _tell(sys.stderr.write, f"{program}: {error}")
        return FAILURE
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage in front."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise Problem(f"{message[:1].upper()}{message[1:]} (--help lists the arguments).", USAGE)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=program,
        description="A local JSMS to develop and test against: nothing is sent, nothing is billed.",
        allow_abbrev=False,
    )
    keys = Credentials()
    parser.add_argument("--host", type=_host, default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, help="port, 0 for any free one (%(default)s)")
    parser.add_argument(
        "--db", type=Path, metavar="FILE", help="keep the state in this file; without it in memory only"
    )
    parser.add_argument("--tls", action="store_true", help="serve HTTPS too, with a throw-away certificate")
    parser.add_argument("--tls-port", type=_port, help="port of HTTPS (the one after --port)")
    parser.add_argument(
        "--strict", action="store_true", help="refuse what is undocumented but sent by existing clients"
    )
    parser.add_argument("--app-key", type=_key, default=keys.app_key, help="the first app's appKey")
    parser.add_argument("--master-secret", type=_key, default=keys.master_secret, help="its masterSecret")
    parser.add_argument("--dev-key", type=_key, default=keys.dev_key, help="the developer account's devKey")
    parser.add_argument("--dev-secret", type=_key, default=keys.dev_secret, help="its devSecret")
    parser.add_argument(
        "--review",
        type=_review,
        metavar="WHEN",
        help="decide on templates and signatures at-once, by-hand or after so many SECONDS (at-once)",
    )
    parser.add_argument("--code", type=_code, metavar="DIGITS", help="make every text code this one")
    parser.add_argument(
        "--allow-host",
        type=_host_name,
        action="append",
        default=[],
        metavar="NAME",
        help="a further name that the page and the test API may be reached under; can be repeated",
    )
    parser.add_argument("--callback-url", type=_url, metavar="URL", help="where the first app's callbacks go")
    return parser


def _run(options: argparse.Namespace) -> None:
    try:
        from .server import Server, bind  # noqa: PLC0415  # the extra may be missing
    except ModuleNotFoundError as error:
        raise Problem(f"The package {error.name} is missing; {INSTALL}") from error
    credentials = Credentials(options.app_key, options.master_secret, options.dev_key, options.dev_secret)
    hosts = frozenset({options.host.lower(), *options.allow_host})
    settings = Settings(credentials, options.strict, options.review, options.code, options.callback_url, hosts)
    if options.tls and options.tls_port is None and options.port == LAST_PORT:
        raise Problem(f"There is no port after {LAST_PORT} for HTTPS; name one with --tls-port.", USAGE)
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
            raise Problem("--tls-port needs --tls.", USAGE)
        storage = SQLiteFile(options.db) if options.db else InMemory()
        stack.callback(storage.close)
        server = Server(World(settings, storage=storage), http, https)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: server.stop())
        asking: set[asyncio.Task[None]] = set()

        def ready(server: Server) -> None:
            _tell(sys.stdout.write, _welcome(server, options.db, certificate))
            if options.callback_url is not None:
                asking.add(asyncio.create_task(_ask(options.callback_url)))

        try:
            asyncio.run(server.run(ready))
        except OSError as error:
            raise Problem(f"Cannot serve: {(error.strerror or str(error)).lower()}.") from error


async def _ask(callback_url: str) -> None:
    """Say what is wrong with a callback URL; it is kept all the same, as the app may start after the sandbox."""
    for warning in url_warnings(callback_url):
        _tell(sys.stderr.write, f"{PROGRAM}: {warning}")
    problem = await check_url(callback_url)
    if problem is not None:
        _tell(sys.stderr.write, f"{PROGRAM}: {problem}")


@contextlib.contextmanager
def _bound(bind: Callable[[str, int], socket.socket], host: str, port: int) -> Generator[socket.socket]:
    try:
        bound = bind(host, port)
    except (socket.gaierror, TypeError, UnicodeError) as error:  # the last two: no text for the name service
        raise Problem(f"Cannot listen on {host}: there is no such address.") from error
    except OSError as error:
        raise Problem(f"Cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}.") from error
    with bound:
        yield bound


def _tls(stack: contextlib.ExitStack, host: str) -> tuple[ssl.SSLContext, Path]:
    try:
        from .certificates import throw_away_context  # noqa: PLC0415  # the package may be missing, and takes time
    except ModuleNotFoundError as error:
        raise Problem(f"--tls needs the package cryptography; {INSTALL}") from error
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="jsms-sandbox-"))
    return throw_away_context(Path(folder), host)


def _welcome(server: Server, db: Path | None, certificate: Path | None) -> str:
    keys = server.world.settings.credentials
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


def _tell(write: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        write(f"{text}\n")
        sys.stdout.flush()


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 0 to {LAST_PORT}")
    return int(text)


def _host(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty host is no address (0.0.0.0 is all of them)")
    return text


def _key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no key: 1 to 64 letters, digits, points, hyphens or underscores")
    return text


def _review(text: str) -> Review:
    if text == "at-once":
        return Review()
    if text == "by-hand":
        return Review("by_hand")
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        return Review("after", float(text))
    raise argparse.ArgumentTypeError(f"{text!r} is neither at-once, by-hand nor a number of seconds")


def _code(text: str) -> str:
    if not re.fullmatch("[0-9]{6}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no code: six digits")
    return text


def _host_name(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z_.:-]{1,253}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a host (without port)")
    return text.lower().removesuffix(".")


def _url(text: str) -> str:
    problem = url_problem(text)
    if problem is not None:
        raise argparse.ArgumentTypeError(f"{text!r} is no callback URL: {problem[:1].lower()}{problem[1:].rstrip('.')}")
    return text
