"""What becomes of the state when the clock is set back: nothing waits for a time that is past already."""

from __future__ import annotations

from collections.abc import Iterator

from .state.entities import Sign, Template
from .state.world import World


def go_back(world: World, seconds: float) -> None:
    """Let what waits wait as long as it still had to, and forget sends that count against limits in times to come.

    Schedules stay: a person chose their time. What was done stays done.

    Args:
        world: Whose clock was set back already.
        seconds: How far.
    """
    world.windows.forget_after(world.clock.now())
    clock = world.clock
    for message in world.messages.values():
        if message.report_at is not None:
            message.report_at -= seconds
            clock.at(message.report_at, "report", message.key)
            world.save(message)
    for callback in world.callbacks.values():
        if callback.next_at is not None:
            callback.next_at -= seconds
            clock.at(callback.next_at, "callback", callback.key)
            world.save(callback)
    for item in _reviewed(world):
        if item.review_at is not None:
            item.review_at -= seconds
            clock.at(item.review_at, "template_review" if isinstance(item, Template) else "sign_review", item.key)
            world.save(item)
    clock.drop_unwanted()


def _reviewed(world: World) -> Iterator[Template | Sign]:
    for templates in world.templates.values():
        yield from templates.values()
    for signs in world.signs.values():
        yield from signs.values()
