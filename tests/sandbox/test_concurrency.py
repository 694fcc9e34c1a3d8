"""Many requests at once: no credit, limit or code is used more often than there is."""

from __future__ import annotations

from collections import Counter

from jsms_sandbox.state.entities import Credit

from .connections import Call, Response, at_once
from .threaded_sandbox import AppUnderTest

MOBILE = "13800138000"


def sent(app: AppUnderTest, *calls: tuple[str, object]) -> list[Response]:
    """Post all of them over 64 connections."""
    return at_once(app.sandbox.url, app.auth, [Call("POST", path, body) for path, body in calls])


def codes(responses: list[Response]) -> Counter[int]:
    return Counter(each.code for each in responses)


def test_credit_is_never_overrun(app: AppUnderTest) -> None:
    app.switch(credit=Credit(balance=7, voice=0, industry=20, market=0))
    responses = sent(app, *[("/codes", {"mobile": f"13800{n:06d}", "temp_id": 1}) for n in range(200)])
    assert codes(responses) == {200: 27, 50014: 173}
    left = {"app_balance": 0, "app_voice": 0, "app_industry": 0, "app_market": 0}
    assert app.ok("GET", "/accounts/app").items() >= left.items()


def test_frequency_is_never_overrun(app: AppUnderTest) -> None:
    same: list[tuple[str, object]] = [("/messages", {"mobile": MOBILE, "temp_id": 1251})] * 100
    voice: list[tuple[str, object]] = [("/voice_codes", {"mobile": MOBILE})] * 100
    responses = sent(app, *same, *voice)
    assert codes(responses[:100]) == {200: 3, 50009: 97}
    assert codes(responses[100:]) == {200: 1, 50009: 99}


def test_no_code_verifies_twice(app: AppUnderTest) -> None:
    msg_id, code = app.sent_code()
    responses = sent(app, *[(f"/codes/{msg_id}/valid", {"code": code})] * 200)
    assert codes(responses) == {200: 1, 50012: 199}


def test_every_message_has_an_id_of_its_own_and_is_kept(app: AppUnderTest) -> None:
    responses = sent(app, *[("/codes", {"mobile": f"13900{n:06d}", "temp_id": 1}) for n in range(300)])
    ids = {each.json()["msg_id"] for each in responses}
    assert len(ids) == 300
    assert app.sandbox.look(lambda state: ids <= state.messages.keys())
