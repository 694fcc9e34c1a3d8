"""Rolling windows: how often something was accepted in the last so many seconds."""

from __future__ import annotations

from collections import deque

SWEEP_EVERY = 10_000
WINDOWS_KEPT = 200_000
"""Numbers (and texts) whose sends are counted; where there are more, those that began first are forgotten."""


class Windows:
    """Times of accepted sends by name, each kept as long as its window is."""

    def __init__(self) -> None:
        self._times: dict[str, tuple[float, deque[float]]] = {}
        self._added = 0

    def __len__(self) -> int:
        """How many windows are open."""
        return len(self._times)

    def count(self, name: str, seconds: float, now: float) -> int:
        """How many times fall into the window that ends now."""
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

    def forget(self, prefix: str = "") -> None:
        """Forget every window whose name begins like this."""
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
