"""A signal handler's exception passes unchanged through a sync call in the main thread."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType

import httpx
import pytest

from jsms_client import JSMS, JSMSError
from jsms_client._request import encode_files
from jsms_client.errors import ConnectionFailedError, UnknownOutcomeError
from jsms_contract.operations import OPERATIONS
from servers.arguments import PNG
from servers.faults import http_response
from servers.raw_socket_server import Connection, Counts, RawSocketServer, Script, refusing_port, silent_port

from .calls import CALLS, Call
from .drivers import APP_KEY, DRIVERS, MASTER_SECRET, sync_client

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGUSR1"),
    # socket.create_connection leaves one to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

SMALL = CALLS["createSign"]
_LARGE = PNG + bytes(2_000_000)
_IMAGES = ("id_card_image", "business_license_image", "icp_app_screenshot", "trademark_image", "third_party_auth_image")
UPLOAD = replace(SMALL, options={**SMALL.options, **dict.fromkeys(_IMAGES, _LARGE)})
NOTE = "createSign: the request may have left and been carried out, such as a message sent"


class SoftTimeLimitExceededError(Exception):
    """As Celery's."""


class JobTimeoutError(TimeoutError):
    """One that can be taken for a socket's."""


def raises(kind: type[Exception], number: int, frame: FrameType | None) -> None:
    raise kind


class WorkerLostError(ConnectionResetError):
    """One that can be taken for a lost connection."""


@contextmanager
def interrupted_by(
    handler: Callable[[int, FrameType | None], None], arrived: Callable[[], bool] = lambda: True
) -> Generator[None]:
    before = signal.signal(signal.SIGUSR1, handler)
    main = threading.get_ident()
    assert main == threading.main_thread().ident

    def send() -> None:
        deadline = time.monotonic() + 10
        while not arrived() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
        signal.pthread_kill(main, signal.SIGUSR1)

    timer = threading.Thread(target=send)
    timer.start()
    try:
        yield
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, before)


@pytest.fixture(params=[SoftTimeLimitExceededError, JobTimeoutError, WorkerLostError])
def kind(request: pytest.FixtureRequest) -> type[Exception]:
    return request.param  # type: ignore[no-any-return]


def interrupt(
    client: JSMS,
    kind: type[Exception],
    *,
    note: bool,
    call: Call = SMALL,
    counts: Counts | None = None,
    arrives: str = "connections",
) -> None:
    """Interrupt a call, once something of it has arrived at the server, and look at what comes out."""

    def raises_too(*given: object) -> None:
        raise kind

    for handler in (partial(raises, kind), raises_too):
        before = None if counts is None else getattr(counts, arrives)

        def arrived(before: object = before) -> bool:
            return counts is None or getattr(counts, arrives) != before

        with interrupted_by(handler, arrived), pytest.raises(kind) as caught:
            call.on(client)
        assert type(caught.value) is kind
        assert getattr(caught.value, "__notes__", []) == ([NOTE] if note else [])
        assert caught.value.__cause__ is None


class SlowFile(io.BytesIO):
    """Takes longer to read than the signal to come."""

    def read(self, size: int | None = -1, /) -> bytes:
        time.sleep(5)
        return super().read(size)


class SlowPath(os.PathLike[str]):
    """Takes longer to find than the signal to come."""

    def __fspath__(self) -> str:
        time.sleep(5)
        return "image.png"


@pytest.mark.parametrize("image", [SlowFile(PNG), SlowPath()], ids=["file", "path"])
def test_while_an_image_is_read(kind: type[Exception], image: object) -> None:
    call = replace(SMALL, options={**SMALL.options, "id_card_image": image})
    with refusing_port() as port, sync_client(f"http://127.0.0.1:{port}/v1") as client:
        interrupt(client, kind, note=False, call=call)


def test_while_a_form_is_encoded(kind: type[Exception]) -> None:
    with interrupted_by(partial(raises, kind)), pytest.raises(kind):
        encode_files([("image", ("image.png", SlowFile(PNG), "image/png"))], OPERATIONS["createSign"])


def test_while_it_connects(kind: type[Exception]) -> None:
    with silent_port() as port, sync_client(f"http://127.0.0.1:{port}/v1") as client:
        interrupt(client, kind, note=False)


def test_in_the_tls_handshake(kind: type[Exception]) -> None:
    with RawSocketServer() as server:
        counts = server.play(Script(Connection.hold))
        with sync_client(server.base_url.replace("http:", "https:")) as client:
            interrupt(client, kind, note=False, counts=counts)
        assert counts.connections == 2


def test_while_it_writes(kind: type[Exception]) -> None:
    with RawSocketServer() as server, sync_client(server.base_url) as client:
        counts = server.play(Script(lambda connection: connection.wait(5)))
        interrupt(client, kind, note=True, call=UPLOAD, counts=counts)
        server.stopping.set()
        assert counts.connections == 2


def test_while_it_reads(kind: type[Exception]) -> None:
    def act(connection: Connection) -> None:
        connection.read_request()
        connection.send(http_response(200, b'{"sign_id": 1}')[:-3])
        connection.hold()

    with RawSocketServer() as server, sync_client(server.base_url) as client:
        counts = server.play(Script(act))
        interrupt(client, kind, note=True, counts=counts, arrives="whole")
        server.settle()
        assert counts.whole == 2


def test_with_a_client_of_the_callers(kind: type[Exception]) -> None:
    def act(connection: Connection) -> None:
        connection.read_request()
        connection.hold()

    with RawSocketServer() as server, httpx.Client(trust_env=False, timeout=30) as own:
        server.play(Script(act))
        client = JSMS(APP_KEY, MASTER_SECRET, base_url=server.base_url, http_client=own)
        interrupt(client, kind, note=True)


@pytest.mark.parametrize("flavour", ["sync", "asyncio", "trio"])
def test_a_service_that_refuses_an_upload_before_reading_it_is_heard(flavour: str) -> None:
    def act(connection: Connection) -> None:
        connection.read_some(100)
        connection.send(http_response(413, b'{"error": {"code": 50007, "message": "too large"}}'))
        connection.wait(0.2)
        connection.close()

    with RawSocketServer() as server:
        server.play(Script(act))
        driver = DRIVERS[flavour](server.base_url)
        with pytest.raises(JSMSError) as caught:
            driver.make(UPLOAD)
        # Unless the reset that follows is faster than its response.
        assert "too large" in str(caught.value) or isinstance(caught.value, UnknownOutcomeError)
        driver.close()


def test_an_older_interruption_is_not_taken_for_one_of_this_call() -> None:
    with refusing_port() as port, sync_client(f"http://127.0.0.1:{port}/v1") as client:
        try:
            with interrupted_by(partial(raises, JobTimeoutError)):
                time.sleep(5)
        except JobTimeoutError:
            with pytest.raises(ConnectionFailedError):
                CALLS["sendCode"].on(client)
