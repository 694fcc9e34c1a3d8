"""Limits of a send: magic numbers, opt-outs (50024), rate limits (50009) and credit (50014)."""

from __future__ import annotations

import re

from jsms_contract.codes import APP_QUOTA_NOT_ASSIGNED, NO_MONEY, OUT_OF_FREQ, UNSUBSCRIBED_MOBILE
from jsms_contract.errors import ERRORS
from jsms_sandbox.contract import delivery_statuses
from jsms_sandbox.service.request import Hint, Refusal, RoutedRequest, hint
from jsms_sandbox.state.entities import App, Credit, MessageKind, Pool
from jsms_sandbox.state.state import State

MESSAGES: dict[MessageKind, str] = {
    "code": "a code message",
    "voice": "a voice message",
    "notice": "a notice message",
    "marketing": "a marketing message",
}
MAGIC_NUMBER = re.compile(r"130000([0-9]{5})", re.ASCII)


def magic_number(mobile: str) -> int:
    """Find the code or delivery status that a magic number asks for; 0 for any other number."""
    match = MAGIC_NUMBER.fullmatch(mobile)
    return int(match[1]) if match else 0


def check_magic_number(request: RoutedRequest, mobile: str, codes: frozenset[int]) -> None:
    """Refuse a magic number with the code it asks for, or warn that the operation has no such code.

    Raises:
        Refusal: The number asks for it.
    """
    code = magic_number(mobile)
    if code not in ERRORS:
        return
    if code in codes:
        raise Refusal(code, "magic number", "The number %s asks for code %s.", mobile, code)
    request.warn("%s has no error %s, which the number %s asks for.", request.operation.id, code, mobile)


def magic_status(mobile: str) -> int | None:
    """Find the delivery status that a magic number asks for."""
    status = magic_number(mobile)
    return status if status in delivery_statuses() else None


def check_opt_out(app: App, mobile: str) -> None:
    """Check that the number did not opt out.

    Raises:
        Refusal: It did (50024).
    """
    if mobile in app.opt_outs:
        raise Refusal(UNSUBSCRIBED_MOBILE, "opt-out", "%s has opted out of this app's messages.", mobile)


def check_frequency(state: State, app: App, kind: MessageKind, mobile: str, text: str) -> None:
    """Check the rolling windows.

    Raises:
        Refusal: One more would be too many (50009).
    """
    limit = state.rate_limits.exceeded(app.app_key, kind, mobile, text, state.clock.now())
    if limit is not None:
        what = Hint("the same text" if limit.by_content else MESSAGES[kind])
        often = Hint("once") if limit.most == 1 else hint("%s times", limit.most)
        raise Refusal(OUT_OF_FREQ, "frequency", "%s can get %s %s in %g seconds.", mobile, what, often, limit.seconds)


POOLS: dict[MessageKind, Pool] = {"code": "industry", "notice": "industry", "voice": "voice", "marketing": "market"}


def check_allocated(credit: Credit) -> None:
    """Check that any credit was allocated at all.

    Raises:
        Refusal: All its pools are null (50033).
    """
    if credit.balance is None and credit.voice is None and credit.industry is None and credit.market is None:
        raise Refusal(APP_QUOTA_NOT_ASSIGNED, "credit", "No credit is allocated: all pools are null.")


def charge(state: State, app: App, kind: MessageKind, count: int) -> bool:
    """Take credit from the kind's own pool, then from the pool for all types.

    If both together are too little, nothing is taken, and False is returned. The developer account's pool shrinks with
    it (assumed), and never refuses a send.
    """
    if not _take(app.credit, POOLS[kind], count):
        return False
    _take(app.dev_credit, POOLS[kind], count)
    state.save(app)
    return True


def check_and_charge(state: State, app: App, kind: MessageKind, count: int) -> None:
    """Take credit.

    Raises:
        Refusal: There is too little (50014).
    """
    if not charge(state, app, kind, count):
        left = (getattr(app.credit, POOLS[kind]) or 0) + (app.credit.balance or 0)
        raise Refusal(NO_MONEY, "credit", "This costs %s SMS; %s are left for it.", count, left)


def _take(credit: Credit, pool: Pool, count: int) -> bool:
    own: int = getattr(credit, pool) or 0
    from_own = min(own, count)
    rest = count - from_own
    if rest > (credit.balance or 0):
        return False
    if from_own:
        setattr(credit, pool, own - from_own)
    if rest:
        credit.balance = (credit.balance or 0) - rest
    return True
