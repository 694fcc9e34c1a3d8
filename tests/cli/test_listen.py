"""``jsms callback listen`` verifies and shows what JSMS posts."""

from __future__ import annotations

import json
import re
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from callbacks.signed_posts import APP_KEY, MASTER_SECRET, REPLY, REPORT, SIGN, TEMPLATE, encoded, form
from jsms_cli.listen import PATIENCE, CallbackServer
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command, start

SIGNED = {"JSMS_APP_KEY": APP_KEY, "JSMS_MASTER_SECRET": MASTER_SECRET}
open_url = build_opener(ProxyHandler({})).open


class Listener:
    """A running ``jsms callback listen``."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self.process: subprocess.Popen[str] = start("callback", "listen", "--port", "0", *arguments, **variables)
        assert self.process.stderr is not None
        found = re.search(r"listening on (\S+)/ for callbacks", self.process.stderr.readline())
        assert found is not None
        self.address = found[1]

    def post(self, fields: Mapping[str, str]) -> int:
        try:
            with open_url(Request(f"{self.address}/jsms/callback", encoded(fields)), timeout=30) as response:
                return int(response.status)
        except HTTPError as error:
            with error:
                return error.code

    def stop(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


def signed(data: object, kind: str = "SMS_REPORT") -> dict[str, str]:
    return form(data, kind, timestamp=round(time.time() * 1000))


@pytest.fixture
def people() -> Iterator[Listener]:
    listener = Listener(**SIGNED)
    yield listener
    listener.process.kill()
    listener.process.communicate()


def test_callbacks_are_shown_with_numbers_masked_and_others_are_refused(people: Listener) -> None:
    assert people.post(signed(REPORT)) == 200
    assert people.post(signed(REPLY, "SMS_REPLY")) == 200
    assert people.post(signed(TEMPLATE, "SMS_TEMPLATE")) == 200
    assert people.post(signed(SIGN, "SMS_SIGN")) == 200
    assert people.post(signed(REPORT) | {"signature": "0" * 40}) == 403
    code, out, err = people.stop()
    assert [line.split(maxsplit=2)[-1].split() for line in out.splitlines()[:2]] == [
        ["report", "138****8000", "288193860302", "4001", "delivered"],
        ["reply", "138****8000", "退订", "TD"],
    ]
    assert [line.split()[1:] for line in out.splitlines()[2:]] == [
        ["template", "1250", "2", "rejected", "no", "purpose", "given"],
        ["signature", "77", "1", "passed"],
    ]
    assert (code, err) == (
        0,
        "jsms: callback refused: bad_signature (not signed with this application's key and secret)\n",
    )


def test_the_service_itself_can_reach_it_and_machines_get_whole_numbers(
    jsms_sandbox: Sandbox, jsms: Command, parcel: int
) -> None:
    listener = Listener("--json", "--count", "1")
    try:
        jsms_sandbox.switch(callback_url=f"{listener.address}/jsms")
        assert jsms("message", "send", "13800138000", "--temp-id", str(parcel), "-p", "number=1").code == 0
        jsms_sandbox.clock.advance(2)
        out, err = listener.process.communicate(timeout=30)
    finally:
        listener.process.kill()
    assert (listener.process.returncode, err) == (0, "")
    (record,) = [json.loads(line) for line in out.splitlines()]
    assert (record["type"], record["phone"], record["status"]) == ("SMS_REPORT", "13800138000", 4001)
    assert jsms_sandbox.wait_callback("SMS_REPORT").attempts[-1].status == 200


def test_an_address_that_is_taken_is_one_sentence(jsms: Command, people: Listener, jsms_sandbox: Sandbox) -> None:
    done = jsms("callback", "listen", "--port", people.address.rpartition(":")[2])
    assert (done.code, done.out) == (23, "")
    assert done.err == f"jsms: {people.address.removeprefix('http://')}: Address already in use.\n"


def connected(listener: Listener) -> socket.socket:
    host, _, port = listener.address.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def test_a_connection_that_breaks_off_is_not_reported(people: Listener) -> None:
    for _ in range(3):
        connection = connected(people)
        connection.sendall(b"POST /jsms/callback HTTP/1.1\r\nContent-")
        # Closed with a reset, as a process does that is killed.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    assert people.post(signed(REPORT)) == 200
    code, out, err = people.stop()
    assert (code, len(out.splitlines()), err) == (0, 1, "")


def test_ctrl_c_does_not_wait_for_an_idle_connection(people: Listener) -> None:
    with connected(people) as silent, connected(people) as slow:
        slow.sendall(b"POST /jsms")
        assert people.post(signed(REPORT)) == 200
        started = time.monotonic()
        assert people.stop()[::2] == (0, "")
        # Well within the patience with either of them.
        assert time.monotonic() - started < PATIENCE - 2
        assert silent.recv(1) == b""


def ends_while_dripping(connection: socket.socket, seconds: float) -> bool:
    """Return whether the server ends a request that comes byte by byte."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            connection.sendall(b"P")
            connection.recv(100)
        except TimeoutError:
            continue
        except ConnectionError:
            pass
        return True
    return False


def test_a_request_that_never_comes_to_its_end_is_ended() -> None:
    server = CallbackServer(("127.0.0.1", 0), patience=0.2)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=0.02) as slow:
            assert ends_while_dripping(slow, 10)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
