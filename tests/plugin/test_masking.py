"""The report of a failed test shows no number and no code."""

from __future__ import annotations

import pytest

from jsms_client import JSMS
from jsms_client.errors import JSMSError
from jsms_sandbox.pytest_plugin import Sandbox, SandboxCallError

MOBILE = "13812345678"
SHOWN = "138****5678"


def test_a_spoken_code_is_masked(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        jsms.codes.send_voice(MOBILE, code="493817")
    report = jsms_sandbox.account()
    assert f"voice to {SHOWN}: 您的验证码是 ******" in report
    assert "4 9 3 8 1 7" not in report


def test_the_number_in_a_refusal_is_masked(jsms_sandbox: Sandbox) -> None:
    with JSMS() as jsms:
        jsms.codes.send_voice(MOBILE)
        with pytest.raises(JSMSError):
            jsms.codes.send_voice(MOBILE)
    report = jsms_sandbox.account()
    assert f"{SHOWN} can get a voice message once in " in report
    assert MOBILE not in report


def test_the_number_that_opted_out_is_masked(jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.switch(opt_outs=[MOBILE])
    with JSMS() as jsms, pytest.raises(JSMSError):
        jsms.codes.send(MOBILE, temp_id=1)
    report = jsms_sandbox.account()
    assert f"{SHOWN} has opted out" in report
    assert MOBILE not in report


def test_a_number_in_the_text_of_a_message_is_masked(jsms_sandbox: Sandbox) -> None:
    temp_id = jsms_sandbox.add_template("Call {{number}}, order 138123456789.")
    with JSMS() as jsms:
        jsms.messages.send("13900139000", temp_id=temp_id, temp_para={"number": MOBILE})
    assert f"Call {SHOWN}, order 138123456789." in jsms_sandbox.account()


def test_the_number_whose_code_never_came_is_masked(jsms_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCallError) as caught:
        jsms_sandbox.wait_code(MOBILE, timeout=0)
    assert SHOWN in str(caught.value)
    assert MOBILE not in str(caught.value)
