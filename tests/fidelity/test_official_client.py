"""The official Python client, jsms 0.0.4, unchanged but for its base URL."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from jsms_contract.values import REVIEW_STATUS_REJECTED
from jsms_sandbox.state.state import State
from sandbox.sign_forms import image
from sandbox.threaded_sandbox import AppUnderTest

jsms: Any = importlib.import_module("jsms")  # it has no types
MOBILE, LATER = "13800138000", "2099-07-01 09:00:00"
EMPTY = frozenset({"send_batch_teml", "update_schedule_message"})
"""Methods of the client that have no body yet."""


class Recorded:
    """The client, and which of its methods were called."""

    def __init__(self, app: AppUnderTest) -> None:
        self.client: Any = jsms.Jsms(*app.auth)
        self.client.BASE_URL = f"{app.sandbox.url}/v1/"
        self.called: set[str] = set()

    def __call__(self, method: str, *arguments: object, **options: object) -> Any:
        self.called.add(method)
        return getattr(self.client, method)(*arguments, **options)


@pytest.fixture
def official(app: AppUnderTest) -> Iterator[Recorded]:
    recorded = Recorded(app)
    yield recorded
    recorded.client.session.close()


def test_it_is_the_released_client() -> None:
    assert jsms.__version__ == "0.0.4"


def test_all_of_its_calls_work(app: AppUnderTest, official: Recorded) -> None:
    msg_id = official("send_code", MOBILE, 1)["msg_id"]
    code = app.message(msg_id).code
    assert code is not None
    wrong = official("verify_code", msg_id, "no")
    assert wrong == {"is_valid": False, "error": {"code": 50010, "message": "invalid code"}}
    assert official("verify_code", msg_id, code.code) == {"is_valid": True}
    assert official("verify_code", msg_id, code.code)["error"]["code"] == 50012

    msg_id = official("send_voice_code", MOBILE, code="4321", lang=2, ttl=120)["msg_id"]
    assert official("verify_code", msg_id, "4321") == {"is_valid": True}
    assert official("send_voice_code", MOBILE)["error"]["code"] == 50009

    assert set(official("send_teml", MOBILE, 1250, {"number": "741627"})) == {"msg_id"}
    schedule_id = official("send_teml", MOBILE, 1250, {"number": "741627"}, LATER)["schedule_id"]
    shown = official("show_schedule_message", schedule_id)
    (recipient,) = shown.pop("recipients")
    assert shown == {"schedule_id": schedule_id, "send_time": LATER, "temp_id": 1250}
    assert recipient.pop("msg_id").isdigit()
    assert recipient == {"mobile": MOBILE, "temp_para": {"number": "741627"}}
    assert official("delete_schedule_message", schedule_id) == 200
    assert official("show_schedule_message", schedule_id)["error"]["code"] == 50028

    balance = official("app_balance")
    pools = {"app_balance": 10_000, "app_voice": 999, "app_industry": 9_998, "app_market": 1_000}
    assert {name: balance[name] for name in pools} == pools

    sign_id = official("create_sign", "沙箱", image0=image(), type=1, remark="公司简称")["sign_id"]
    assert official("show_sign", str(sign_id)) == {
        "sign_id": sign_id,
        "sign": "沙箱",
        "status": 1,
        "is_default": 0,
        "use_status": 1,
    }

    def reject(state: State) -> None:
        state.signs[app.app.app_key][sign_id].status = REVIEW_STATUS_REJECTED

    app.sandbox.look(reject)
    assert official("upadte_sign", str(sign_id), "沙箱二", image0=image(), type=1) == {"sign_id": sign_id}
    assert official("show_sign", str(sign_id))["sign"] == "沙箱二"
    assert official("delete_sign", str(sign_id)) == 200
    assert official("show_sign", str(sign_id))["error"]["code"] == 50102

    methods = {name for name, _ in inspect.getmembers(jsms.Jsms, inspect.isfunction) if not name.startswith("_")}
    assert official.called == methods - EMPTY


def test_its_wrong_credentials_are_reported(app: AppUnderTest, official: Recorded) -> None:
    official.client.session.auth = (app.auth[0], "wrong")
    assert official("app_balance") == {"error": {"code": 50002, "message": "auth failed"}}
