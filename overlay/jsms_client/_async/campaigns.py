"""Campaigns: a list of any length, sent once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime, time
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Literal, overload

from jsms_client._concurrency import async_sleep
from jsms_client.campaigns._campaign import (
    AsyncOpenJournal,
    Campaign,
    JournalLike,
    scheduled_requests,
    take_back,
)
from jsms_client.campaigns._error_policy import REQUESTED
from jsms_client.campaigns._errors import JournalError
from jsms_client.campaigns._estimate import Estimate, Estimator
from jsms_client.campaigns._inputs.sources import AsyncEntries, AsyncPieces, AsyncRecipients
from jsms_client.campaigns._journal.journal import Journal
from jsms_client.campaigns._loader import Count, RecipientLoader
from jsms_client.campaigns._options import (
    CampaignSettings,
    OnBadLine,
    Service,
    StopEvent,
    read_batch_size,
    read_concurrency,
    read_max_rate,
    read_on_bad_line,
    read_seconds,
    read_stop_event,
    read_window,
)
from jsms_client.campaigns._reconcile import MOST_REFUSALS, POLL_SECONDS, AsyncReports, Settlement, Settler
from jsms_client.campaigns._runner import CampaignRunner
from jsms_client.campaigns._shared.journal import SharedJournal
from jsms_client.campaigns._throttle import PATIENCE, Progress, Throttle
from jsms_client.campaigns._workers import AsyncWorkerPool
from jsms_client.errors import APIError, JSMSError, RateLimitError, ScheduleError
from jsms_runtime.resource import run_in_thread
from jsms_runtime.validation import invalid_argument

if TYPE_CHECKING:
    from jsms_client._async.client import AsyncJSMS
    from jsms_client._async.executor import AsyncHTTPExecutor
    from jsms_client.store import Store
    from jsms_client.store._rates import SharedRate

_log = logging.getLogger("jsms_client")


class AsyncCampaigns:
    """A list of any length, sent once, whatever happens in between.

    Args:
        client: The client whose credentials, timeouts and connections are used.
        executor: What carries out its requests.
    """

    __slots__ = ("_client", "_executor")

    def __init__(self, client: AsyncJSMS, executor: AsyncHTTPExecutor) -> None:
        self._client = client
        self._executor = executor

    def __repr__(self) -> str:
        """Return the kind of resource, and nothing of the client."""
        return f"<{type(self).__name__}>"

    @overload
    async def send(
        self,
        recipients: AsyncRecipients,
        *,
        temp_id: int,
        sign_id: int | None = None,
        tag: str | None = None,
        send_time: datetime | str | None = None,
        journal: JournalLike | None = None,
        concurrency: int = 4,
        max_rate: float | None = None,
        patience: float = PATIENCE,
        window: tuple[time, time] | str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        dry_run: Literal[False] = False,
        on_bad_line: OnBadLine = "stop",
        repeat_unknown: bool = False,
        batch_size: int | None = None,
        stop_event: StopEvent | None = None,
    ) -> Campaign: ...

    @overload
    async def send(
        self,
        recipients: AsyncRecipients,
        *,
        temp_id: int,
        sign_id: int | None = None,
        tag: str | None = None,
        send_time: datetime | str | None = None,
        journal: JournalLike | None = None,
        concurrency: int = 4,
        max_rate: float | None = None,
        patience: float = PATIENCE,
        window: tuple[time, time] | str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        dry_run: Literal[True],
        on_bad_line: OnBadLine = "stop",
        repeat_unknown: bool = False,
        batch_size: int | None = None,
        stop_event: StopEvent | None = None,
    ) -> Estimate: ...

    async def send(
        self,
        recipients: AsyncRecipients,
        *,
        temp_id: int,
        sign_id: int | None = None,
        tag: str | None = None,
        send_time: datetime | str | None = None,
        journal: JournalLike | None = None,
        concurrency: int = 4,
        max_rate: float | None = None,
        patience: float = PATIENCE,
        window: tuple[time, time] | str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        dry_run: bool = False,
        on_bad_line: OnBadLine = "stop",
        repeat_unknown: bool = False,
        batch_size: int | None = None,
        stop_event: StopEvent | None = None,
    ) -> Campaign | Estimate:
        """Send a template to everyone on a list, each once.

        The whole list is read first, and numbers that stand further up are set aside; a list without any value for a
        variable of the template is refused. Then it is sent in the largest batches that the service takes. The journal
        is written before a request leaves and after its response: after a crash, the same call with the same list goes
        on where it stopped. Recipients of a request whose response never came are unknown, and are not sent to again
        unless asked.

        It goes on past refused recipients, and slows down while the service says "too often". It stops by itself, and
        can be gone on with, where the credit is used up, the credentials or the campaign as a whole are refused, or
        the service does not respond.

        JSMS operation: sendMessageBatch, POST /messages/batch; with ``send_time`` createScheduleBatch,
        POST /schedule/batch

        Args:
            recipients: Any iterable of `Recipient`, mappings with ``mobile`` and ``temp_para``, (mobile, parameters)
                pairs, or numbers, read once and piece by piece; or the path of a CSV, TSV or JSON-lines file, or a
                `RecipientFile`. The names in a file's header are those of the template's parameters.
            temp_id: A notice or marketing template that passed review.
            sign_id: A signature that passed review; None for the app's default signature.
            tag: A label for your own statistics, at most 10 characters; never shown to a recipient.
            send_time: When the service is to send, in the future: an aware datetime in any zone, or
                ``yyyy-MM-dd HH:mm:ss`` in Beijing time (UTC+8); None for at once.
            journal: The path of the journal, which is made where there is none; or the `Campaign` of an earlier call.
                Or the address of a campaign in a database, ``postgresql+psycopg://…/db?campaign=spring``: any number of
                processes and machines that make the same call then share the list, ``max_rate`` and reasons to stop.
                None for a temporary one, which is gone with the campaign that is returned.
            concurrency: How many requests may be on their way at once.
            max_rate: How many recipients in any second at most, no fewer than one a day; None for as many as go. Where
                the client has a store, all campaigns of the app that have a ``max_rate`` share it, in any process.
            patience: How many seconds to go on trying while the service is not reached and nothing is sent.
            window: The hours of a day in which requests may leave, in Beijing time: ``"08:00-21:00"`` or
                ``(time(8), time(21))``; outside of them it waits. None for all. Not together with ``send_time``.
            on_progress: Is called with the newest `Progress` some ten times a second, in the caller's own thread or
                event loop. What it raises stops the campaign as an interrupt does.
            dry_run: Whether to send nothing, and to say what it would cost.
            on_bad_line: What to do about entries that cannot be sent to: ``"stop"`` before anything is sent, or
                ``"set_aside"`` and report them.
            repeat_unknown: Whether those that are unknown are to be sent to again: each once, and once more after
                another `settle`. Wait an hour and `settle` first: then those who were sent to are no longer unknown.
            batch_size: How many recipients a request may have, 1 to 1,000; None for as many as the service takes. An
                interruption leaves that many in doubt for each request that is in flight.
            stop_event: Stops the campaign when it is set, from any thread, task or signal handler: nothing more is
                sent, what is in flight is waited for, and the campaign is returned with the reason ``requested``. A
                `threading.Event`, an `asyncio.Event`, or anything else with ``is_set()``, which is called from another
                thread.

        Returns:
            The state of every recipient, and why it stopped, where it did; with ``dry_run`` what it would cost.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            CampaignInputError: The list cannot be read, or has entries that cannot be sent to; nothing was sent.
            JournalLockedError: The journal is in use by another campaign; nothing was sent.
            JournalMismatchError: The journal is that of another campaign or list; nothing was sent.
            JournalDamagedError: The file is no journal, or no longer what was written into it; nothing was sent.
            JournalError: The journal cannot be used; ``sending_began`` says whether anything was sent.
        """
        bad_lines, requests = read_on_bad_line(on_bad_line), read_concurrency(concurrency)
        most_per_second, seconds = read_max_rate(max_rate), read_seconds(patience, "patience")
        hours = read_window(window)
        if hours is not None and send_time is not None:
            raise invalid_argument("window", "does not go with send_time", "schedule it for a time within the hours")
        largest_batch, stop = read_batch_size(batch_size), read_stop_event(stop_event)
        settings = CampaignSettings.read(temp_id, sign_id, tag, send_time)
        entries = AsyncEntries(recipients)
        if dry_run:
            return await self._estimate(settings, entries, bad_lines, on_progress)
        service = Service(*self._executor.config.identity)
        opened = AsyncOpenJournal(journal)
        try:
            book = await opened.open(settings, service)
            if not await self._take_in(entries, book, bad_lines, on_progress, stop=stop, checked=True):
                return await opened.campaign(book, REQUESTED)
            throttle = Throttle(requests, most_per_second, monotonic(), seconds)
            request = partial(self._executor.request_json, settings.operation)
            runner = CampaignRunner(
                book,
                throttle,
                settings.body(),
                batch_size=min(largest_batch or settings.largest_batch, settings.largest_batch),
                repeat_unknown=repeat_unknown,
                stop_event=stop,
                window=hours,
                rate=None if self._executor.store is None else self._shared_rate(self._executor.store),
            )
            try:
                await AsyncWorkerPool(request, requests).run(runner, on_progress)
                return await opened.campaign(book, runner.stop)
            except JournalError as error:
                runner.note_sending(error)
                raise
        finally:
            await opened.aclose()

    async def settle(
        self,
        journal: JournalLike,
        *more: JournalLike,
        reports: AsyncReports | None = None,
        wait: float = 0.0,
        on_progress: Callable[[Settlement], None] | None = None,
    ) -> Campaign:
        """Find out from delivery reports which unknown recipients were sent to, and which messages arrived.

        A report is matched by its msg_id; where a recipient has none, by its number and a time within 24 hours after
        the request, on the service's clock. The service hands out each report of the app once: reports of other
        messages are kept in the first journal, see `Campaign.other_reports`. Settle several journals in one call, or
        hand over ``reports``, those of callbacks, for example. Without ``reports`` they are polled, once in five
        seconds.

        JSMS operation: pollReports, GET /report

        Args:
            journal: The path of the journal, or the `Campaign` itself.
            more: Further journals, which the same reports are matched with.
            reports: Delivery reports, such as the events of a callback; None to poll.
            wait: How many seconds to go on polling when there are no more reports, until everyone is settled.
            on_progress: Is called with a `Settlement` after each poll, or each thousand of ``reports``.

        Returns:
            The campaign of the first journal; recipients that no report named are unknown still.

        Raises:
            ArgumentError: An argument cannot be used.
            JournalError: A journal is locked, damaged, or cannot be used.
            JSMSError: Polling failed; what was polled before is in the journal.
        """
        until = monotonic() + read_seconds(wait, "wait")
        pieces = None if reports is None else AsyncPieces(reports, "reports")
        service = Service(*self._executor.config.identity) if pieces is None else None
        opened = [AsyncOpenJournal(each) for each in (journal, *more)]
        async with AsyncExitStack() as closing:
            for each in opened:
                closing.push_async_callback(each.aclose)
            books = [await each.open(None, service) for each in opened]
            settler = Settler(books)
            settled = await run_in_thread(settler.begin)
            if pieces is None:
                await self._poll(settler, until, on_progress, settled=settled)
            else:
                while piece := await pieces.next():
                    await run_in_thread(settler.add, piece)
                    if on_progress is not None:
                        on_progress(settler.progress)
            await run_in_thread(settler.end)
            return await opened[0].campaign(books[0])

    async def cancel(self, journal: JournalLike) -> Campaign:
        """Take a scheduled campaign back: delete each of its schedules that was not sent yet.

        JSMS operation: deleteSchedule, DELETE /schedule/{schedule_id}

        Args:
            journal: The path of the journal, or the `Campaign` itself.

        Returns:
            The campaign: recipients of a deleted schedule wait again, and are sent to by the same call as before.
            Those of a schedule that was sent already, or that the service does not know, stay accepted.

        Raises:
            JournalError: The journal is locked, damaged, or cannot be used.
            JSMSError: A schedule could not be deleted; call it again. What was deleted before is in the journal.
        """
        opened = AsyncOpenJournal(journal)
        try:
            book = await opened.open(None, Service(*self._executor.config.identity))
            for request, schedule_id in await run_in_thread(scheduled_requests, book):
                try:
                    await self._client.schedules.delete(schedule_id)
                except ScheduleError:
                    continue
                await run_in_thread(take_back, book, request)
            return await opened.campaign(book)
        finally:
            await opened.aclose()

    def _shared_rate(self, store: Store) -> SharedRate:
        from jsms_client.store._rates import SharedRate  # noqa: PLC0415 - a program loads what it uses

        return SharedRate(store, self._executor.config.identity)

    async def _poll(
        self, settler: Settler, until: float, on_progress: Callable[[Settlement], None] | None, *, settled: bool
    ) -> None:
        refused = 0
        while not settled:
            try:
                found = await self._client.receipts.reports()
            except RateLimitError:
                refused += 1
                if refused == MOST_REFUSALS:
                    raise
            else:
                refused = 0
                if found.malformed:
                    # The service does not hand them out again.
                    self._client.receipts.iter_reports().malformed.extend(found.malformed)
                    _log.error(
                        "%d delivery reports cannot be read; they are kept as they came, in the malformed of "
                        "receipts.iter_reports()",
                        len(found.malformed),
                    )
                settled = await run_in_thread(settler.add, found, self._executor.clock_ahead)
                if on_progress is not None:
                    on_progress(settler.progress)
                if not found and monotonic() + POLL_SECONDS > until:
                    return
            if not settled:
                await async_sleep(POLL_SECONDS)

    async def _estimate(
        self,
        settings: CampaignSettings,
        entries: AsyncEntries,
        on_bad_line: OnBadLine,
        on_progress: Callable[[Progress], None] | None,
    ) -> Estimate:
        template = await self._client.templates.get(settings.temp_id)
        sign = None if settings.sign_id is None else (await self._client.signs.get(settings.sign_id)).sign
        try:
            balance = await self._client.accounts.app()
        except APIError:
            balance = None
        journal = Journal.temporary(settings, Service(*self._executor.config.identity))
        try:
            estimator = Estimator(template, sign, balance)
            await self._take_in(entries, journal, on_bad_line, on_progress, count=estimator.add)
            return estimator.made(journal)
        finally:
            journal.close()

    async def _take_in(
        self,
        entries: AsyncEntries,
        journal: Journal | SharedJournal,
        on_bad_line: OnBadLine,
        on_progress: Callable[[Progress], None] | None,
        *,
        count: Count | None = None,
        stop: StopEvent | None = None,
        checked: bool = False,
    ) -> bool:
        """Read the list to its end; nothing of it is in the journal where that fails, or where it is stopped.

        Returns:
            Whether it was read to its end.
        """
        loader = RecipientLoader(journal, on_bad_line, count)
        loader.begin()
        try:
            while piece := await entries.next():
                if stop is not None and stop.is_set():
                    loader.give_up()
                    return False
                await run_in_thread(loader.add, piece)
                if on_progress is not None and (progress := loader.progress()) is not None:
                    on_progress(progress)
            template = ""
            if checked and loader.needs_template:
                # What is wrong with it shows when the first request is sent.
                with suppress(JSMSError):
                    template = (await self._client.templates.get(journal.settings.temp_id)).template
            await run_in_thread(loader.finish, template)
        except BaseException:
            loader.give_up()
            raise
        return True
