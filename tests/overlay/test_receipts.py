"""Endless iteration over receipts: the service's pace, clean stops, and no record lost."""

# Five seconds between polls would make every test take as long.
# pyright: reportPrivateUsage=false
from __future__ import annotations

import itertools
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from jsms_client import JSMS
from jsms_client.errors import (
    AuthFailedError,
    ConnectionFailedError,
    OutOfFreqError,
    UnconfirmedDecodeError,
    UnknownOutcomeError,
)
from jsms_client.results import DeliveryReport
from jsms_contract.operations import OPERATIONS

from .drivers import sync_client
from .receipt_server import Act, ReceiptServer, after, drop, late, refuse, report, reports, respond

PACE = 0.2


@contextmanager
def polling(server: ReceiptServer, pace: float = PACE) -> Generator[JSMS]:
    """Make a client that does not wait five seconds between polls."""
    with sync_client(server.base_url) as client:
        client.receipts._feeds["pollReports"].get().seconds = pace
        client.receipts._feeds["pollReplies"].get().seconds = pace
        yield client


def ids(records: Iterator[DeliveryReport], count: int) -> list[str]:
    return [record.msg_id for record in itertools.islice(records, count)]


def gaps(server: ReceiptServer) -> list[float]:
    times = [moment for moment, _ in server.polls]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_the_pace_is_the_contracts() -> None:
    with JSMS("a" * 24, "b" * 24) as client:
        assert client.receipts._feeds["pollReports"].get().seconds == OPERATIONS["pollReports"].poll_seconds == 5
        assert client.receipts._feeds["pollReplies"].get().seconds == OPERATIONS["pollReplies"].poll_seconds == 5


def test_records_come_one_by_one_across_polls() -> None:
    with ReceiptServer(reports(1, 2), reports(), reports(3)) as server, polling(server) as client:
        assert ids(client.receipts.iter_reports(), 3) == ["1", "2", "3"]
        assert len(server.polls) == 3


def test_polls_keep_their_distance_even_between_iterators_and_single_polls() -> None:
    with ReceiptServer(reports(1), reports(2), reports(3)) as server, polling(server) as client:
        assert [record.msg_id for record in client.receipts.reports()] == ["1"]
        assert ids(client.receipts.iter_reports(), 1) == ["2"]
        assert ids(client.receipts.iter_reports(), 1) == ["3"]
        assert all(gap > PACE * 0.9 for gap in gaps(server))


def test_a_request_that_was_slow_to_arrive_does_not_bring_the_next_one_too_close() -> None:
    with ReceiptServer(late(0.4, reports(1)), reports(2)) as server, polling(server, 0.3) as client:
        assert ids(client.receipts.iter_reports(), 2) == ["1", "2"]
        assert gaps(server)[0] > 0.65


def test_reports_and_replies_have_a_pace_each() -> None:
    reply = respond([{"phone": "13800138000", "replyTime": 1492150800000, "content": "TD"}])
    with ReceiptServer(reports(1), reply) as server, polling(server, 60) as client:
        started = time.monotonic()
        assert next(client.receipts.iter_reports()).msg_id == "1"
        assert next(client.receipts.iter_replies()).content == "TD"
        assert time.monotonic() - started < 30
        assert [path for _, path in server.polls] == ["/v1/report", "/v1/reply"]


def test_records_not_handed_out_yet_stay_for_the_next_iteration() -> None:
    with ReceiptServer(reports(1, 2, 3)) as server, polling(server) as client:
        for record in client.receipts.iter_reports():
            assert record.msg_id == "1"
            break
        with client.receipts.iter_reports() as stream:
            assert ids(stream, 2) == ["2", "3"]
        assert len(server.polls) == 1


def test_a_stopped_iterator_hands_out_what_was_fetched_and_ends() -> None:
    with ReceiptServer(reports(1, 2, 3)) as server, polling(server) as client:
        stream = client.receipts.iter_reports()
        assert next(stream).msg_id == "1"
        stream.stop()
        assert [record.msg_id for record in stream] == ["2", "3"]
        assert list(stream) == []
        assert len(server.polls) == 1
        assert repr(stream) == "<ReceiptStream stopped>"


def test_stopping_from_another_thread_wakes_the_wait_at_once() -> None:
    with ReceiptServer() as server, polling(server, 60) as client:
        stream = client.receipts.iter_reports()
        threading.Timer(0.2, stream.stop).start()
        started = time.monotonic()
        assert list(stream) == []
        assert time.monotonic() - started < 30


def test_stopping_in_a_signal_handler_ends_the_wait() -> None:
    with ReceiptServer() as server, polling(server, 60) as client:
        stream = client.receipts.iter_reports()
        before = signal.signal(signal.SIGUSR1, lambda _signal, _frame: stream.stop())
        try:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1)).start()
            assert list(stream) == []
        finally:
            signal.signal(signal.SIGUSR1, before)


def test_a_poll_that_is_under_way_is_not_lost_by_stopping() -> None:
    ready = threading.Event()
    with ReceiptServer(after(ready, reports(1, 2))) as server, polling(server) as client:
        stream = client.receipts.iter_reports()

        def stop() -> None:
            server.asked.wait(30)
            stream.stop()
            ready.set()

        threading.Thread(target=stop).start()
        assert [record.msg_id for record in stream] == ["1", "2"]


def test_leaving_its_context_stops_the_iterator() -> None:
    with ReceiptServer(reports(1)) as server, polling(server) as client:
        with client.receipts.iter_reports() as stream:
            assert next(stream).msg_id == "1"
        assert list(stream) == []


def test_threads_that_iterate_at_once_share_records_and_pace() -> None:
    with (
        ReceiptServer(reports(1, 2, 3), reports(4, 5, 6), reports(7, 8, 9)) as server,
        polling(server) as client,
    ):
        streams = [client.receipts.iter_reports() for _ in range(4)]
        seen: list[str] = []

        def consume(stream: Iterator[DeliveryReport]) -> None:
            for record in stream:
                seen.append(record.msg_id)
                if len(seen) == 9:
                    for other in streams:
                        other.stop()

        threads = [threading.Thread(target=consume, args=(stream,)) for stream in streams]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(seen) == [str(number) for number in range(1, 10)]
        assert all(gap > PACE * 0.9 for gap in gaps(server))


def test_too_often_is_waited_out_from_the_refusal_on() -> None:
    with ReceiptServer(refuse(50009), refuse(50009), reports(1)) as server, polling(server) as client:
        assert ids(client.receipts.iter_reports(), 1) == ["1"]
        assert len(server.polls) == 3
        assert all(gap > PACE * 0.9 for gap in gaps(server))


def test_a_single_poll_that_comes_too_soon_raises() -> None:
    with ReceiptServer(refuse(50009)) as server, polling(server) as client, pytest.raises(OutOfFreqError):
        client.receipts.reports()


@pytest.mark.parametrize("trouble", [drop, refuse(50019, 500), respond(b"<html>"), respond({})])
def test_an_unknown_outcome_is_raised_once_and_never_retried(trouble: Act) -> None:
    with ReceiptServer(reports(1, 2), trouble, reports(3)) as server, polling(server) as client:
        stream = client.receipts.iter_reports()
        assert ids(stream, 2) == ["1", "2"]
        with pytest.raises(UnknownOutcomeError):
            next(stream)
        assert len(server.polls) == 2
        assert next(stream).msg_id == "3"


def test_a_refusal_is_raised() -> None:
    with ReceiptServer(refuse(50002, 401)) as server, polling(server) as client, pytest.raises(AuthFailedError):
        next(client.receipts.iter_reports())


def test_a_service_that_was_never_reached_is_raised() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with sync_client(f"http://127.0.0.1:{taken.getsockname()[1]}/v1") as client:
            stream = client.receipts.iter_reports()
            with pytest.raises(ConnectionFailedError):
                next(stream)


def test_an_outage_is_waited_out_once_the_service_has_responded(caplog: pytest.LogCaptureFixture) -> None:
    with ReceiptServer() as server:
        port = server.port
    with sync_client(f"http://127.0.0.1:{port}/v1") as client, caplog.at_level(logging.WARNING, "jsms_client"):
        client.receipts._feeds["pollReports"].get().seconds = PACE
        stream = client.receipts.iter_reports()
        with ReceiptServer(reports(1), port=port):
            assert next(stream).msg_id == "1"
        seen: list[str] = []
        consumer = threading.Thread(target=lambda: seen.extend(ids(stream, 1)))
        consumer.start()
        while "trying again" not in caplog.text:
            time.sleep(0.02)
        with ReceiptServer(reports(2), port=port):
            consumer.join(30)
        assert seen == ["2"]


def test_a_broken_record_costs_none_of_the_others(caplog: pytest.LogCaptureFixture) -> None:
    broken: dict[str, object] = {"msgId": "7", "phone": "13800138000", "receiveTime": 1}
    with ReceiptServer(respond([report(1), broken, report(2)])) as server, polling(server) as client:
        stream = client.receipts.iter_reports()
        assert ids(stream, 2) == ["1", "2"]
        (malformed,) = stream.malformed
        assert malformed.raw == broken
        assert malformed.problem == "has no status"
        assert "1 record" in caplog.text
        assert "13800138000" not in caplog.text + repr(malformed)


def test_a_single_poll_hands_out_broken_records_beside_the_others() -> None:
    with ReceiptServer(respond([report(1), "odd"])) as server, polling(server) as client:
        records = client.receipts.reports()
        assert [record.msg_id for record in records] == ["1"]
        assert [malformed.raw for malformed in records.malformed] == ["odd"]


def test_a_response_that_is_no_list_is_an_unknown_outcome() -> None:
    not_a_list = respond({"records": []})
    with ReceiptServer(not_a_list) as server, polling(server) as client, pytest.raises(UnconfirmedDecodeError):
        client.receipts.reports()


def test_an_interrupted_poll_leaves_the_iterator_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    with ReceiptServer(reports(1)) as server, polling(server, 0) as client:
        stream = client.receipts.iter_reports()

        def interrupted() -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(stream, "_poll", interrupted)
            with pytest.raises(KeyboardInterrupt):
                next(stream)
        assert next(stream).msg_id == "1"


def _child(client: JSMS, outcome: multiprocessing.SimpleQueue[list[str]]) -> None:
    outcome.put(ids(client.receipts.iter_reports(), 1))


def test_records_fetched_before_a_fork_are_handed_out_by_the_parent_alone() -> None:
    context = multiprocessing.get_context("fork")
    with ReceiptServer(reports(1, 2), reports(3)) as server, polling(server) as client:
        assert ids(client.receipts.iter_reports(), 1) == ["1"]
        outcome: multiprocessing.SimpleQueue[list[str]] = context.SimpleQueue()
        child = context.Process(target=_child, args=(client, outcome))
        child.start()
        assert outcome.get() == ["3"]
        child.join()
        assert ids(client.receipts.iter_reports(), 1) == ["2"]
