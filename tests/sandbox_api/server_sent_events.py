"""Read server-sent events."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from .api_client import API


class Event(NamedTuple):
    """One event."""

    id: str
    kind: str
    data: dict[str, Any]


@contextmanager
def events(api: API, last_event_id: str | None = None, *, asked_after: str | None = None) -> Generator[Iterator[Event]]:
    """Yield the events that a reader gets, and disconnect at the end.

    Args:
        api: Of which sandbox, and about which app.
        last_event_id: The header of a reader that comes back.
        asked_after: The same in the query.
    """
    headers = {} if last_event_id is None else {"last-event-id": last_event_id}
    query = {} if asked_after is None else {"last_event_id": asked_after}
    with api.http.stream("GET", "/events", params=query, headers=headers) as response:
        assert response.status_code == 200
        yield _read(response.iter_lines())


def _read(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "event" in fields:
            yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
