"""The fixtures of the pytest plugin, used as an app's own tests use them."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from jsms_client import JSMS
from jsms_client.errors import NoMoneyError, OutOfFreqError, UnknownOutcomeError
from jsms_sandbox import pytest_plugin
from jsms_sandbox.pytest_plugin import Sandbox, SandboxCallError, SandboxServer

MOBILE = "13800138000"
OTHER = "13900139000"


def test_a_client_needs_no_arguments(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        sent = jsms.codes.send(MOBILE, temp_id=1)
    assert [each.msg_id for each in jsms_sandbox.messages] == [sent.msg_id]
    assert os.environ["JSMS_APP_KEY"] == jsms_sandbox.settings["app_key"]


def test_a_code_can_be_read_and_verified(jsms_sandbox: Sandbox) -> None:
    with JSMS(**jsms_sandbox.settings) as jsms:
        sent = jsms.codes.send(MOBILE, temp_id=1)
        assert jsms.codes.verify(sent.msg_id, jsms_sandbox.wait_code(MOBILE))


def test_a_code_is_waited_for(jsms_sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(1) as pool, JSMS() as jsms:
        code = pool.submit(jsms_sandbox.wait_code, MOBILE)
        sent = jsms.codes.send(MOBILE, temp_id=1)
        assert jsms.codes.verify(sent.msg_id, code.result())


def test_the_code_after_another_is_the_newer_one(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        first = jsms.codes.send(MOBILE, temp_id=1)
        with pytest.raises(SandboxCallError):
            jsms_sandbox.wait_code(MOBILE, after=first.msg_id, timeout=0)
        jsms_sandbox.clock.advance(60)
        second = jsms.codes.send(MOBILE, temp_id=1)
        assert jsms.codes.verify(second.msg_id, jsms_sandbox.wait_code(MOBILE, after=first.msg_id))


def test_a_code_that_never_came_is_explained_by_what_was_refused(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.set_credit(balance=0, industry=0)
    with JSMS() as jsms, pytest.raises(NoMoneyError):
        jsms.codes.send(MOBILE, temp_id=1)
    with pytest.raises(
        SandboxCallError,
        match=r"^No code was sent to 138\*{4}8000 within 0 s\.\naccepted: nothing\nrefused: 1\n  sendCode: 50014 NO",
    ):
        jsms_sandbox.wait_code(MOBILE, timeout=0)


@pytest.mark.parametrize("timeout", [-1, 100])
def test_a_timeout_out_of_range_is_refused_by_its_name(jsms_sandbox: Sandbox, timeout: float) -> None:
    for wait in (jsms_sandbox.wait_code, jsms_sandbox.wait_message, jsms_sandbox.wait_callback):
        with pytest.raises(SandboxCallError, match=rf"^timeout: .*given was '{timeout}'"):
            wait(timeout=timeout)


def test_each_app_sees_its_own_messages_alone(jsms_sandbox_server: SandboxServer) -> None:
    with jsms_sandbox_server.new_app("one") as one, jsms_sandbox_server.new_app("two") as two:
        with JSMS(**one.settings) as jsms:
            jsms.codes.send(MOBILE, temp_id=1)
        one.assert_sent(MOBILE, count=1)
        two.assert_not_sent()


def test_an_app_is_forgotten_after_its_block(jsms_sandbox_server: SandboxServer) -> None:
    with jsms_sandbox_server.new_app() as app:
        assert app.app.name == ""
    with pytest.raises(SandboxCallError, match="app"):
        _ = app.app


def test_what_was_sent_is_found_by_what_it_says(jsms_sandbox: Sandbox) -> None:
    temp_id = jsms_sandbox.add_template("Your parcel {{number}} is here.")
    with JSMS() as jsms:
        jsms.messages.send(MOBILE, temp_id=temp_id, temp_para={"number": "A7"})
        jsms.codes.send(OTHER, temp_id=1)
    (notice,) = jsms_sandbox.assert_sent(MOBILE, text="parcel a7", kind="notice", temp_id=temp_id, count=1)
    assert notice.temp_para == {"number": "A7"}
    assert len(jsms_sandbox.assert_sent()) == 2
    assert jsms_sandbox.wait_message(text="parcel").msg_id == notice.msg_id
    jsms_sandbox.assert_not_sent(MOBILE, text="letter")


def test_a_failed_assertion_lists_the_messages_that_were_sent(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        jsms.codes.send(MOBILE, temp_id=1)
    with pytest.raises(AssertionError) as caught:
        jsms_sandbox.assert_sent(OTHER, text="parcel")
    message = str(caught.value)
    assert message.startswith(
        "Expected at least one message (mobile='139****9000', text='parcel'), found 0.\naccepted: 1\n"
    )
    assert "code to 138****8000: " in message
    assert MOBILE not in message
    assert jsms_sandbox.wait_code(MOBILE) not in message


def test_the_wrong_number_of_messages_is_reported(jsms_sandbox: Sandbox) -> None:
    with pytest.raises(AssertionError, match=r"Expected 2 messages \(any\), found 0\."):
        jsms_sandbox.assert_sent(count=2)


def test_a_message_that_does_not_come_is_reported(jsms_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCallError, match=r"No message \(tag='spring'\) within 0 s"):
        jsms_sandbox.wait_message(tag="spring", timeout=0)


def test_the_next_request_fails_as_asked_and_the_one_after_it_does_not(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(50009, operation="sendCode")
    with JSMS() as jsms:
        jsms.accounts.app()
        with pytest.raises(OutOfFreqError):
            jsms.codes.send(MOBILE, temp_id=1)
        jsms.codes.send(MOBILE, temp_id=1)


def test_a_failure_of_one_test_is_none_of_another(jsms_sandbox: Sandbox, jsms_sandbox_server: SandboxServer) -> None:
    jsms_sandbox.fail_next(50009, times=None)
    with jsms_sandbox_server.new_app() as other, JSMS(**other.settings) as jsms:
        jsms.codes.send(MOBILE, temp_id=1)
    jsms_sandbox.clear_faults()
    with JSMS() as jsms:
        jsms.codes.send(MOBILE, temp_id=1)


def test_a_lost_response_leaves_the_message_sent_once(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(kind="drop")
    with JSMS() as jsms, pytest.raises(UnknownOutcomeError):
        jsms.codes.send(MOBILE, temp_id=1)
    jsms_sandbox.assert_sent(MOBILE, count=1)
    assert [each.fault is not None for each in jsms_sandbox.requests] == [True]


def test_a_failure_that_cannot_be_is_refused_with_the_reason(jsms_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCallError, match="operation"):
        jsms_sandbox.fail_next(50009, operation="sendParcel")


def test_codes_expire_when_the_clock_advances(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        sent = jsms.codes.send(MOBILE, temp_id=1)
        jsms_sandbox.clock.advance(timedelta(hours=1))
        verification = jsms.codes.verify(sent.msg_id, jsms_sandbox.wait_code(MOBILE))
    assert not verification
    assert verification.reason is not None
    assert verification.reason.name == "EXPIRED"


def test_the_clock_is_frozen_and_advanced(jsms_sandbox: Sandbox) -> None:
    clock = jsms_sandbox.clock
    when = datetime(2030, 7, 1, 9, tzinfo=UTC)
    clock.freeze(when)
    assert (clock.now, clock.frozen) == (when, True)
    clock.advance(90)
    assert clock.now == when + timedelta(seconds=90)
    clock.unfreeze()
    assert not clock.frozen
    clock.reset()
    assert abs(clock.now - datetime.now(UTC)) < timedelta(minutes=5)
    clock.set(when)
    assert clock.now >= when
    with pytest.raises(ValueError, match="has no zone"):
        clock.set(datetime(2030, 7, 1))


def test_the_clock_of_a_test_before_is_put_right(jsms_sandbox: Sandbox) -> None:
    assert abs(jsms_sandbox.clock.now - datetime.now(UTC)) < timedelta(minutes=5)


def test_users_reply_and_messages_are_reported(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        sent = jsms.codes.send(MOBILE, temp_id=1)
        jsms_sandbox.report(sent.msg_id, 4003)
        jsms_sandbox.reply(MOBILE, "hello")
        (report,) = jsms.receipts.reports()
        (reply,) = jsms.receipts.replies()
    assert (report.msg_id, int(report.status), reply.content) == (sent.msg_id, 4003, "hello")


def test_templates_and_signatures_are_decided_on(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.switch(review={"mode": "by_hand"})
    sign_id = jsms_sandbox.add_sign("Parcels")
    with JSMS() as jsms:
        temp_id = jsms.templates.create("Your parcel {{number}} is here.", type=2).temp_id
        assert jsms_sandbox.review_template(temp_id, passed=False, reason="too short").status_name == "REJECTED"
        assert jsms.templates.get(temp_id).status == 2
        assert jsms_sandbox.review_sign(sign_id).status_name == "PASSED"
        assert jsms.signs.get(sign_id).status == 1


def test_credit_is_what_it_is_set_to(jsms_sandbox: Sandbox) -> None:
    assert jsms_sandbox.set_credit(balance=3).balance == 3
    assert jsms_sandbox.credit.balance == 3
    with JSMS() as jsms:
        assert jsms.accounts.app().app_balance == 3


def test_an_app_can_start_afresh(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        jsms.codes.send(MOBILE, temp_id=1)
        jsms_sandbox.reset()
        assert jsms_sandbox.messages == []
        jsms.codes.send(MOBILE, temp_id=1)


def test_the_server_is_a_process_of_its_own_that_ends_with_its_block() -> None:
    threads = set(threading.enumerate())
    with SandboxServer() as server:
        assert set(threading.enumerate()) == threads
        assert server.page_url.startswith("http://127.0.0.1:")
        app = server.new_app()
    with pytest.raises(SandboxCallError, match="does not respond"):
        _ = app.app


def test_the_fixture_is_strict_and_a_server_is_lenient(jsms_sandbox: Sandbox) -> None:
    def send(app: Sandbox) -> tuple[int, list[str]]:
        """Send JSON without a Content-Type."""
        auth = (app.settings["app_key"], app.settings["master_secret"])
        body = json.dumps({"mobile": MOBILE, "temp_id": 1})
        response = httpx.post(f"{app.url}/codes", content=body, auth=auth, trust_env=False)
        return response.status_code, app.requests[-1].warnings

    assert send(jsms_sandbox) == (415, [])
    with SandboxServer() as server, server.new_app() as lenient:
        assert send(lenient) == (200, ["The Content-Type of a JSON body should be application/json."])


def test_callbacks_to_an_app_that_is_not_there_are_seen_as_waiting(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.switch(callback_url="http://127.0.0.1:9/callback", check_callback=False)
    jsms_sandbox.reply(MOBILE, "hello")
    callback = jsms_sandbox.wait_callback("SMS_REPLY", delivered=False)
    assert callback.type == "SMS_REPLY"
    assert [each.number for each in jsms_sandbox.callbacks] == [callback.number]
    with pytest.raises(SandboxCallError, match="No callback of type SMS_REPLY within 0 s"):
        jsms_sandbox.wait_callback("SMS_REPLY", timeout=0)


def test_every_public_name_is_there() -> None:
    for name in pytest_plugin.__all__:
        assert getattr(pytest_plugin, name) is not None
