"""The rolling windows of accepted sends, by the contract's limits."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING

from .contract import Limit, contract
from .state.entities import CODE, MARKETING, NOTICE, Message, MessageKind

if TYPE_CHECKING:
    from .state.world import World

CREDIT_USED_UP = 4005
"""The status of a schedule's message that there was no credit left for."""
TYPES: dict[MessageKind, int] = {"code": CODE, "notice": NOTICE, "marketing": MARKETING}


@functools.cache
def limits_of(kind: MessageKind) -> tuple[Limit, ...]:
    """What limits one kind of message."""
    by_id = {operation.id: operation for operation in contract().operations.values()}
    if kind in ("code", "voice"):
        return by_id["sendCode" if kind == "code" else "sendVoiceCode"].limits
    return tuple(limit for limit in by_id["sendMessage"].limits if limit.type in (None, TYPES[kind]))


def too_often(world: World, app_key: str, kind: MessageKind, mobile: str, text: str) -> Limit | None:
    """The limit that one more send would break; None where it may go out."""
    now = world.clock.now()
    for limit in limits_of(kind):
        if world.windows.count(_name(app_key, kind, mobile, text, limit), limit.seconds, now) >= limit.count:
            return limit
    return None


def count(world: World, app_key: str, kind: MessageKind, mobile: str, text: str, when: float) -> None:
    """Count an accepted send."""
    for limit in limits_of(kind):
        world.windows.add(_name(app_key, kind, mobile, text, limit), limit.seconds, when)


def count_again(world: World, message: Message) -> None:
    """Count a message that was kept over a restart, unless it never left or the clock was set back behind it."""
    unpaid = message.status == CREDIT_USED_UP and message.schedule_id and message.reported_at == message.sent_at
    if unpaid or message.sent_at > world.clock.now():
        return
    count(world, message.app_key, message.kind, message.mobile, message.text, message.sent_at)


def _name(app_key: str, kind: MessageKind, mobile: str, text: str, limit: Limit) -> str:
    content = hashlib.sha256(text.encode()).hexdigest()[:24] if limit.by_content else ""
    return f"{app_key}/{kind}/{mobile}/{content}"
