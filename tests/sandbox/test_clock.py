"""The clock, and the work that is due as it moves."""

from __future__ import annotations

import asyncio

import pytest

from jsms_sandbox.simulation.clock import LATEST, Clock

from .threaded_sandbox import AppUnderTest


def test_it_runs_with_real_time_unless_frozen() -> None:
    clock = Clock(1_000.0)
    assert 1_000.0 <= clock.now() < 1_010.0
    clock.freeze()
    stood = clock.now()
    assert (clock.now(), clock.now_ms()) == (stood, int(stood * 1000))
    clock.run()
    assert not clock.frozen


def test_advancing_does_due_work_in_the_order_of_time_at_its_time() -> None:
    clock = Clock(1_000.0, frozen=True)
    done: list[tuple[str, float]] = []

    def work(subject: str) -> None:
        done.append((subject, clock.now()))
        if subject == "a":
            clock.at(1_015.0, "work", "made by a")

    clock.handle("work", work)
    clock.at(1_030.0, "work", "late")
    clock.at(1_020.0, "work", "b")
    clock.at(1_010.0, "work", "a")
    asyncio.run(clock.advance(20))
    assert done == [("a", 1_010.0), ("made by a", 1_015.0), ("b", 1_020.0)]
    assert clock.now() == 1_020.0
    assert clock.next_due() == 1_030.0


def test_advancing_waits_for_work_that_waits_and_time_stands_meanwhile() -> None:
    clock = Clock(1_000.0, frozen=True)
    seen: list[float] = []

    async def outside() -> None:
        await asyncio.sleep(0.01)
        seen.append(clock.now())

    clock.handle("call", lambda _: outside())
    clock.at(1_005.0, "call", "")
    asyncio.run(clock.advance(60))
    assert seen == [1_005.0]
    assert clock.now() == 1_060.0


def test_it_can_be_set_forward_and_backward_and_ends_with_the_calendar() -> None:
    clock = Clock(1_000.0, frozen=True)
    done: list[str] = []
    clock.handle("work", done.append)
    clock.at(1_100.0, "work", "a")

    async def move() -> None:
        await clock.set(1_200.0)
        await clock.set(500.0)
        assert clock.now() == 500.0
        await clock.advance(1e300)

    asyncio.run(move())
    assert done == ["a"]
    assert clock.now() == LATEST
    assert clock.beijing().year == 9999


@pytest.mark.parametrize("seconds", [-1.0, 0.0])
def test_advancing_by_nothing_moves_nothing(seconds: float) -> None:
    clock = Clock(1_000.0, frozen=True)
    asyncio.run(clock.advance(seconds))
    assert clock.now() == 1_000.0


def test_work_that_fails_is_logged_and_stops_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock(1_000.0, frozen=True)
    done: list[str] = []

    def work(subject: str) -> None:
        if subject == "a":
            raise ValueError(subject)
        done.append(subject)

    async def outside() -> None:
        raise OSError("unreachable")

    async def run() -> None:
        clock.run_due()
        await clock.settle()

    clock.handle("work", work)
    clock.handle("call", lambda _: outside())
    for kind, subject in (("work", "a"), ("call", "b"), ("work", "c")):
        clock.at(1_000.0, kind, subject)
    asyncio.run(run())
    assert done == ["c"]
    assert [record.message for record in caplog.records] == [
        "Due work failed: work a",
        "Due work failed while it waited",
    ]


def test_due_work_is_done_in_real_time_without_a_request(app: AppUnderTest) -> None:
    app.switch(report_delay=0.05)
    msg_id, _ = app.sent_code()
    events = app.sandbox.state.events
    seen = 0

    async def more() -> bool:
        return await events.wait(seen, 3)

    # Other things happen too, such as the request's end.
    while app.message(msg_id).status is None:
        assert app.sandbox.wait(more)
        seen = events.last_number
    assert app.message(msg_id).status == 4001


def test_events_are_numbered_kept_and_published(app: AppUnderTest) -> None:
    events = app.sandbox.state.events
    start = events.last_number
    msg_id, _ = app.sent_code()
    published = app.sandbox.look(lambda _: events.since(start)) or []
    assert [event.number for event in published] == list(range(start + 1, start + 1 + len(published)))
    assert ("message", msg_id) in [(event.kind, event.payload.get("msg_id")) for event in published]
    assert app.sandbox.look(lambda _: events.since(events.last_number)) == []
    assert app.sandbox.look(lambda _: events.since(events.last_number + 1)) is None
