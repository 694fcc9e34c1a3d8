"""Where connections belong: to one process, and in async code to one event loop in it.

A process that forks must not share its sockets with the child, and a socket of one event loop is of no use to another.
So every client opens its connections where it is used, and closes only those that were opened there: what a child
inherits stays as it is, for the parent.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

_T = TypeVar("_T")


class Homes(Generic[_T]):
    """One thing for each process, made when it is first needed there; safe between threads, without a lock.

    Without a lock, because one that another thread holds while the process forks is never released in the child.

    Args:
        make: Makes the thing.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: dict[int, _T] = {}

    def here(self) -> _T:
        """This process's own."""
        pid = os.getpid()
        found = self._made.get(pid)
        # When two threads make one, the first to store it wins, and the other's is dropped unused.
        return self._made.setdefault(pid, self._make()) if found is None else found

    def leave(self) -> _T | None:
        """Forget this process's own, and hand it back to be closed."""
        return self._made.pop(os.getpid(), None)


class AsyncHomes(Generic[_T]):
    """One thing for each event loop of each process; the twin of `Homes`.

    Args:
        make: Makes the thing.
    """

    __slots__ = ("_loops", "_make")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._loops: WeakKeyDictionary[object, Homes[_T]] = WeakKeyDictionary()

    def here(self) -> _T:
        """This event loop's own."""
        loop = _event_loop()
        home = self._loops.get(loop)
        if home is None:
            self._leave_ended()
            home = self._loops.setdefault(loop, Homes(self._make))
        return home.here()

    def leave(self) -> _T | None:
        """Forget this event loop's own, and hand it back to be closed."""
        home = self._loops.get(_event_loop())
        return None if home is None else home.leave()

    def _leave_ended(self) -> None:
        """Forget what was opened in event loops that have ended since: a program may run one for each piece of work."""
        for loop in list(self._loops):
            # An event loop of trio is not seen to end; nothing that was opened there keeps it.
            ended: Callable[[], bool] | None = getattr(loop, "is_closed", None)
            if ended is not None and ended():
                self._loops.pop(loop, None)


def _event_loop() -> object:
    from asyncio import get_running_loop  # noqa: PLC0415 - sync programs never load it

    try:
        return get_running_loop()
    except RuntimeError:
        import trio  # noqa: PLC0415 - it must be running, as asyncio is not

        return trio.lowlevel.current_trio_token()


__all__ = ["AsyncHomes", "Homes"]
