"""Template SMS: sendMessage, sendMessageBatch."""

from __future__ import annotations

from datetime import datetime

from jsms_contract.billing import MARKETING_FROM, MARKETING_UNTIL
from jsms_contract.values import TEMPLATE_TYPE_MARKETING
from jsms_sandbox.contract import info
from jsms_sandbox.service.composing import Recipient, SeenTexts, check_recipient, chosen, compose
from jsms_sandbox.service.request import CheckedRequest, Hint, Refusal
from jsms_sandbox.service.response import Response, json_response
from jsms_sandbox.service.send_checks import check_allocated, check_and_charge, check_frequency, check_magic_number
from jsms_sandbox.service.text import segments
from jsms_sandbox.simulation.clock import BEIJING
from jsms_sandbox.simulation.delivery import accept_message
from jsms_sandbox.state.entities import App, Message, MessageKind, Sign, Template
from jsms_sandbox.state.state import State


def send_message(state: State, request: CheckedRequest) -> Response:
    """Send a template SMS to one number."""
    app, fields = request.app, request.fields
    mobile: str = fields["mobile"]
    check_magic_number(request, mobile, request.operation.codes)
    template, sign = chosen(state, request)
    text = compose(request, app, template, sign, fields.get("temp_para"), mobile)
    message = _send(state, app, template, sign, Recipient(mobile, fields.get("temp_para"), text), None, first=True)
    warn_of_the_hour(request, template, state.clock.now())
    request.raw.msg_ids.append(message.msg_id)
    return json_response({"msg_id": message.msg_id})


def send_message_batch(state: State, request: CheckedRequest) -> Response:
    """Send a template SMS to many numbers; refused ones do not stop the others."""
    app, fields = request.app, request.fields
    template, sign = chosen(state, request)
    check_allocated(app.credit)
    seen: SeenTexts = set()
    results: list[dict[str, object]] = []
    accepted = 0
    for values in fields["recipients"]:
        try:
            recipient = check_recipient(request, template, sign, values, seen)
            message = _send(state, app, template, sign, recipient, fields.get("tag"))
        except Refusal as refused:
            msg_id = str(state.next_number("message"))
            results.append({"msg_id": msg_id, **refused_recipient(request, values, refused)})
        else:
            accepted += 1
            request.raw.msg_ids.append(message.msg_id)
            results.append({"msg_id": message.msg_id, "mobile": message.mobile})
    warn_of_the_hour(request, template, state.clock.now())
    return json_response({"success_count": accepted, "failure_count": len(results) - accepted, "recipients": results})


def refused_recipient(request: CheckedRequest, values: dict[str, object], refused: Refusal) -> dict[str, object]:
    """Describe a refused recipient for a batch's response."""
    request.warn(
        "%s was refused: %s, %s",
        values.get("mobile") or Hint("A recipient without a number"),
        refused.code,
        refused.said,
    )
    shown: dict[str, object] = {
        "mobile": values.get("mobile") or "",
        "error_code": str(refused.code),
        "error_message": info(refused.code).message,
    }
    if values.get("temp_para") is not None:
        shown["temp_para"] = values["temp_para"]
    return shown


def _send(
    state: State,
    app: App,
    template: Template,
    sign: Sign,
    recipient: Recipient,
    tag: str | None,
    *,
    first: bool = False,
) -> Message:
    kind: MessageKind = "marketing" if template.type == TEMPLATE_TYPE_MARKETING else "notice"
    check_frequency(state, app, kind, recipient.mobile, recipient.text)
    if first:
        check_allocated(app.credit)
    count = segments(recipient.text)
    check_and_charge(state, app, kind, count)
    message = Message(
        str(state.next_number("message")),
        app.app_key,
        kind,
        recipient.mobile,
        recipient.text,
        count,
        state.clock.now(),
        temp_id=template.temp_id,
        sign_id=sign.sign_id,
        temp_para=recipient.temp_para or {},
        tag=tag,
    )
    return accept_message(state, app, message)


def warn_of_the_hour(request: CheckedRequest, template: Template, at: float) -> None:
    """Warn of marketing that is sent when the service would delay it."""
    hour = f"{datetime.fromtimestamp(at, BEIJING):%H:%M}"
    if template.type == TEMPLATE_TYPE_MARKETING and not MARKETING_FROM <= hour < MARKETING_UNTIL:
        request.warn(
            "Marketing is sent from %s to %s Beijing time only; the service would delay this.",
            MARKETING_FROM,
            MARKETING_UNTIL,
        )
