"""Template SMS: text, length, segments, credit, windows, batches."""

from __future__ import annotations

import pytest

from jsms_contract.billing import OPT_OUT_SUFFIX as OPT_OUT
from jsms_contract.limits import SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH
from jsms_sandbox.service.text import segments
from jsms_sandbox.state.entities import Credit, Message

from .threaded_sandbox import AppUnderTest

MOBILE = "13800138000"


def template(app: AppUnderTest, text: str, kind: int = 2, **more: object) -> int:
    temp_id: int = app.ok("POST", "/templates", {"template": text, "type": kind, **more})["temp_id"]
    return temp_id


def send(app: AppUnderTest, temp_id: int, **more: object) -> Message:
    return app.message(app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": temp_id, **more})["msg_id"])


def test_the_text_is_signature_body_and_opt_out(app: AppUnderTest) -> None:
    notice = send(app, 1250, temp_para={"number": "741627"})
    assert notice.text == "【极光】您的订单741627已发货。"
    marketing = send(app, 1252, temp_para={"name": "张三"})
    assert marketing.text == f"【极光】新品上架，张三邀您选购。{OPT_OUT}"


@pytest.mark.parametrize(
    ("size", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (500, 8)]
)
def test_segments(size: int, count: int) -> None:
    assert segments("字" * size) == count


def test_a_line_break_counts_two() -> None:
    assert segments("字" * 68 + "\n") == 1
    assert segments("字" * 69 + "\n") == 2


def test_a_long_message_costs_its_segments_and_one_over_the_limit_is_refused(app: AppUnderTest) -> None:
    temp_id = template(app, "{{a}}")
    before = app.ok("GET", "/accounts/app")["app_industry"]
    assert send(app, temp_id, temp_para={"a": "字" * 67}).segments == 2
    assert app.ok("GET", "/accounts/app")["app_industry"] == before - 2
    send(app, temp_id, temp_para={"a": "字" * 496})
    body = {"mobile": MOBILE, "temp_id": temp_id, "temp_para": {"a": "字" * 497}}
    assert app.code_of("POST", "/messages", body) == 50038


def test_credit_comes_from_the_own_pool_first_and_then_from_the_one_for_all(app: AppUnderTest) -> None:
    app.switch(credit=Credit(balance=1, voice=1, industry=1, market=0))
    for number in (1, 2):
        send(app, 1250, temp_para={"number": str(number)})
    left = {"app_balance": 0, "app_voice": 1, "app_industry": 0, "app_market": 0}
    assert app.ok("GET", "/accounts/app").items() >= left.items()
    assert app.code_of("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251}) == 50014
    app.ok("POST", "/voice_codes", {"mobile": MOBILE})


def test_pools_never_allocated_are_null(app: AppUnderTest) -> None:
    app.switch(credit=Credit(balance=None, voice=None, industry=5, market=None))
    left = {"app_balance": None, "app_voice": None, "app_industry": 5, "app_market": None}
    assert app.ok("GET", "/accounts/app").items() >= left.items()
    assert app.code_of("POST", "/voice_codes", {"mobile": MOBILE}) == 50014
    app.switch(credit=Credit(None, None, None, None))
    assert app.code_of("GET", "/accounts/app") == 50033


def test_the_developer_account_has_pools_of_its_own(app: AppUnderTest) -> None:
    before = app.ok("GET", "/accounts/dev", auth=app.dev_auth)
    assert set(before) == {"dev_balance", "dev_voice", "dev_industry", "dev_market"}
    app.sent_code()
    assert app.ok("GET", "/accounts/dev", auth=app.dev_auth)["dev_industry"] == before["dev_industry"] - 1


def test_the_same_notice_goes_to_one_number_three_times_in_ten_minutes(app: AppUnderTest) -> None:
    for _ in range(3):
        send(app, 1251)
    assert app.code_of("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251}) == 50009
    send(app, 1250, temp_para={"number": "another text"})
    app.ok("POST", "/messages", {"mobile": "13800138001", "temp_id": 1251})
    app.sandbox.advance(600)
    send(app, 1251)


def test_marketing_goes_to_one_number_three_times_in_ten_minutes_whatever_it_says(app: AppUnderTest) -> None:
    for name in "abc":
        send(app, 1252, temp_para={"name": name})
    assert app.code_of("POST", "/messages", {"mobile": MOBILE, "temp_id": 1252, "temp_para": {"name": "d"}}) == 50009
    send(app, 1251)


def test_marketing_at_night_is_only_a_warning(app: AppUnderTest) -> None:
    night = app.sandbox.look(lambda state: state.clock.beijing())
    app.sandbox.advance(((27 - night.hour) % 24) * 3600)
    send(app, 1252, temp_para={"name": "a"})
    assert any("08:00" in warning for warning in app.last_entry().warnings)
    app.sandbox.advance(9 * 3600)
    send(app, 1252, temp_para={"name": "a"})
    assert app.last_entry().warnings == []


def test_a_batch_tells_of_each_recipient_in_the_order_sent(app: AppUnderTest) -> None:
    app.switch(opt_outs=["13800138002"])
    order = [
        ("13800138000", {"number": "1"}, None),
        ("", {"number": "1"}, "50004"),
        ("138", {"number": "1"}, "50006"),
        ("13800138001", None, "50023"),
        ("13800138001", {"number": ""}, "50023"),
        ("13800138001", {"other": "1"}, "50022"),
        ("13800138001", {"number": "【"}, "50054"),
        ("13800138001", {"number": "沙箱敏感词"}, "50037"),
        ("13800138001", {"number": "1" * 500}, "50038"),
        ("13800138002", {"number": "1"}, "50024"),
        ("13800138000", {"number": "1"}, "50034"),
        ("13800138000", {"number": "2"}, None),
        ("13000050009", {"number": "2"}, "50009"),
    ]  # fmt: skip
    recipients = [{"mobile": mobile, **({} if para is None else {"temp_para": para})} for mobile, para, _ in order]
    response = app.ok("POST", "/messages/batch", {"temp_id": 1250, "tag": "spring", "recipients": recipients})
    assert response["success_count"] == 2
    assert response["failure_count"] == len(order) - 2
    assert [entry.get("error_code") for entry in response["recipients"]] == [code for _, _, code in order]
    for entry, (mobile, para, code) in zip(response["recipients"], order, strict=True):
        assert entry["mobile"] == mobile
        assert entry["msg_id"].isdigit()
        assert entry.get("temp_para") == (para if code else None)
    assert app.message(response["recipients"][0]["msg_id"]).tag == "spring"


def test_credit_that_runs_out_within_a_batch_refuses_the_rest(app: AppUnderTest) -> None:
    app.switch(credit=Credit(0, 0, 2, 0))
    recipients = [{"mobile": f"1380013800{number}"} for number in range(4)]
    response = app.ok("POST", "/messages/batch", {"temp_id": 1251, "recipients": recipients})
    assert [entry.get("error_code") for entry in response["recipients"]] == [None, None, "50014", "50014"]


def test_a_tag_longer_than_the_contract_allows_is_an_invalid_body(app: AppUnderTest) -> None:
    body = {
        "temp_id": 1251,
        "tag": "x" * (SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH + 1),
        "recipients": [{"mobile": MOBILE}],
    }
    assert app.code_of("POST", "/messages/batch", body) == 50007


def test_a_signature_of_choice_stands_in_front_once_it_passed(app: AppUnderTest) -> None:
    assert app.code_of("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251, "sign_id": 5}) == 50102
    assert send(app, 1251, sign_id=4321).sign_id == 4321


def test_an_unknown_field_and_an_unknown_parameter_leave_a_warning(app: AppUnderTest) -> None:
    send(app, 1250, temp_para={"number": "1", "nmuber": "2"}, temp_pra={})
    assert any("'temp_pra'" in warning for warning in app.last_entry().warnings)
    assert any("'nmuber'" in warning for warning in app.last_entry().warnings)
