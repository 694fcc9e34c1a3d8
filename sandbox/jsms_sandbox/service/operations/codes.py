"""Verification codes: sendCode, sendVoiceCode, verifyCode."""

from __future__ import annotations

import secrets

from jsms_contract.codes import EXPIRED_CODE, INVALID_CODE, VERIFIED_CODE, WRONG_MSG_ID
from jsms_contract.values import TEMPLATE_TYPE_VERIFICATION_CODE
from jsms_sandbox.service.composing import usable_sign, usable_template
from jsms_sandbox.service.request import CheckedRequest, Refusal
from jsms_sandbox.service.response import Response, json_response
from jsms_sandbox.service.send_checks import (
    check_allocated,
    check_and_charge,
    check_frequency,
    check_magic_number,
    check_opt_out,
)
from jsms_sandbox.service.text import fill, full_text, segments
from jsms_sandbox.simulation.delivery import accept_message
from jsms_sandbox.state.entities import App, Code, Message
from jsms_sandbox.state.state import State

TTL = 60
"""Seconds that a code lives whose request or template says nothing: what the contract says of a voice code."""


def send_code(state: State, request: CheckedRequest) -> Response:
    """Make a code, fill it into a code template and send it."""
    app, fields = request.app, request.fields
    mobile: str = fields["mobile"]
    check_magic_number(request, mobile, request.operation.codes)
    template = usable_template(state, app, fields["temp_id"], (TEMPLATE_TYPE_VERIFICATION_CODE,))
    sign = usable_sign(state, app, fields.get("sign_id"))
    code = new_code(app)
    text = full_text(sign.sign, fill(template.template, {"code": code}), marketing=False)
    check_opt_out(app, mobile)
    check_frequency(state, app, "code", mobile, text)
    check_allocated(app.credit)
    count = segments(text)
    check_and_charge(state, app, "code", count)
    now = state.clock.now()
    message = Message(
        str(state.next_number("message")),
        app.app_key,
        "code",
        mobile,
        text,
        count,
        now,
        temp_id=template.temp_id,
        sign_id=sign.sign_id,
        code=Code(code, now + (template.ttl or TTL)),
    )
    return _sent(state, request, message)


def send_voice_code(state: State, request: CheckedRequest) -> Response:
    """Call a number and read a code out."""
    app, fields = request.app, request.fields
    mobile: str = fields["mobile"]
    check_magic_number(request, mobile, request.operation.codes)
    check_opt_out(app, mobile)
    check_frequency(state, app, "voice", mobile, "")
    check_allocated(app.credit)
    check_and_charge(state, app, "voice", 1)
    code: str = fields.get("code") or new_code(app)
    language: int = fields.get("voice_lang") or 0
    now = state.clock.now()
    message = Message(
        str(state.next_number("message")),
        app.app_key,
        "voice",
        mobile,
        SPOKEN[language].format(code=" ".join(code)),
        1,
        now,
        language=language,
        code=Code(code, now + (fields.get("ttl") or TTL)),
    )
    return _sent(state, request, message)


def verify_code(state: State, request: CheckedRequest) -> Response:
    """Check what the user typed; a code counts once."""
    app, typed = request.app, request.fields["code"]
    message = state.messages.get(request.path_id)
    if message is None or message.app_key != app.app_key or message.code is None:
        raise Refusal(WRONG_MSG_ID, "msg_id", "The app sent no code under this msg_id.")
    code = message.code
    if code.verified_at is not None:
        raise Refusal(VERIFIED_CODE, "code", "This code was verified before; a code counts once.")
    now = state.clock.now()
    if now >= code.expires_at:
        late = now - code.expires_at
        raise Refusal(EXPIRED_CODE, "code", "This code expired %.0f seconds ago.", late)
    if typed != code.code:
        raise Refusal(INVALID_CODE, "code", "This is not the code that was sent.")
    code.verified_at = now
    state.save(message)
    request.raw.msg_ids.append(message.msg_id)
    state.events.publish("verified", {"msg_id": message.msg_id, "app_key": app.app_key})
    return json_response({"is_valid": True})


def new_code(app: App) -> str:
    """Make a code: six random digits, or the app's fixed code."""
    return app.fixed_code or f"{secrets.randbelow(1_000_000):06d}"


def _sent(state: State, request: CheckedRequest, message: Message) -> Response:
    accept_message(state, request.app, message)
    request.raw.msg_ids.append(message.msg_id)
    return json_response({"msg_id": message.msg_id})


SPOKEN = (
    "您的验证码是 {code}",
    "Your verification code is {code}",
    "您的验证码是 {code}. Your verification code is {code}",
)
"""By VoiceLanguage of the contract: what the voice says."""
