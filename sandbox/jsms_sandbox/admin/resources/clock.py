"""The sandbox's clock: read, set, freeze, advance."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from jsms_sandbox.admin.endpoint import get, post
from jsms_sandbox.admin.models import At, Body, Query, ResponseModel, milliseconds, wrong
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.simulation import clock as time

BEIJING_FORMAT = "%Y-%m-%d %H:%M:%S"
LONGEST_ADVANCE = 1_000_000_000
LATEST = int(time.LATEST * 1000)
MOVES = ("now", "beijing", "real")


class Clock(ResponseModel):
    """The clock's time."""

    now: At
    beijing: Annotated[str, Field(description="The wall time in Beijing, yyyy-MM-dd HH:mm:ss.")]
    frozen: bool
    ahead: Annotated[float, Field(description="Seconds ahead of real time.")]
    next_due_at: Annotated[At | None, Field(description="When the next report, schedule or the like falls due.")]


class ClockChange(Body):
    """A change of the clock; what is left out stays."""

    now: Annotated[int | None, Field(ge=0, le=LATEST, description="Milliseconds since the epoch.")] = None
    beijing: Annotated[str | None, Field(description="A wall time in Beijing, yyyy-MM-dd HH:mm:ss.")] = None
    real: Annotated[Literal[True] | None, Field(description="Back to real time, running.")] = None
    frozen: Annotated[bool | None, Field(description="Whether it is stopped from now on.")] = None


class Advance(Body):
    """How far to advance the clock."""

    seconds: Annotated[float, Field(ge=0, le=LONGEST_ADVANCE)]


def clock_model(clock: time.Clock) -> Clock:
    """Make the response for a clock."""
    return Clock(
        now=clock.now_ms(),
        beijing=clock.beijing().strftime(BEIJING_FORMAT),
        frozen=clock.frozen,
        ahead=round(clock.shift(), 3) + 0.0,
        next_due_at=milliseconds(clock.next_due()),
    )


def get_clock(call: AdminRequest, _: Query) -> Clock:
    """Show the clock's time."""
    return clock_model(call.state.clock)


async def set_clock(call: AdminRequest, _: Query, body: ClockChange) -> Clock:
    """Set, freeze or start the clock; moving it forward does the work that falls due."""
    clock = call.state.clock
    moves = [name for name in MOVES if getattr(body, name) is not None]
    if len(moves) > 1:
        raise wrong(f"body.{moves[1]}", f"{' and '.join(moves)} exclude each other.", "Give one of them.")
    when = None if body.now is None else body.now / 1000
    if body.beijing is not None:
        when = _beijing(body.beijing)
    if body.real:
        await clock.restart()
    if body.frozen:
        clock.freeze()  # before it is set, so that it stops exactly there
    if when is not None:
        await clock.set(when)
    if body.frozen is False:
        clock.run()
    return clock_model(clock)


async def advance_clock(call: AdminRequest, _: Query, body: Advance) -> Clock:
    """Advance the clock: the work that falls due is done, in order, before the response is sent."""
    await call.state.clock.settle()
    await call.state.clock.advance(body.seconds)
    return clock_model(call.state.clock)


def _beijing(text: str) -> float:
    try:
        when = datetime.strptime(text, BEIJING_FORMAT).replace(tzinfo=time.BEIJING).timestamp()
    except (ValueError, OverflowError):
        when = -1.0
    if when < 0:
        raise wrong(
            "body.beijing",
            f"{text[:50]!r} is no date and time since 1970.",
            "Write it as yyyy-MM-dd HH:mm:ss, Beijing time.",
        )
    return when


ENDPOINTS = (
    get("/clock", get_clock, Query, Clock),
    post("/clock", set_clock, ClockChange, Clock),
    post("/clock/advance", advance_clock, Advance, Clock),
)
