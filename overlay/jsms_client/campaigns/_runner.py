"""Run a campaign: decide what to send and when, and record every step in the journal first.

One thread runs it. It alone touches the journal; the workers hand it the responses. So nothing that
happens to its caller, an interrupt or a cancellation, comes in between of what is done and what is written down.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias, cast

from jsms_client.campaigns._error_policy import REQUESTED, ErrorAction, Stop, action_of, is_unclear, stop_for
from jsms_client.campaigns._errors import JournalError, JournalReplacedError
from jsms_client.campaigns._journal.batches import Batch, read_response
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._journal.opening import rescue
from jsms_client.campaigns._options import StopEvent, Window
from jsms_client.campaigns._outcomes import ACCEPTED, IN_FLIGHT, REFUSED, UNKNOWN, WAITING
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.campaigns._throttle import Meter, Progress, Throttle
from jsms_client.errors import APIError, JSMSError, RateLimitError, StoreError, UnconfirmedAPIError
from jsms_contract.errors import error_class
from jsms_runtime.results import refused_error

if TYPE_CHECKING:
    from jsms_client.store._rates import SharedRate

Job: TypeAlias = tuple[Batch, object]
"""A request to send: its recipients, and its body."""
Start: TypeAlias = Callable[[Job], None]
"""Sends a request: the batch, to hand back with the response, and the body."""
Tell: TypeAlias = Callable[[Progress], None]

TELL_EVERY = 0.1
"""Seconds between two tellings of how far it is."""
TELL_PAUSED = 0.5
"""The same while nothing happens."""
MOST_UNCLEAR = 3
"""Responses in a row that do not say who was sent to, before the campaign stops."""
LOOK_FOR_STOP = 0.1
"""Seconds after which the caller's stop event is looked at, while nothing else happens."""
MOST_REFUSED_ALONE = 6
"""Requests with one recipient that are refused as a whole, in a row: then it is not for the recipient."""
_NEIGHBOURS = MOST_REFUSED_ALONE // 2


class CampaignRunner:
    """Carries a campaign out.

    Args:
        journal: The journal, with the whole list in it.
        throttle: When requests may leave.
        body: What every request has, without the recipients.
        repeat_unknown: Whether those that are unknown are to be sent to again.
        batch_size: How many recipients a request may have.
        stop_event: Nothing is sent any more once it is set.
        window: The hours in which requests may leave; None for all.
        rate: What all campaigns of the app share; None where they share nothing.

    Attributes:
        interrupted: Nothing is sent any more, and it ends when every request has ended. Like ``abandoned`` a plain
            attribute: a statement that sets it first in an exception handler cannot be interrupted by a signal.
        abandoned: Nothing is sent any more, and it ends without waiting for anything.
        stop: Why it stopped by itself.
    """

    def __init__(
        self,
        journal: Journal | SharedJournal,
        throttle: Throttle,
        body: Mapping[str, object],
        *,
        batch_size: int,
        repeat_unknown: bool = False,
        stop_event: StopEvent | None = None,
        window: Window | None = None,
        rate: SharedRate | None = None,
    ) -> None:
        self._window = window
        self._rate = rate
        # When the request may leave whose time was reserved in the rate that is shared; None for none.
        self._reserved: float | None = None
        self._journal = journal
        self._queue, self._team = journal.queue, journal.team
        self._throttle = throttle
        self._common = body
        self._repeat_unknown = repeat_unknown
        self._inbox: SimpleQueue[tuple[Batch, object] | None] = SimpleQueue()
        self._again: deque[Batch] = deque()
        self._on_their_way = 0
        self._refused_alone: list[Batch] = []
        self._largest_batch = batch_size
        self._stop_event = stop_event
        self._recovered = self._sending_began = self._reported = False
        self._done_before = 0
        self.interrupted = self.abandoned = False
        self._failure: BaseException | None = None
        self._unclear_in_a_row = 0
        self.stop: Stop | None = None

    def interrupt(self) -> None:
        """Send nothing any more, and end when every request has ended; from any thread, task or signal handler."""
        self.interrupted = True
        self._inbox.put(None)

    def abandon(self) -> None:
        """Send nothing any more, and end at once: what is in flight is left so in the journal."""
        self.abandoned = True
        self._inbox.put(None)

    def request_ended(self, batch: Batch, response: object) -> None:
        """Take the end of a request, its JSON or what it raised; from any thread or task."""
        self._inbox.put((batch, response))

    def run(self, start: Start, tell: Tell | None) -> None:
        """Carry it out: to its end, to a reason to stop, or until it is interrupted."""
        try:
            self._run_thread(start, tell)
            if self._team is not None:
                self._team.end()
            if self._failure is not None:
                raise self._failure
        except JournalReplacedError as error:
            # Of a file: a database is not moved.
            raise rescue(cast("Journal", self._journal), error) from None

    def note_sending(self, error: JournalError) -> None:
        """Note in an error of the journal whether requests had left."""
        error.sending_began = self._sending_began
        error.sent = "unknown" if self._sending_began else error.sent

    def _run_thread(self, start: Start, tell: Tell | None) -> None:
        began = time.monotonic()
        meter: Meter | None = None
        responses: list[tuple[Batch, object]] = []
        while True:
            leaving = self._write(responses)
            if leaving and self._throttle.max_rate is not None:
                # Writing it down took a while: the rate counts from here.
                self._throttle.departed(len(leaving), time.monotonic())
            for batch in leaving:
                self._sending_began = True
                start((batch, self._body(batch)))
            over = self.abandoned or (not self._on_their_way and self._nothing_leaves())
            if tell is not None:
                meter = meter or Meter("sending", began, self._done_before)
                self._tell(tell, meter, now=over)
            if over:
                break
            responses = self._wait(telling=tell is not None)
            self._reserve()

    def _nothing_leaves(self) -> bool:
        states = self._journal.states
        # What another worker has in flight may wait again.
        if self.interrupted or not (states[WAITING] or (self._team is not None and states[IN_FLIGHT])):
            return True
        if self._team is not None:
            self.stop = self.stop or self._team.stop
        if self.stop is None and self._stop_event is not None:
            try:
                self.stop = REQUESTED if self._stop_event.is_set() else None
            except BaseException as error:  # noqa: BLE001 - the caller's: raised to it, once everything is written down
                self._fail(error)
                return True
        return self.stop is not None

    def _write(self, responses: list[tuple[Batch, object]]) -> list[Batch]:
        """Write down what came back and what leaves next, all at once, as it is the disk that takes the time."""
        with self._journal.writing():
            if self.abandoned:
                return []
            if not self._recovered:
                self._recovered = True
                self._queue.recover(self._journal.settings.send_time, repeat_unknown=self._repeat_unknown)
                self._done_before = self._done()
            if self._team is not None:
                self._team.show_alive()
            for batch, response in responses:
                self._on_their_way -= 1
                if isinstance(response, BaseException):
                    self._failed(batch, response)
                else:
                    self._succeeded(batch, response)
            if self._team is not None:
                self._team.share_pause(self._throttle.pause(time.monotonic()))
            leaving = self._claim()
        if not leaving:
            return leaving
        try:
            # What is written must be where the next call looks for it: else that sends to the same people again.
            self._journal.check_in_place()
        except JournalReplacedError as error:
            self._fail(error)
            # They do not leave; what is in flight is waited for.
            for batch in leaving:
                self.request_ended(batch, error)
            return []
        return leaving

    def _claim(self) -> list[Batch]:
        """Record all batches that may leave now."""
        leaving: list[Batch] = []
        while (following := self._next()) is not None:
            self._queue.mark_sent(following)
            if not following.rows:
                continue
            self._on_their_way += 1
            following.left_at = time.monotonic()
            if self._throttle.max_rate is not None:
                self._throttle.left(len(following.rows), following.left_at)
            leaving.append(following)
        return leaving

    def _reserve(self) -> None:
        """Reserve time for the next request in the rate that all campaigns of the app share, where one may leave."""
        rate, most = self._rate, self._throttle.max_rate
        if rate is None or most is None or self._reserved is not None or self._nothing_leaves() or self._seconds() != 0:
            return
        try:
            wait = rate.reserve(self._throttle.largest_batch(self._largest_batch), most)
        except StoreError as error:
            failure = JournalError(f"the campaign cannot keep to max_rate: {error.message}")
            failure.__cause__ = error
            self._fail(failure)
        else:
            self._reserved = time.monotonic() + wait

    def _seconds(self) -> float | None:
        """How long to wait for the next request; None where a response has to come first."""
        seconds = self._throttle.seconds(time.monotonic(), self._on_their_way)
        if seconds is None:
            return None
        outside = 0.0 if self._window is None else self._window.seconds(time.time())
        turn = 0.0 if self._reserved is None else self._reserved - time.monotonic()
        return max(seconds, outside, 0.0 if self._team is None else self._team.pause(), turn)

    def _next(self) -> Batch | None:
        if self._nothing_leaves() or self._seconds() != 0:
            return None
        if self._rate is not None and self._throttle.max_rate is not None and self._reserved is None:
            return None
        place = -1 if self._far_away() else 0
        found: Batch | None
        if self._again:
            found = self._again[place]
        else:
            found = self._queue.next_batch(self._throttle.largest_batch(self._largest_batch))
        if found is None:
            return None
        if self._team is not None and not self._team.reserve_time(len(found.rows), self._throttle.max_rate):
            return None
        if self._again:
            del self._again[place]
        self._reserved = None
        return found

    def _body(self, batch: Batch) -> dict[str, object]:
        # Parsed all at once: a thousand small texts take five times as long.
        parameters = json.loads(f"[{','.join(row[2] or 'null' for row in batch.rows)}]")
        recipients = [
            {"mobile": row[1]} if given is None else {"mobile": row[1], "temp_para": given}
            for row, given in zip(batch.rows, parameters, strict=True)
        ]
        return {**self._common, "recipients": recipients}

    def _wait(self, *, telling: bool) -> list[tuple[Batch, object]]:
        """Whatever came back, as soon as there is something, or as a request may leave."""
        seconds = None if self._nothing_leaves() else self._seconds()
        if self._team is not None:
            seconds = self._team.look_again if seconds is None else min(seconds, self._team.look_again)
        if self._stop_event is not None:
            seconds = LOOK_FOR_STOP if seconds is None else min(seconds, LOOK_FOR_STOP)
        elif telling:
            seconds = TELL_PAUSED if seconds is None else min(seconds, TELL_PAUSED)
        found: list[tuple[Batch, object] | None] = []
        try:
            found.append(self._inbox.get(timeout=seconds))
            while True:
                found.append(self._inbox.get_nowait())
        except Empty:
            return [each for each in found if each is not None]

    def _succeeded(self, batch: Batch, response: object) -> None:
        outcome = read_response(batch, response)
        self._queue.store_outcomes(batch, outcome.learned, outcome.schedule_id)
        self._refused_alone.clear()
        if outcome.contradictory:
            self._unclear(
                batch, UnconfirmedAPIError("the response contradicts itself; the request may have been carried out")
            )
        else:
            self._unclear_in_a_row = 0
            self._throttle.responded()
        if outcome.unpaid is not None:
            self._stop(refused_error(error_class(outcome.unpaid, 200), outcome.unpaid, None))

    def _failed(self, batch: Batch, error: BaseException) -> None:
        if not isinstance(error, JSMSError):
            # Nothing that a request is meant to raise: it is handed on, once everything is written down.
            self._queue.mark_answered(batch, UNKNOWN)
            self._fail(error)
            return
        if isinstance(error, JournalReplacedError):
            self._queue.mark_answered(batch, WAITING)
            return
        action = action_of(error)
        if action is ErrorAction.REFUSED:
            self._refused(batch, error)
        elif action is ErrorAction.UNKNOWN:
            self._queue.mark_answered(batch, UNKNOWN)
            if is_unclear(error):
                self._unclear(batch, error)
            elif self._throttle.failed(time.monotonic(), batch.left_at):
                self._stop(error)
        else:
            self._queue.mark_answered(batch, WAITING)
            self._again.append(batch)
            if action is ErrorAction.OURS:
                self._fail(error)
            elif action is ErrorAction.STOP or self._slow_down(batch, error):
                self._stop(error)

    def _unclear(self, batch: Batch, error: JSMSError) -> None:
        """Stop after several responses in a row that do not say who was sent to: each may leave a thousand in doubt."""
        self._unclear_in_a_row += 1
        self._throttle.failed(time.monotonic(), batch.left_at)
        # Without any code of JSMS, the next response will come from the same wrong place.
        if self._unclear_in_a_row >= MOST_UNCLEAR or (error.http_status is not None and error.code is None):
            self._stop(error)

    def _slow_down(self, batch: Batch, error: JSMSError) -> bool:
        """Wait before the next request; True where that was done too often, or for too long."""
        if isinstance(error, RateLimitError):
            return self._throttle.too_often(time.monotonic(), batch.left_at)
        return self._throttle.not_reached(time.monotonic())

    def _refused(self, batch: Batch, error: JSMSError) -> None:
        """Find out for whom a request was refused as a whole: it is cut in two, until one is left."""
        self._throttle.refused()
        rows = batch.rows
        if len(rows) > 1:
            self._queue.mark_answered(batch, WAITING)
            half = len(rows) // 2
            near, far = Batch(rows[:half]), Batch(rows[half:])
            if self._far_away():
                self._again.extend((near, far))
            else:
                self._again.extendleft((far, near))
            return
        self._refused_alone.append(batch)
        self._queue.mark_answered(batch, REFUSED, code=error.code if isinstance(error, APIError) else None)
        if len(self._refused_alone) == MOST_REFUSED_ALONE:
            # Where no recipient was accepted, the campaign is at fault: once that is corrected, these are sent to.
            if not self._journal.states[ACCEPTED]:
                for one in self._refused_alone:
                    self._queue.requeue(one)
            self._stop(error)

    def _far_away(self) -> bool:
        """Sample from both ends: neighbouring rows tend to share a mistake, as test numbers at the top do."""
        return len(self._refused_alone) >= _NEIGHBOURS

    def _stop(self, error: JSMSError) -> None:
        self.stop = self.stop or stop_for(error)
        if self._team is not None:
            self._team.share_stop(self.stop)

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self.interrupted = True

    def _tell(self, tell: Tell, meter: Meter, *, now: bool) -> None:
        moment = time.monotonic()
        pause = self._throttle.pause(moment)
        if now or pause > 0 or not self._reported or meter.due(moment, TELL_EVERY):
            self._reported = True
            journal = self._journal
            progress = meter.read(journal.states, journal.repeats, journal.bad_lines, moment, self._done(), pause)
            tell(progress)

    def _done(self) -> int:
        states = self._journal.states
        return sum(states) - states[WAITING]
