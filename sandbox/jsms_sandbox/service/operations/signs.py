"""Signatures and their review: create, change, look up and delete."""

from __future__ import annotations

from jsms_contract.codes import DEFAULT_SIGNATURE_CANNOT_BE_DELETED, INVALID_SIGN_ID, OTHER_SIGNATURES_IN_THE_AUDIT
from jsms_contract.values import REVIEW_STATUS_IN_REVIEW, REVIEW_STATUS_PASSED
from jsms_sandbox.service.composing import own_sign
from jsms_sandbox.service.request import CheckedRequest, Refusal
from jsms_sandbox.service.response import EMPTY, Response, json_response
from jsms_sandbox.service.text import check_words
from jsms_sandbox.simulation.reviews import publish, submit
from jsms_sandbox.state.entities import Sign
from jsms_sandbox.state.state import State


def create_sign(state: State, request: CheckedRequest) -> Response:
    """Submit a signature for review."""
    app = request.app
    _check_none_in_review(state, request)
    check_words(app, request.fields["sign"])
    while app.next_sign_id in state.signs[app.app_key]:
        app.next_sign_id += 1
    sign = Sign(app.app_key, app.next_sign_id, "", 0, "", REVIEW_STATUS_IN_REVIEW, state.clock.now())
    app.next_sign_id += 1
    state.save(app)
    state.add_sign(sign)
    return _save(state, request, sign)


def update_sign(state: State, request: CheckedRequest) -> Response:
    """Change a rejected signature and submit it again."""
    sign = _own(state, request)
    _check_none_in_review(state, request)
    if sign.status == REVIEW_STATUS_PASSED:
        raise Refusal(INVALID_SIGN_ID, "signature", "Only a signature that was rejected in review may be changed.")
    check_words(request.app, request.fields["sign"])
    return _save(state, request, sign)


def get_sign(state: State, request: CheckedRequest) -> Response:
    """Look a signature up."""
    sign = _own(state, request)
    return json_response(
        {
            "sign_id": sign.sign_id,
            "sign": sign.sign,
            "status": sign.status,
            "is_default": int(sign.is_default),
            "use_status": int(sign.status == REVIEW_STATUS_PASSED),
        }
    )


def delete_sign(state: State, request: CheckedRequest) -> Response:
    """Delete a signature that is not the default one."""
    sign = _own(state, request)
    if sign.is_default:
        raise Refusal(DEFAULT_SIGNATURE_CANNOT_BE_DELETED, "signature", "Make another signature the default one first.")
    del state.signs[sign.app_key][sign.sign_id]
    state.storage.remove(sign)
    publish(state, sign, deleted=True)
    return EMPTY


def _own(state: State, request: CheckedRequest) -> Sign:
    return own_sign(state, request.app, int(request.path_id))


def _check_none_in_review(state: State, request: CheckedRequest) -> None:
    for sign in state.signs[request.app.app_key].values():
        if sign.status == REVIEW_STATUS_IN_REVIEW:
            raise Refusal(
                OTHER_SIGNATURES_IN_THE_AUDIT,
                "signature",
                "Signature %s is still in review; decide on it first.",
                sign.sign_id,
            )


def _save(state: State, request: CheckedRequest, sign: Sign) -> Response:
    fields = request.fields
    sign.sign, sign.type, sign.remark = fields["sign"], fields["type"], fields.get("remark") or ""
    sign.files = list(request.raw.files)
    submit(state, request.app, sign)
    return json_response({"sign_id": sign.sign_id})
