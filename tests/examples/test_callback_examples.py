"""The apps in examples/, started for real and sent what the service sends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from jsms_client.callbacks import sign

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
APP_KEY, MASTER_SECRET = "dev_sample_appKey", "dev_sample_appMasterSecret"
COMMANDS = {
    "fastapi_callbacks": ["-m", "uvicorn", "app:app", "--port", "0"],
    "flask_callbacks": ["-m", "flask", "--app", "app", "run", "--port", "0"],
    "django_callbacks": ["app.py", "runserver", "--noreload", "0"],
}
WORKERS = 4
_GUNICORN = ("-m", "gunicorn", "--workers", str(WORKERS), "--bind", "127.0.0.1:0")
MANY_WORKERS = {
    "fastapi_callbacks": ("-m", "uvicorn", "app:app", "--port", "0", "--workers", str(WORKERS)),
    "flask_callbacks": (*_GUNICORN, "app:app"),
    "django_callbacks": (*_GUNICORN, "app:application"),
}
REPORT = '{"msgId":"288193860302","phone":"13800138000","receiveTime":1492150741000,"status":4003}'
open_url = build_opener(ProxyHandler({})).open


class Example:
    """A running example."""

    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str) -> tuple[int, bytes]:
        return self._open(Request(f"{self.address}{path}"))

    def post(self, fields: dict[str, str]) -> int:
        return self._open(Request(f"{self.address}/jsms/callback", urlencode(fields).encode()))[0]

    def status_of(self, msg_id: str) -> object:
        answer: dict[str, object] = json.loads(self.get(f"/messages/{msg_id}")[1])
        return answer["status"]

    def _open(self, request: Request) -> tuple[int, bytes]:
        try:
            with open_url(request, timeout=30) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()


@contextmanager
def running(folder: str, *command: str, store: Path | None = None) -> Generator[tuple[Example, int]]:
    """A running example, and its process id."""
    environment = os.environ | {
        "JSMS_APP_KEY": APP_KEY,
        "JSMS_MASTER_SECRET": MASTER_SECRET,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUNBUFFERED": "1",
    }
    if store is not None:
        environment["JSMS_STORE"] = str(store)
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=EXAMPLES / folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    address = None
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:[1-9][0-9]*", line):
            address = found[0]
            break
    reader = threading.Thread(target=process.stdout.read, daemon=True)  # so that it never waits to be read
    reader.start()
    try:
        assert address is not None, "".join(said)
        yield Example(address), process.pid
    finally:
        process.terminate()
        process.wait(30)
        reader.join()
        process.stdout.close()


@pytest.fixture(scope="module", params=COMMANDS)
def example(request: pytest.FixtureRequest) -> Iterator[Example]:
    with running(request.param, *COMMANDS[request.param]) as (started, _):
        yield started


def signed(nonce: int, kind: str = "SMS_REPORT", data: str = REPORT) -> dict[str, str]:
    timestamp = str(round(time.time() * 1000))
    signature = sign(APP_KEY, MASTER_SECRET, str(nonce), timestamp)
    return {"nonce": str(nonce), "timestamp": timestamp, "signature": signature, "type": kind, "data": data}


def test_the_check_of_the_service_is_answered(example: Example) -> None:
    assert example.get("/jsms/callback?echostr=a1B2c3D4") == (200, b"a1B2c3D4")
    assert example.get("/jsms/callback?echostr=%3Cscript%3E")[0] == 400


def test_a_delivery_report_reaches_the_app_once(example: Example) -> None:
    fields = signed(-7659972084945889195)

    assert example.status_of("288193860302") is None
    assert example.post(fields) == 200
    assert example.status_of("288193860302") == 4003
    assert example.post(fields) == 200  # an exact copy: acknowledged, not handled again
    assert example.post(fields | {"data": REPORT.replace("4003", "4001")}) == 403
    assert example.status_of("288193860302") == 4003


def test_a_replay_is_refused_after_hundreds_of_other_callbacks(example: Example) -> None:
    fields = signed(31)
    assert example.post(fields) == 200

    assert {example.post(signed(nonce)) for nonce in range(1000, 1400)} == {200}

    assert example.post(fields | {"data": REPORT.replace("4003", "4001")}) == 403


@pytest.mark.parametrize(
    ("nonce", "kind", "data"),
    [
        (11, "SMS_REPLY", '{"phone":"13800138000","replyTime":1492150800000,"content":"TD"}'),
        (12, "SMS_REPLY", '{"phone":"13800138000","replyTime":1492150800000,"content":"好"}'),
        (13, "SMS_TEMPLATE", '{"tempId":1250,"status":1,"refuseReason":null}'),
        (14, "SMS_SIGN", '{"signId":77,"status":2,"refuseReason":"unclear"}'),
    ],
)
def test_every_type_is_taken(example: Example, nonce: int, kind: str, data: str) -> None:
    assert example.post(signed(nonce, kind, data)) == 200


def test_a_forgery_is_refused(example: Example) -> None:
    assert example.post(signed(21) | {"nonce": "22"}) == 403
    assert example.post(signed(23) | {"data": "{"}) == 400
    assert example.post({}) in (400, 415)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the list of a process's children")
@pytest.mark.parametrize("folder", MANY_WORKERS)
def test_a_replay_is_refused_at_every_worker(folder: str, tmp_path: Path) -> None:
    with running(folder, *MANY_WORKERS[folder], store=tmp_path / "jsms.db") as (example, pid):
        workers = workers_of(pid)
        fields = signed(41)
        while True:
            with suppress(URLError):  # nothing listens before the first worker does
                assert example.post(fields) == 200
                break
        replay = fields | {"data": REPORT.replace("4003", "4001")}
        for worker in workers:
            with stopped(*(each for each in workers if each != worker)):
                assert (example.post(replay), example.post(fields)) == (403, 200)


def workers_of(pid: int) -> list[int]:
    """The processes that serve, once all of them do."""
    end = time.monotonic() + 30
    while True:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        # uvicorn has one more, which only watches for its end.
        workers = [
            child for child in children if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
        ]
        if len(workers) == WORKERS:
            time.sleep(1)
            return workers
        assert time.monotonic() < end, workers
        time.sleep(0.1)


@contextmanager
def stopped(*pids: int) -> Generator[None]:
    """Let processes take nothing for a while, so that another one must."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
