"""What happens when a send is accepted: it is counted, kept, told, and its report planned."""

from __future__ import annotations

from . import frequency, reports
from .state.entities import App, Message
from .state.world import World


def accept(world: World, app: App, message: Message) -> Message:
    """Take an accepted and paid message in."""
    frequency.count(world, app.app_key, message.kind, message.mobile, message.text, message.sent_at)
    world.add_message(message)
    reports.plan_report(world, app, message)
    return message
