"""The fault kind ``variant``: the client reads each other form of a response."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jsms_client import JSMS, APIError
from jsms_client.results import DeliveryReport, UserReply
from jsms_sandbox.simulation.response_variants import VARIANTS, Variant
from sandbox.threaded_sandbox import AppUnderTest

from .api_client import API

MOBILE = "13800138000"
BATCH = {"temp_id": 1251, "recipients": [{"mobile": MOBILE}, {"mobile": "1"}]}


def varied(api: API, app: AppUnderTest, variant: str | None, method: str, path: str, body: object = None) -> Any:
    api.post("/faults", {"kind": "variant", "variant": variant})
    return app.send(method, path, body).json()


def sent_and_reported(api: API, app: AppUnderTest) -> None:
    app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251})
    api.post("/replies", {"mobile": MOBILE, "content": "7"})
    app.sandbox.advance(10)


def test_numeric_msg_id(api: API, app: AppUnderTest) -> None:
    sent_and_reported(api, app)
    assert isinstance(
        varied(api, app, "numeric_msg_id", "POST", "/codes", {"mobile": MOBILE, "temp_id": 1})["msg_id"], int
    )
    assert isinstance(varied(api, app, "numeric_msg_id", "GET", "/report")[0]["msgId"], int)
    recipients = varied(api, app, "numeric_msg_id", "POST", "/messages/batch", BATCH)["recipients"]
    assert [type(recipient["msg_id"]) for recipient in recipients] == [int, int]
    assert [type(recipient["mobile"]) for recipient in recipients] == [str, str]


def test_number_for_text(api: API, app: AppUnderTest) -> None:
    sent_and_reported(api, app)
    recipients = varied(api, app, "number_for_text", "POST", "/messages/batch", BATCH)["recipients"]
    assert recipients[1]["error_code"] == 50006
    assert isinstance(recipients[0]["msg_id"], str)
    (reply,) = varied(api, app, "number_for_text", "GET", "/reply")
    assert (reply["phone"], reply["content"]) == (int(MOBILE), 7)


def test_unknown_field(api: API, app: AppUnderTest) -> None:
    result = varied(api, app, "unknown_field", "POST", "/messages/batch", BATCH)
    assert all("sandbox_unknown_field" in each for each in (result, *result["recipients"]))


def test_unknown_status_and_code(api: API, app: AppUnderTest) -> None:
    sent_and_reported(api, app)
    assert varied(api, app, "unknown_status", "GET", "/report")[0]["status"] == 4999
    assert varied(api, app, "unknown_status", "GET", "/templates/1")["status"] == 4999
    assert varied(api, app, "unknown_code", "GET", "/templates/999")["error"]["code"] == 59999
    assert varied(api, app, "unknown_code", "POST", "/messages/batch", BATCH)["recipients"][1]["error_code"] == "59999"


@pytest.mark.parametrize(
    ("variant", "expected"),
    [
        ("time_text", "2026-01-31 09:00:01"),
        ("time_iso", "2026-01-31T09:00:01.000"),
        ("time_java", "Sat Jan 31 09:00:01 CST 2026"),
        ("time_digits", "1769821201000"),
    ],
)
def test_other_forms_of_a_time(api: API, app: AppUnderTest, variant: str, expected: str) -> None:
    api.post("/clock", {"beijing": "2026-01-31 09:00:00", "frozen": True})
    try:
        app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251})
        app.sandbox.advance(1)
        assert varied(api, app, variant, "GET", "/report")[0]["receiveTime"] == expected
    finally:
        api.post("/clock", {"real": True, "frozen": False})


def test_without_a_name_all_that_go_together_are_applied_each_time_in_the_same_way(api: API, app: AppUnderTest) -> None:
    sent_and_reported(api, app)
    (report,) = varied(api, app, None, "GET", "/report")
    assert isinstance(report["msgId"], int)
    assert report["phone"] == int(MOBILE)
    assert report["status"] == 4999
    assert isinstance(report["receiveTime"], str)
    assert "sandbox_unknown_field" in report


def test_a_response_with_nothing_to_change_stays_as_it_is_with_a_warning(api: API, app: AppUnderTest) -> None:
    assert "msg_id" in varied(api, app, "time_text", "POST", "/codes", {"mobile": MOBILE, "temp_id": 1})
    assert any("changed nothing" in warning for warning in app.last_entry().warnings)


@pytest.mark.parametrize(
    ("fault", "where"),
    [
        ({"kind": "variant", "variant": "nonsense"}, "body.variant"),
        ({"kind": "drop", "variant": "time_text"}, "body.variant"),
        ({"kind": "variant", "carried_out": False}, "body.carried_out"),
    ],
)
def test_what_cannot_be_is_refused(api: API, fault: dict[str, object], where: str) -> None:
    assert api.problem("POST", "/faults", fault)[2] == where


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_the_client_reads_every_variant(api: API, app: AppUnderTest, variant: Variant | None) -> None:
    sent_and_reported(api, app)
    api.post("/faults", {"kind": "variant", "variant": variant, "times": None})
    with JSMS(*app.auth, base_url=f"{app.sandbox.url}/v1") as jsms:
        assert isinstance(jsms.codes.send(MOBILE, temp_id=1).msg_id, str)
        batch = jsms.messages.send_batch([MOBILE, "13000050024"], temp_id=1251)
        assert [recipient.accepted for recipient in batch.recipients] == [True, False]
        assert jsms.templates.get(1).temp_id == 1
        (report,), (reply,) = jsms.receipts.reports(), jsms.receipts.replies()
        assert isinstance(report, DeliveryReport)
        assert isinstance(reply, UserReply)
        assert (report.phone, report.receive_time is not None) == (MOBILE, True)
        assert (reply.content, reply.reply_time is not None) == ("7", True)
        with pytest.raises(APIError) as refusal:
            jsms.templates.get(999)
        assert refusal.value.code == (59999 if variant in (None, "unknown_code") else 50013)


def test_every_variant_has_its_test() -> None:
    source = Path(__file__).read_text()
    assert [variant for variant in VARIANTS if f'"{variant}"' not in source] == []


def test_the_page_and_the_documentation_know_every_variant() -> None:
    root = Path(__file__).parents[2]
    for path in ("sandbox/jsms_sandbox/page/views/faults.js", "docs/sandbox.md"):
        text = (root / path).read_text()
        assert [variant for variant in VARIANTS if variant not in text] == [], path
