"""Prepare what generated data needs to succeed, for each case alone.

Without this a sandbox that refuses everything would pass: valid data with an unknown id is rightly refused. Only what
is valid is replaced; what was made invalid on purpose stays as it is, and must be what the request is refused for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

from schemathesis.transport.serialization import Binary

from jsms_contract.fields import ARGUMENTS
from jsms_contract.operations import OPERATIONS
from jsms_contract.values import REVIEW_STATUS_PASSED, REVIEW_STATUS_REJECTED
from jsms_sandbox.state.entities import App, Code, Message, Schedule, ScheduledRecipient, Sign, Template
from jsms_sandbox.state.state import State
from sandbox.sign_forms import IMAGES, PNG

Fields = dict[str, Any]

CODE_TEMPLATE, TEMPLATE, PLAIN_TEMPLATE, REJECTED_TEMPLATE = 1, 1250, 1251, 77
DEFAULT_SIGN, REJECTED_SIGN, SPARE_SIGN = 4321, 78, 79
MSG_ID, SCHEDULE_ID = "288193860302", "dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e"
MOBILE, LATER = "13800138000", "2099-07-01 09:00:00"
RESERVED = str.maketrans("", "", "【】{}")
SEND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
MAGIC_NUMBER = re.compile(r"130000([0-9]{5})", re.ASCII)
LONGEST_VALUE, LONGEST_TEMPLATE = 100, 470
"""What leaves room for signature, template text and opt-out text in 500 characters."""


def path_ids(operation: str) -> dict[str, object]:
    """Ids of what ``furnish`` makes, which the operation can be used on."""
    return {
        "msg_id": MSG_ID,
        "schedule_id": SCHEDULE_ID,
        "temp_id": REJECTED_TEMPLATE if operation == "updateTemplate" else TEMPLATE,
        "sign_id": {"updateSign": REJECTED_SIGN, "deleteSign": SPARE_SIGN}.get(operation, DEFAULT_SIGN),
    }


def with_seeds(operation: str, body: Fields) -> Fields:
    """Return the body with ids that exist in the places of valid ones, and with what only prose asks for."""
    replace = _BODIES.get(OPERATIONS[operation].tag)
    files = {each.field for each in ARGUMENTS[operation] if each.kind == "image"}
    body = with_times(body) | {name: Binary(PNG) for name in files & body.keys() if isinstance(body[name], str)}
    return replace(body) if replace else body


def with_times(fields: Fields) -> Fields:
    """Replace each text with the form of a time, such as 2030-13-45 00:00:00, by a valid time."""
    return {
        name: LATER if isinstance(value, str) and SEND_TIME.fullmatch(value) else value
        for name, value in fields.items()
    }


def furnish(state: State, operation: str, body: object) -> App:
    """Create an app with everything that ``path_ids`` and ``with_seeds`` name."""
    app = state.create_app()
    key, now = app.app_key, state.clock.now()
    state.add_template(Template(key, REJECTED_TEMPLATE, "您好", 2, None, "", REVIEW_STATUS_REJECTED, now))
    state.add_sign(Sign(key, REJECTED_SIGN, "极光", 1, "", REVIEW_STATUS_REJECTED, now))
    state.add_sign(Sign(key, SPARE_SIGN, "沙箱", 1, "", REVIEW_STATUS_PASSED, now))
    typed: object = cast("Fields", body).get("code") if isinstance(body, dict) else None
    code = Code(typed if isinstance(typed, str) else "583201", now + 300)
    state.add_message(Message(MSG_ID, key, "code", MOBILE, "", 1, now, code=code))
    send_at = datetime.fromisoformat(f"{LATER}+08:00").timestamp()
    recipients = [ScheduledRecipient("1", MOBILE, {"number": "1"}, "【极光】您的订单1已发货。")]
    batch = operation == "updateScheduleBatch"
    state.add_schedule(
        Schedule(SCHEDULE_ID, key, batch, send_at, LATER, TEMPLATE, 2, DEFAULT_SIGN, None, recipients, now)
    )
    return app


def _is_id(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value < 2**63 and value == int(value)


def _replace(fields: Fields, name: str, test: Callable[[Any], bool], value: object) -> None:
    if name in fields and test(fields[name]):
        fields[name] = value


def _parameters(fields: Fields) -> None:
    given = fields.get("temp_para")
    if not isinstance(given, dict):
        return
    clean = {name: _clean(value) for name, value in cast("Fields", given).items()}
    number = clean.get("number", "")
    if isinstance(number, str):
        clean["number"] = number[:LONGEST_VALUE] or "741627"
    fields["temp_para"] = clean


def _clean(value: Any) -> Any:
    return value.translate(RESERVED) if isinstance(value, str) else value


def _number(fields: Fields) -> None:
    mobile = fields.get("mobile")
    if isinstance(mobile, str) and (match := MAGIC_NUMBER.fullmatch(mobile)):
        fields["mobile"] = f"138000{match[1]}"


def _sending(fields: Fields) -> Fields:
    template = TEMPLATE if isinstance(fields.get("temp_para"), dict) or "recipients" in fields else PLAIN_TEMPLATE
    _replace(fields, "temp_id", _is_id, template)
    _replace(fields, "sign_id", _is_id, DEFAULT_SIGN)
    _number(fields)
    _parameters(fields)
    if isinstance(fields.get("recipients"), list):
        recipients: list[object] = [*fields["recipients"]]
        for place, each in enumerate(recipients):
            if isinstance(each, dict):
                recipients[place] = recipient = dict(cast("Fields", each))
                _number(recipient)
                _parameters(recipient)
        fields["recipients"] = recipients
    return fields


def _code(fields: Fields) -> Fields:
    _replace(fields, "temp_id", _is_id, CODE_TEMPLATE)
    _replace(fields, "sign_id", _is_id, DEFAULT_SIGN)
    _number(fields)
    return fields


def _template(fields: Fields) -> Fields:
    _replace(fields, "temp_id", _is_id, REJECTED_TEMPLATE)
    text = fields.get("template")
    if isinstance(text, str) and 0 < len(text) <= 500:
        fields["template"] = text.translate(RESERVED)[:LONGEST_TEMPLATE].replace("\n", " ") or "您好。"
        if fields.get("type") == 1 and not isinstance(fields.get("type"), bool):
            fields["template"] += "{{code}}"
            fields.setdefault("ttl", 300)
    return fields


def _form(fields: Fields) -> Fields:
    # The newer form has papers for some types of the older one only, which its schema cannot say.
    _replace(fields, "type", lambda value: _is_id(value) and value <= max(IMAGES) and value not in IMAGES, min(IMAGES))
    needed = IMAGES.get(fields["type"]) if isinstance(fields.get("type"), int) else None
    if needed is not None:
        fields.setdefault(needed, Binary(PNG))
    return fields


_BODIES: Final[Mapping[str, Callable[[Fields], Fields]]] = {
    "codes": _code,
    "messages": _sending,
    "schedules": _sending,
    "templates": _template,
    "signs": _form,
}
"""By the tag of the operation: what it does not name stays as it is."""
