"""What can be wrong with one number, whoever sends to it: magic numbers, 50024, 50009."""

from __future__ import annotations

import re

from .. import frequency
from ..contract import contract
from ..credentials import refusing_codes
from ..hints import Hint, hint
from ..refusal import Refusal
from ..request import Request
from ..state.entities import App, MessageKind
from ..state.world import World

UNSUBSCRIBED_MOBILE, OUT_OF_FREQ = 50024, 50009
MESSAGES: dict[MessageKind, str] = {
    "code": "a code message",
    "voice": "a voice message",
    "notice": "a notice message",
    "marketing": "a marketing message",
}
MAGIC_NUMBER = re.compile(r"130000([0-9]{5})", re.ASCII)


def magic_number(mobile: str) -> int:
    """The code or delivery status that a magic number asks for; 0 for any other number."""
    match = MAGIC_NUMBER.fullmatch(mobile)
    return int(match[1]) if match else 0


def check_magic_number(request: Request, mobile: str, codes: frozenset[int]) -> None:
    """Refuse a magic number with the code it asks for, or warn that the operation cannot answer that code.

    Raises:
        Refusal: The number asks for it.
    """
    code = magic_number(mobile)
    if code not in refusing_codes():
        return
    if code in codes:
        raise Refusal(code, "magic number", "The number %s asks for code %s.", mobile, code)
    request.warn("%s cannot answer %s, which the number %s asks for.", request.known_operation.id, code, mobile)


def magic_status(mobile: str) -> int | None:
    """The delivery status that a magic number asks for."""
    status = magic_number(mobile)
    return status if status in contract().delivery_statuses else None


def check_opt_out(app: App, mobile: str) -> None:
    """Check that the number did not opt out.

    Raises:
        Refusal: It did (50024).
    """
    if mobile in app.opt_outs:
        raise Refusal(UNSUBSCRIBED_MOBILE, "opt-out", "%s has opted out of this app's messages.", mobile)


def check_frequency(world: World, app: App, kind: MessageKind, mobile: str, text: str) -> None:
    """Check the rolling windows.

    Raises:
        Refusal: One more would be too many (50009).
    """
    limit = frequency.too_often(world, app.app_key, kind, mobile, text)
    if limit is not None:
        what = Hint("the same text" if limit.by_content else MESSAGES[kind])
        often = Hint("once") if limit.count == 1 else hint("%s times", limit.count)
        raise Refusal(OUT_OF_FREQ, "frequency", "%s can get %s %s in %g seconds.", mobile, what, often, limit.seconds)
