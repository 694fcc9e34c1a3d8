"""Verification codes: sent, spoken, verified once, expired."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jsms_sandbox.assumptions import assumptions

from .threaded_sandbox import AppUnderTest

MOBILE = "13800138000"


def test_a_code_has_six_digits_stands_in_the_text_and_verifies_once(app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    assert re.fullmatch("[0-9]{6}", code)
    assert re.fullmatch("[0-9]{1,20}", msg_id)
    message = app.message(msg_id)
    assert message.text == f"【极光】您的验证码是{code}，五分钟内有效。"
    assert app.ok("POST", f"/codes/{msg_id}/valid", {"code": code}) == {"is_valid": True}
    response = app.post(f"/codes/{msg_id}/valid", {"code": code})
    assert response.status_code == 403
    assert response.json() == {"is_valid": False, "error": {"code": 50012, "message": "verified code"}}


def test_a_wrong_try_changes_nothing(app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    for wrong in ("no", code + "0", f" {code}", code[:-1]):
        response = app.post(f"/codes/{msg_id}/valid", {"code": wrong})
        assert response.json() == {"is_valid": False, "error": {"code": 50010, "message": "invalid code"}}
    assert app.ok("POST", f"/codes/{msg_id}/valid", {"code": code})["is_valid"] is True


def test_a_newer_code_does_not_void_an_older_one(app: AppUnderTest) -> None:
    first, second = app.sent_code(), app.sent_code()
    for msg_id, code in (first, second):
        assert app.ok("POST", f"/codes/{msg_id}/valid", {"code": code})["is_valid"] is True


def test_a_code_expires_when_the_ttl_of_its_template_is_over(app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    app.sandbox.advance(295)
    other, other_code = app.sent_code()
    app.sandbox.advance(5)
    response = app.post(f"/codes/{msg_id}/valid", {"code": code})
    assert response.json() == {"is_valid": False, "error": {"code": 50011, "message": "expired code"}}
    assert app.ok("POST", f"/codes/{other}/valid", {"code": other_code})["is_valid"] is True


def test_a_voice_code_is_valid_for_sixty_seconds_by_default(app: AppUnderTest) -> None:
    short = app.ok("POST", "/voice_codes", {"mobile": MOBILE, "code": "0123"})["msg_id"]
    app.sandbox.advance(60)
    long = app.ok("POST", "/voice_codes", {"mobile": MOBILE, "code": "4567", "ttl": 120, "voice_lang": 2})["msg_id"]
    assert app.code_of("POST", f"/codes/{short}/valid", {"code": "0123"}) == 50011
    app.sandbox.advance(60)
    assert app.ok("POST", f"/codes/{long}/valid", {"code": "4567"})["is_valid"] is True


def test_voice_codes_to_one_number_are_twenty_seconds_apart(app: AppUnderTest) -> None:
    app.ok("POST", "/voice_codes", {"mobile": MOBILE})
    app.ok("POST", "/voice_codes", {"mobile": "13800138001"})
    assert app.code_of("POST", "/voice_codes", {"mobile": MOBILE}) == 50009
    app.sandbox.advance(20)
    app.ok("POST", "/voice_codes", {"mobile": MOBILE})


def test_one_number_gets_two_hundred_text_codes_in_a_rolling_day(app: AppUnderTest) -> None:
    for _ in range(200):
        app.ok("POST", "/codes", {"mobile": MOBILE, "temp_id": 1})
    assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 1}) == 50009
    app.sandbox.advance(86_400)
    app.ok("POST", "/codes", {"mobile": MOBILE, "temp_id": 1})


def test_a_refused_code_uses_up_neither_credit_nor_quota(app: AppUnderTest) -> None:
    before = app.ok("GET", "/accounts/app")
    app.ok("POST", "/voice_codes", {"mobile": MOBILE})
    for _ in range(5):
        assert app.code_of("POST", "/voice_codes", {"mobile": MOBILE}) == 50009
        assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 999}) == 50013
    after = app.ok("GET", "/accounts/app")
    assert after == before | {"app_voice": before["app_voice"] - 1}
    app.sandbox.advance(20)
    app.ok("POST", "/voice_codes", {"mobile": MOBILE})


@pytest.mark.parametrize("msg_id", ["0", "abc", "9" * 21, "１"])
def test_only_the_app_that_sent_a_code_can_verify_it(app: AppUnderTest, msg_id: str) -> None:
    own, code = app.sent_code()
    other = app.sandbox.app()
    with other.http:
        assert other.code_of("POST", f"/codes/{own}/valid", {"code": code}) == 50026
        assert other.code_of("POST", f"/codes/{msg_id}/valid", {"code": code}) == 50026


def test_a_message_that_is_no_code_cannot_be_verified(app: AppUnderTest) -> None:
    msg_id = app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251})["msg_id"]
    response = app.post(f"/codes/{msg_id}/valid", {"code": "123456"})
    assert response.json() == {"is_valid": False, "error": {"code": 50026, "message": "wrong msg_id"}}


@pytest.mark.parametrize(
    ("more", "code"),
    [({"auth": None}, 50001), ({"auth": ("x", "y")}, 50002), ({"body": b""}, 50003), ({"body": {}}, 50015)],
)
def test_every_refusal_of_a_verification_says_that_the_code_is_not_valid(
    app: AppUnderTest, more: dict[str, Any], code: int
) -> None:
    response = app.post("/codes/1/valid", **{"body": {"code": "123456"}, **more})
    assert (response.json()["is_valid"], response.json()["error"]["code"]) == (False, code)


def test_a_fixed_code_is_every_code(app: AppUnderTest) -> None:
    app.switch(fixed_code="000000")
    assert app.sent_code()[1] == app.sent_code()[1] == "000000"


def test_a_text_code_is_not_checked_for_words_which_is_a_listed_assumption(app: AppUnderTest) -> None:
    app.switch(words=["验证码"])
    app.sent_code()
    assert "50037" in dict(assumptions())["codes"]
