"""Read-once polling: pollReports, pollReplies."""

from __future__ import annotations

import sys
from collections.abc import Callable

from jsms_contract.codes import OUT_OF_FREQ
from jsms_runtime.service import Poll
from jsms_sandbox.service.refusal import Refusal
from jsms_sandbox.service.request import AuthorizedRequest
from jsms_sandbox.service.response import Answer, json_answer
from jsms_sandbox.simulation.delivery import reply_data, report_data
from jsms_sandbox.state.world import World

DAY = 86_400
NO_PACE = Poll(0, None, None)


def poll_reports(world: World, request: AuthorizedRequest) -> Answer:
    """Hand out delivery reports, each once."""

    def take(limit: int, oldest: float) -> list[dict[str, object]]:
        taken: list[dict[str, object]] = []
        queue = world.reports_to_fetch[request.app.app_key]
        while queue and len(taken) < limit:
            message = world.messages.get(queue.popleft())
            if message is None or message.handed_out:  # reported twice, or as a callback meanwhile
                continue
            message.handed_out = True
            world.save(message)
            if (message.reported_at or 0) >= oldest:
                taken.append(report_data(message))
        return taken

    return _poll(world, request, "report", take)


def poll_replies(world: World, request: AuthorizedRequest) -> Answer:
    """Hand out users' replies, each once."""

    def take(limit: int, oldest: float) -> list[dict[str, object]]:
        taken: list[dict[str, object]] = []
        queue = world.replies_to_fetch[request.app.app_key]
        while queue and len(taken) < limit:
            reply = world.replies.get(queue.popleft())
            if reply is None:
                continue
            reply.handed_out = True
            world.save(reply)
            if reply.replied_at >= oldest:
                taken.append(reply_data(reply))
        return taken

    return _poll(world, request, "reply", take)


def _poll(
    world: World, request: AuthorizedRequest, what: str, take: Callable[[int, float], list[dict[str, object]]]
) -> Answer:
    app, pace = request.app, request.operation.rules.poll or NO_PACE
    now = world.clock.now()
    last = app.polled.get(what)
    if last is not None and 0 <= now - last < pace.interval_seconds:
        raise Refusal(OUT_OF_FREQ, "frequency", "Poll at most once in %g seconds.", pace.interval_seconds)
    app.polled[what] = now
    world.save(app)
    if app.callback_url is not None:
        request.warn("With a callback URL set up polling answers an empty list; the records go there.")
        return json_answer([])
    oldest = 0.0 if pace.kept_days is None else now - pace.kept_days * DAY
    return json_answer(take(pace.max_records or sys.maxsize, oldest))
