"""Delivery reports and replies, each returned once: pollReports, pollReplies."""

from __future__ import annotations

import sys
from collections.abc import Callable

from jsms_contract.codes import OUT_OF_FREQ
from jsms_runtime.service import Poll
from jsms_sandbox.service.request import CheckedRequest, Refusal
from jsms_sandbox.service.response import Response, json_response
from jsms_sandbox.simulation.delivery import reply_data, report_data
from jsms_sandbox.state.state import State

DAY = 86_400
NO_PACE = Poll(0, None, None)


def poll_reports(state: State, request: CheckedRequest) -> Response:
    """Return delivery reports, each once."""

    def take(limit: int, oldest: float) -> list[dict[str, object]]:
        taken: list[dict[str, object]] = []
        queue = state.reports_to_fetch[request.app.app_key]
        while queue and len(taken) < limit:
            message = state.messages.get(queue.popleft())
            if message is None or message.handed_out:  # reported twice, or as a callback in the meantime
                continue
            message.handed_out = True
            state.save(message)
            if (message.reported_at or 0) >= oldest:
                taken.append(report_data(message))
        return taken

    return _poll(state, request, "report", take)


def poll_replies(state: State, request: CheckedRequest) -> Response:
    """Return users' replies, each once."""

    def take(limit: int, oldest: float) -> list[dict[str, object]]:
        taken: list[dict[str, object]] = []
        queue = state.replies_to_fetch[request.app.app_key]
        while queue and len(taken) < limit:
            reply = state.replies.get(queue.popleft())
            if reply is None:
                continue
            reply.handed_out = True
            state.save(reply)
            if reply.replied_at >= oldest:
                taken.append(reply_data(reply))
        return taken

    return _poll(state, request, "reply", take)


def _poll(
    state: State, request: CheckedRequest, what: str, take: Callable[[int, float], list[dict[str, object]]]
) -> Response:
    app, pace = request.app, request.operation.rules.poll or NO_PACE
    now = state.clock.now()
    last = app.polled.get(what)
    if last is not None and 0 <= now - last < pace.interval_seconds:
        raise Refusal(OUT_OF_FREQ, "frequency", "Poll at most once in %g seconds.", pace.interval_seconds)
    app.polled[what] = now
    state.save(app)
    if app.callback_url is not None:
        request.warn("With a callback URL set up polling returns an empty list; the records are posted there.")
        return json_response([])
    oldest = 0.0 if pace.kept_days is None else now - pace.kept_days * DAY
    return json_response(take(pace.max_records or sys.maxsize, oldest))
