"""Rate limits: how many sends a number got in rolling windows of time, and whether one more is too many."""

from __future__ import annotations

import functools
import hashlib
from collections import deque

from jsms_contract.service import RULES
from jsms_contract.values import TEMPLATE_TYPE_MARKETING, TEMPLATE_TYPE_NOTICE, TEMPLATE_TYPE_VERIFICATION_CODE
from jsms_runtime.service import Limit
from jsms_sandbox.state.entities import Message, MessageKind

SWEEP_EVERY = 10_000
WINDOWS_KEPT = 200_000
"""Numbers (and texts) whose sends are counted; where there are more, those that began first are forgotten."""
TYPES: dict[MessageKind, int] = {
    "code": TEMPLATE_TYPE_VERIFICATION_CODE,
    "notice": TEMPLATE_TYPE_NOTICE,
    "marketing": TEMPLATE_TYPE_MARKETING,
}
SENT_BY: dict[MessageKind, str] = {"code": "sendCode", "voice": "sendVoiceCode"}
"""The operations whose limits count; sendMessage's for the other kinds."""


class RateLimits:
    """Times of accepted sends by the name of a window, each kept as long as its window is."""

    def __init__(self) -> None:
        self._times: dict[str, tuple[float, deque[float]]] = {}
        self._added = 0

    def __len__(self) -> int:
        """Return how many windows are open."""
        return len(self._times)

    def exceeded(self, app_key: str, kind: MessageKind, mobile: str, text: str, now: float) -> Limit | None:
        """Find the limit that one more send would exceed; None if it may be sent."""
        for limit in limits_of(kind):
            if self.count(_name(app_key, kind, mobile, text, limit), limit.seconds, now) >= limit.most:
                return limit
        return None

    def add_message(self, message: Message) -> None:
        """Count an accepted send."""
        for limit in limits_of(message.kind):
            name = _name(message.app_key, message.kind, message.mobile, message.text, limit)
            self.add(name, limit.seconds, message.sent_at)

    def count(self, name: str, seconds: float, now: float) -> int:
        """Count the times in the window that ends now."""
        kept = self._times.get(name)
        if kept is None:
            return 0
        times = kept[1]
        while times and times[0] <= now - seconds:
            times.popleft()
        return len(times)

    def add(self, name: str, seconds: float, when: float) -> None:
        """Count one more."""
        kept = self._times.get(name)
        if kept is None:
            kept = self._times[name] = (seconds, deque())
            while len(self._times) > WINDOWS_KEPT:
                del self._times[next(iter(self._times))]
        kept[1].append(when)
        self._added += 1
        if self._added % SWEEP_EVERY == 0:
            self._sweep(when)

    def forget(self, app_key: str | None = None) -> None:
        """Forget every send, or those of one app."""
        prefix = "" if app_key is None else f"{app_key}/"
        for name in [name for name in self._times if name.startswith(prefix)]:
            del self._times[name]

    def forget_after(self, now: float) -> None:
        """Forget what was counted at times after now: the clock was set back."""
        for _, times in self._times.values():
            while times and times[-1] > now:
                times.pop()

    def _sweep(self, now: float) -> None:
        for name in [name for name in self._times if not self.count(name, self._times[name][0], now)]:
            del self._times[name]


@functools.cache
def limits_of(kind: MessageKind) -> tuple[Limit, ...]:
    """Look up the contract's limits of one kind of message."""
    rules = RULES.get(SENT_BY.get(kind, "sendMessage"))
    return tuple(limit for limit in rules.limits if limit.type in (None, TYPES.get(kind))) if rules else ()


def _name(app_key: str, kind: MessageKind, mobile: str, text: str, limit: Limit) -> str:
    content = hashlib.sha256(text.encode()).hexdigest()[:24] if limit.by_content else ""
    return f"{app_key}/{kind}/{mobile}/{content}"
