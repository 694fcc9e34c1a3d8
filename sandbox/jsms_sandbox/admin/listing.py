"""Paging of lists: newest first, with long polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Generic, Protocol, TypeVar

from pydantic import Field

from jsms_sandbox.admin.models import LARGEST_ID, Query, not_found, wrong
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.state.events import Event
from jsms_sandbox.state.state import State

LONGEST_WAIT = 60.0
"""Real seconds that a call may wait."""
PAGE, LARGEST_PAGE = 100, 1_000

Wait = Annotated[float, Field(ge=0, le=LONGEST_WAIT, description="Real seconds to wait for what is asked for.")]
Number = Annotated[int, Field(ge=0, le=LARGEST_ID)]
K = TypeVar("K", str, int)


class PageQuery(Query):
    """Parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many items at most.")] = PAGE
    wait: Wait = 0.0
    at_least: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many items to wait for.")] = 1


class IdPage(PageQuery):
    """Parameters of a list whose items have ids."""

    after: Annotated[str | None, Field(description="Only what is newer than this id.")] = None
    before: Annotated[str | None, Field(description="Only what is older than this id.")] = None


class NumberPage(PageQuery):
    """Parameters of a list whose items have numbers."""

    after: Annotated[Number | None, Field(description="Only what is newer than this number.")] = None
    before: Annotated[Number | None, Field(description="Only what is older than this number.")] = None


class Owned(Protocol):
    """An entity of an app."""

    @property
    def app_key(self) -> str | None:
        """The app's key."""
        ...


T = TypeVar("T", bound=Owned)


@dataclass(frozen=True, slots=True)
class Listing(Generic[K, T]):
    """One list of entities.

    Attributes:
        noun: What an entity is called.
        kept: Where they are, oldest first.
        key: The type of their keys.
        event_key: The name of the key in events about an entity.
    """

    noun: str
    kept: Callable[[State], dict[K, T]]
    key: type[K]
    event_key: str

    async def page(
        self, call: AdminRequest, query: PageQuery, after: K | None, before: K | None, fits: Callable[[T], bool]
    ) -> tuple[list[T], bool]:
        """Find the newest entities of the call's app that fit, and whether there are more.

        Raises:
            Problem: There is no entity that ``after`` or ``before`` names.
        """
        state, app = call.state, call.selected(query)
        for name, key in (("after", after), ("before", before)):
            if isinstance(key, str) and key not in self.kept(state):
                raise wrong(f"query.{name}", f"There is no {key[:50]!r} to begin at.", "Use an id that the list shows.")
        enough = min(query.at_least, query.limit)

        def is_wanted(item: T) -> bool:
            return (app is None or item.app_key == app.app_key) and fits(item)

        def concerns(event: Event) -> bool:
            key = event.payload.get(self.event_key)
            item = self.kept(state).get(key) if isinstance(key, self.key) else None
            return item is not None and is_wanted(item)

        found = await wait_for(
            state, query.wait, lambda: self._find(state, query.limit + 1, after, before, is_wanted), concerns, enough
        )
        return found[: query.limit], len(found) > query.limit

    def get(self, call: AdminRequest, query: Query, key: K, where: str) -> T:
        """Find the entity that the path names.

        Raises:
            Problem: There is none, or it belongs to another app than the call names.
        """
        app, item = call.selected(query), self.kept(call.state).get(key)
        if item is None or (app is not None and item.app_key != app.app_key):
            raise not_found(f"There is no such {self.noun}.", f"GET /_sandbox/api/{self.noun}s lists them.", where)
        return item

    def _find(self, state: State, most: int, after: K | None, before: K | None, fits: Callable[[T], bool]) -> list[T]:
        return list(islice(filter(fits, self._between(state, after, before)), most))

    def _between(self, state: State, after: K | None, before: K | None) -> Iterator[T]:
        kept = self.kept(state)
        waiting = isinstance(before, str)
        for key in reversed(kept):
            if _is_end(key, after):
                return
            if waiting:
                waiting = key != before
            elif not isinstance(before, int) or key < before:
                yield kept[key]


def _is_end(key: str | int, after: str | int | None) -> bool:
    if isinstance(key, int) and isinstance(after, int):
        return key <= after
    return key == after


async def wait_for(
    state: State, seconds: float, look: Callable[[], list[T]], concerns: Callable[[Event], bool], enough: int = 1
) -> list[T]:
    """Look until there is enough, or time is up.

    Args:
        state: The sandbox's state.
        seconds: Real seconds to wait at most.
        look: Finds what is asked for.
        concerns: Whether an event makes it worth looking again.
        enough: How many items to wait for.

    Returns:
        What ``look`` found last.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    number = state.events.last_number
    found = look()
    while len(found) < enough and (left := end - loop.time()) > 0:
        if not await state.events.wait(number, left):
            break
        happened, number = state.events.since(number), state.events.last_number
        if happened is None or any(concerns(event) for event in happened):
            found = look()
    return found
