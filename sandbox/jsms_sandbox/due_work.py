"""Who does the work that falls due: reports, schedules, reviews, callbacks."""

from __future__ import annotations

from . import reports, reviews
from .callbacks import Deliveries
from .clock import DueWork
from .going_back import go_back
from .scheduling import schedule_due
from .state.world import World


def handle_due_work(world: World, deliveries: Deliveries) -> None:
    """Name the handlers on a world's clock."""
    clock = world.clock
    clock.handle("report", lambda subject: reports.report_due(world, subject))
    clock.handle("schedule", lambda subject: schedule_due(world, subject))
    clock.handle("template_review", lambda subject: reviews.template_due(world, subject))
    clock.handle("callback", deliveries.due)
    clock.handle("sign_review", lambda subject: reviews.sign_due(world, subject))
    clock.on_back = lambda seconds: go_back(world, seconds)
    clock.wanted = lambda work: _is_wanted(world, work)


def _is_wanted(world: World, work: DueWork) -> bool:
    """Whether what is to be done is still to be done then: the oldest messages go, and schedules are put off."""
    if work.kind == "report":
        message = world.messages.get(work.subject)
        return message is not None and message.report_at == work.when
    if work.kind == "schedule":
        schedule = world.schedules.get(work.subject)
        return schedule is not None and schedule.send_at == work.when
    if work.kind == "callback":
        callback = world.callbacks.get(int(work.subject))
        return callback is not None and callback.next_at == work.when
    return True
