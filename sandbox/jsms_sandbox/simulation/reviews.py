"""Review of templates and signatures: immediate, manual or delayed, with outcomes that a remark can ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jsms_contract.values import REVIEW_STATUS_IN_REVIEW, REVIEW_STATUS_PASSED, REVIEW_STATUS_REJECTED
from jsms_sandbox.simulation.callbacks import enqueue
from jsms_sandbox.state.entities import App, Sign, Template
from jsms_sandbox.state.state import State

REJECT = re.compile(r"\[sandbox:reject(?:[ :]+([^\]]*))?\]")
HOLD = "[sandbox:hold]"
NO_REASON = "未说明原因"


def submit(state: State, app: App, item: Template | Sign) -> None:
    """Put a new or changed template or signature into review, and decide at once where the app is set to."""
    item.status, item.refuse_reason, item.review_at = REVIEW_STATUS_IN_REVIEW, None, None
    if HOLD in item.remark or app.review.mode == "by_hand":
        pass
    elif app.review.mode == "after":
        item.review_at = state.clock.now() + app.review.seconds
        state.clock.at(item.review_at, f"{item.table}_review", item.key)
    else:
        decide_by_remark(state, app, item)
    state.save(item)
    publish(state, item)


def decide_by_remark(state: State, app: App, item: Template | Sign) -> None:
    """Pass, unless the remark asks for a rejection."""
    rejected = REJECT.search(item.remark)
    decide(state, app, item, passed=rejected is None, reason=rejected[1] if rejected else None)


def decide(state: State, app: App, item: Template | Sign, *, passed: bool, reason: str | None = None) -> None:
    """Decide on a template or signature, and queue the callback."""
    item.status = REVIEW_STATUS_PASSED if passed else REVIEW_STATUS_REJECTED
    item.refuse_reason = None if passed else (reason or NO_REASON).strip()
    item.review_at = None
    outcome = {"status": item.status, "refuseReason": item.refuse_reason}
    if isinstance(item, Template):
        enqueue(state, app, "SMS_TEMPLATE", {"tempId": item.temp_id, **outcome})
    else:
        _settle_default(state, app, item)
        enqueue(state, app, "SMS_SIGN", {"signId": item.sign_id, **outcome})
    state.save(item)
    publish(state, item)


def review_due(state: State, reviewed: Mapping[str, Mapping[int, Template | Sign]], key: str) -> None:
    """Handle due work: decide on one of these, unless it was decided or postponed in the meantime."""
    app_key, _, number = key.rpartition("/")
    item = reviewed.get(app_key, {}).get(int(number))
    if item is not None and item.review_at is not None and item.review_at <= state.clock.now():
        decide_by_remark(state, state.apps[app_key], item)


def publish(state: State, item: Template | Sign, *, deleted: bool = False) -> None:
    """Publish the change."""
    owner, number = item.key_fields
    state.events.publish(
        item.table,
        {owner: item.app_key, number: getattr(item, number), "status": None if deleted else item.status},
    )


def _settle_default(state: State, app: App, item: Sign) -> None:
    """Make the first signature that passes the default one (assumed); a rejected one is no longer the default."""
    others = [sign for sign in state.signs[app.app_key].values() if sign is not item]
    item.is_default = item.status == REVIEW_STATUS_PASSED and (
        item.is_default or not any(sign.is_default for sign in others)
    )
