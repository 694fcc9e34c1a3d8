"""Compose a message: choose its template and signature, and make the text for each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsms_contract.codes import (
    INVALID_SIGN_ID,
    INVALID_TEMP_ID,
    REPEAT_SEND,
    SIGNATURE_NOT_SET,
    TEMPLATE_AUDITING,
    TEMPLATE_NOT_PASS,
    WRONG_TEMPLATE_TYPE,
)
from jsms_contract.values import (
    REVIEW_STATUS_IN_REVIEW,
    REVIEW_STATUS_PASSED,
    REVIEW_STATUS_REJECTED,
    TEMPLATE_TYPE_MARKETING,
    TEMPLATE_TYPE_NOTICE,
    TEMPLATE_TYPE_VERIFICATION_CODE,
)
from jsms_sandbox.service.fields import problems
from jsms_sandbox.service.request import CheckedRequest, Hint, Refusal
from jsms_sandbox.service.send_checks import check_magic_number, check_opt_out
from jsms_sandbox.service.text import check_length, check_values, check_words, fill, full_text, variables
from jsms_sandbox.state.entities import App, Sign, Template
from jsms_sandbox.state.state import State

CODE_TEMPLATE = (
    "A code template is sent as a notice, with the code of the caller: verifyCode does not know it. Official examples "
    "send template 1 so; the schedules' page lists 50025 against it."
)

SeenTexts = set[tuple[str, str]]
"""Numbers and texts that a batch has already."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One number with the text for it."""

    mobile: str
    temp_para: dict[str, str] | None
    text: str


def chosen(state: State, request: CheckedRequest) -> tuple[Template, Sign]:
    """Find the template and signature that a request names.

    Raises:
        Refusal: One of them cannot be sent.
    """
    app, fields = request.app, request.fields
    template = usable_template(
        state, app, fields["temp_id"], (TEMPLATE_TYPE_VERIFICATION_CODE, TEMPLATE_TYPE_NOTICE, TEMPLATE_TYPE_MARKETING)
    )
    if template.type == TEMPLATE_TYPE_VERIFICATION_CODE:
        request.warn(CODE_TEMPLATE)
    return template, usable_sign(state, app, fields.get("sign_id"))


def compose(
    request: CheckedRequest,
    app: App,
    template: Template,
    sign: Sign,
    parameters: Mapping[str, str] | None,
    mobile: str,
) -> str:
    """Make the whole text for one number, and check it.

    Raises:
        Refusal: The parameters or the content are wrong, or the number opted out.
    """
    body = fill(template.template, parameters)
    names = variables(template.template)
    for name in (parameters or {}).keys() - set(names):
        request.warn("temp_para has a value for %r, which the template does not have.", name[:50])
    check_values((parameters or {}).values())
    text = full_text(sign.sign, body, marketing=template.type == TEMPLATE_TYPE_MARKETING)
    check_words(app, text)
    check_length(text)
    check_opt_out(app, mobile)
    return text


def check_recipient(
    request: CheckedRequest, template: Template, sign: Sign, values: Mapping[str, Any], seen: SeenTexts
) -> Recipient:
    """Check one recipient of a batch, duplicates included, and make its text.

    Raises:
        Refusal: With a code for this recipient alone.
    """
    operation = request.operation
    item = operation.recipient
    for code, name, said in problems(item, values):
        raise Refusal(code, f"field {name}", said)
    mobile: str = values["mobile"]
    check_magic_number(request, mobile, operation.recipient_codes)
    text = compose(request, request.app, template, sign, values.get("temp_para"), mobile)
    if (mobile, text) in seen:
        raise Refusal(REPEAT_SEND, "repeat", "%s gets the same text twice in this batch.", mobile)
    seen.add((mobile, text))
    return Recipient(mobile, values.get("temp_para"), text)


def own_template(state: State, app: App, temp_id: int) -> Template:
    """Find the app's template of this id.

    Raises:
        Refusal: There is none (50013).
    """
    template = state.templates[app.app_key].get(temp_id)
    if template is None:
        known = ", ".join(str(known) for known in list(state.templates[app.app_key])[:20]) or Hint("none")
        raise Refusal(INVALID_TEMP_ID, "template", "The app has no template %s; it has %s.", temp_id, known)
    return template


def usable_template(state: State, app: App, temp_id: int, types: tuple[int, ...]) -> Template:
    """Find the app's template; it must have passed, and be of a type that the operation sends.

    Raises:
        Refusal: It is unknown, in review, rejected or of the wrong type.
    """
    template = own_template(state, app, temp_id)
    if template.status == REVIEW_STATUS_IN_REVIEW:
        raise Refusal(TEMPLATE_AUDITING, "template", "Template %s is still in review; decide on it first.", temp_id)
    if template.status == REVIEW_STATUS_REJECTED:
        reason = template.refuse_reason or Hint("no reason given")
        raise Refusal(TEMPLATE_NOT_PASS, "template", "Template %s was rejected: %s.", temp_id, reason)
    if template.type not in types:
        wanted = ", ".join(str(kind) for kind in types)
        raise Refusal(
            WRONG_TEMPLATE_TYPE,
            "template",
            "Template %s has type %s; this sends type %s.",
            temp_id,
            template.type,
            wanted,
        )
    return template


def own_sign(state: State, app: App, sign_id: int) -> Sign:
    """Find the app's signature of this id.

    Raises:
        Refusal: There is none (50102).
    """
    sign = state.signs[app.app_key].get(sign_id)
    if sign is None:
        known = ", ".join(str(known) for known in list(state.signs[app.app_key])[:20]) or Hint("none")
        raise Refusal(INVALID_SIGN_ID, "signature", "The app has no signature %s; it has %s.", sign_id, known)
    return sign


def usable_sign(state: State, app: App, sign_id: int | None) -> Sign:
    """Find the chosen signature, or the default one.

    Raises:
        Refusal: The app has none that passed (50046), or the chosen one is unknown or did not pass (50102).
    """
    passed = [sign for sign in state.signs[app.app_key].values() if sign.status == REVIEW_STATUS_PASSED]
    if not passed:
        raise Refusal(SIGNATURE_NOT_SET, "signature", "The app has no signature that passed review.")
    if sign_id is None:
        return next((sign for sign in passed if sign.is_default), passed[0])
    sign = own_sign(state, app, sign_id)
    if sign.status != REVIEW_STATUS_PASSED:
        raise Refusal(INVALID_SIGN_ID, "signature", "Signature %s did not pass review.", sign_id)
    return sign
