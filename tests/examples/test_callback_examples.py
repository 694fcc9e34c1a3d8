"""The apps in examples/, started for real and sent what the service sends."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.parse import urlencode

import pytest

from jsms_client.callbacks import sign
from recipes.workers import WORKERS, App, only, running

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"
APP_KEY, MASTER_SECRET = "dev_sample_appKey", "dev_sample_appMasterSecret"
COMMANDS = {
    "fastapi_callbacks": ["-m", "uvicorn", "app:app", "--port", "0"],
    "flask_callbacks": ["-m", "flask", "--app", "app", "run", "--port", "0"],
    "django_callbacks": ["app.py", "runserver", "--noreload", "0"],
}
_GUNICORN = ("-m", "gunicorn", "--workers", str(WORKERS), "--bind", "127.0.0.1:0")
MANY_WORKERS = {
    "fastapi_callbacks": ("-m", "uvicorn", "app:app", "--port", "0", "--workers", str(WORKERS)),
    "flask_callbacks": (*_GUNICORN, "app:app"),
    "django_callbacks": (*_GUNICORN, "app:application"),
}
REPORT = '{"msgId":"288193860302","phone":"13800138000","receiveTime":1492150741000,"status":4003}'


def start(folder: str, *command: str, store: Path | None = None) -> AbstractContextManager[App]:
    environment = {"JSMS_APP_KEY": APP_KEY, "JSMS_MASTER_SECRET": MASTER_SECRET}
    if store is not None:
        environment["JSMS_STORE"] = str(store)
    return running(EXAMPLES / folder, *command, environment=environment)


@pytest.fixture(scope="module", params=COMMANDS)
def example(request: pytest.FixtureRequest) -> Iterator[App]:
    with start(request.param, *COMMANDS[request.param]) as started:
        yield started


def post(example: App, fields: dict[str, str]) -> int:
    return example.post("/jsms/callback", urlencode(fields).encode())[0]


def status_of(example: App, msg_id: str) -> object:
    found: dict[str, object] = json.loads(example.get(f"/messages/{msg_id}")[1])
    return found["status"]


def signed(nonce: int, kind: str = "SMS_REPORT", data: str = REPORT) -> dict[str, str]:
    timestamp = str(round(time.time() * 1000))
    signature = sign(APP_KEY, MASTER_SECRET, str(nonce), timestamp)
    return {"nonce": str(nonce), "timestamp": timestamp, "signature": signature, "type": kind, "data": data}


def test_the_check_of_the_service_gets_its_text_back(example: App) -> None:
    assert example.get("/jsms/callback?echostr=a1B2c3D4") == (200, b"a1B2c3D4")
    assert example.get("/jsms/callback?echostr=%3Cscript%3E")[0] == 400


def test_a_delivery_report_reaches_the_app_once(example: App) -> None:
    fields = signed(-7659972084945889195)

    assert status_of(example, "288193860302") is None
    assert post(example, fields) == 200
    assert status_of(example, "288193860302") == 4003
    assert post(example, fields) == 200  # an exact copy: acknowledged, not handled again
    assert post(example, fields | {"data": REPORT.replace("4003", "4001")}) == 403
    assert status_of(example, "288193860302") == 4003


def test_a_replay_is_refused_after_hundreds_of_other_callbacks(example: App) -> None:
    fields = signed(31)
    assert post(example, fields) == 200

    assert {post(example, signed(nonce)) for nonce in range(1000, 1400)} == {200}

    assert post(example, fields | {"data": REPORT.replace("4003", "4001")}) == 403


@pytest.mark.parametrize(
    ("nonce", "kind", "data"),
    [
        (11, "SMS_REPLY", '{"phone":"13800138000","replyTime":1492150800000,"content":"TD"}'),
        (12, "SMS_REPLY", '{"phone":"13800138000","replyTime":1492150800000,"content":"好"}'),
        (13, "SMS_TEMPLATE", '{"tempId":1250,"status":1,"refuseReason":null}'),
        (14, "SMS_SIGN", '{"signId":77,"status":2,"refuseReason":"unclear"}'),
    ],
)
def test_every_type_is_taken(example: App, nonce: int, kind: str, data: str) -> None:
    assert post(example, signed(nonce, kind, data)) == 200


def test_a_forgery_is_refused(example: App) -> None:
    assert post(example, signed(21) | {"nonce": "22"}) == 403
    assert post(example, signed(23) | {"data": "{"}) == 400
    assert post(example, {}) in (400, 415)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs the list of a process's children")
@pytest.mark.parametrize("folder", MANY_WORKERS)
def test_a_replay_is_refused_at_every_worker(folder: str, tmp_path: Path) -> None:
    with start(folder, *MANY_WORKERS[folder], store=tmp_path / "jsms.db") as example:
        workers = example.workers()
        fields = signed(41)
        while True:
            with suppress(URLError):  # nothing listens before the first worker does
                assert post(example, fields) == 200
                break
        replay = fields | {"data": REPORT.replace("4003", "4001")}
        for worker in workers:
            with only(worker, workers):
                assert (post(example, replay), post(example, fields)) == (403, 200)
