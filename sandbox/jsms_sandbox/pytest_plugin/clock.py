"""The sandbox's clock, as tests move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jsms_sandbox.admin import clock as shapes
from jsms_sandbox.pytest_plugin.api import Api


class SandboxClock:
    """The sandbox's time: codes expire, limits reset, reports and schedules fall due by it.

    Advancing does what falls due meanwhile, in order, callbacks to the app included, and comes back when it is done.
    The clock belongs to the server. Each worker of pytest-xdist has its own server, and every test starts at real time.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._moved = False

    @property
    def now(self) -> datetime:
        """The sandbox's time, in UTC."""
        return datetime.fromtimestamp(self._api.get("/clock", shapes.Clock).now / 1000, UTC)

    @property
    def frozen(self) -> bool:
        """Whether it is stopped."""
        return self._api.get("/clock", shapes.Clock).frozen

    def advance(self, seconds: float | timedelta) -> None:
        """Let time pass.

        Args:
            seconds: How much, in seconds or as a timedelta.
        """
        length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        self._move("/clock/advance", seconds=length)

    def set(self, when: datetime) -> None:
        """Go to a time: forward like advance, backward without undoing anything.

        Args:
            when: The time, with its zone.

        Raises:
            ValueError: It has no zone.
        """
        self._move("/clock", now=_milliseconds(when))

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still from now on; advance and set still move it.

        Args:
            at: Where to stand, with its zone; None for where it is.

        Raises:
            ValueError: The time has no zone.
        """
        if at is None:
            self._move("/clock", frozen=True)
        else:
            self._move("/clock", frozen=True, now=_milliseconds(at))

    def unfreeze(self) -> None:
        """Run again, from its current time."""
        self._move("/clock", frozen=False)

    def reset(self) -> None:
        """Go back to real time, running. Done after each test by itself."""
        if self._moved:
            self._move("/clock", real=True, frozen=False)
            self._moved = False

    def _move(self, path: str, **body: object) -> None:
        self._moved = True
        self._api.post(path, shapes.Clock, body)


def _milliseconds(when: datetime) -> int:
    if when.tzinfo is None:
        raise ValueError(f"{when.isoformat()} has no zone: give datetime(…, tzinfo=…)")
    return round(when.timestamp() * 1000)
