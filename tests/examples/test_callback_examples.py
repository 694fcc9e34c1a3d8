"""The apps in examples/, started for real and sent what the service sends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from jsms_client.callbacks import sign

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
APP_KEY, MASTER_SECRET = "dev_sample_appKey", "dev_sample_appMasterSecret"
COMMANDS = {
    "fastapi_callbacks": ["-m", "uvicorn", "app:app", "--port", "0"],
    "flask_callbacks": ["-m", "flask", "--app", "app", "run", "--port", "0"],
    "django_callbacks": ["app.py", "runserver", "--noreload", "0"],
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


@pytest.fixture(scope="module", params=COMMANDS)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    environment = os.environ | {
        "DATABASE": str(tmp_path_factory.mktemp("example") / "callbacks.sqlite3"),
        "JSMS_APP_KEY": APP_KEY,
        "JSMS_MASTER_SECRET": MASTER_SECRET,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, *COMMANDS[request.param]],
        cwd=EXAMPLES / request.param,
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
        yield Example(address)
    finally:
        process.terminate()
        process.wait(30)
        reader.join()
        process.stdout.close()


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
