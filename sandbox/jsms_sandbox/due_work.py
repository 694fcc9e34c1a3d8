"""Who does the work that falls due: reports, schedules, reviews, callbacks."""

from __future__ import annotations

from . import reports, reviews
from .callbacks import Deliveries
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
