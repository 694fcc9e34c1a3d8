"""Fetched records that were not read yet: where they are kept, and that closing reports them."""

from __future__ import annotations

import itertools
import logging

import anyio
import pytest

from .drivers import async_client, sync_client
from .receipt_server import ReceiptServer, reports, respond


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_closing_reports_how_many_records_are_unread_and_they_can_still_be_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ReceiptServer(reports(1, 2, 3)) as server, caplog.at_level(logging.WARNING, "jsms_client"):
        with sync_client(server.base_url) as client:
            for _ in client.receipts.iter_reports():
                break
            assert client.receipts.undelivered == 2
        (line,) = warnings_in(caplog)
        assert line.startswith("closed with 2 records that were fetched and not read")
        assert "13800138000" not in line
        assert [record.msg_id for record in itertools.islice(client.receipts.iter_reports(), 2)] == ["2", "3"]


def test_closing_tells_so_in_async_code_too(caplog: pytest.LogCaptureFixture) -> None:
    async def leave_early(base_url: str) -> None:
        async with async_client(base_url) as client:
            async for _ in client.receipts.iter_reports():
                break

    with ReceiptServer(reports(1, 2)) as server, caplog.at_level(logging.WARNING, "jsms_client"):
        anyio.run(leave_early, server.base_url)
    assert [line[:21] for line in warnings_in(caplog)] == ["closed with 1 records"]


def test_stopping_hands_out_what_was_fetched_and_leaves_nothing_to_tell(caplog: pytest.LogCaptureFixture) -> None:
    with ReceiptServer(reports(1, 2, 3)) as server, caplog.at_level(logging.WARNING, "jsms_client"):
        with sync_client(server.base_url) as client:
            taken: list[str] = []
            stream = client.receipts.iter_reports()
            for record in stream:
                taken.append(record.msg_id)
                stream.stop()
        assert taken == ["1", "2", "3"]
        assert warnings_in(caplog) == []


def test_an_error_that_was_not_raised_is_no_record(caplog: pytest.LogCaptureFixture) -> None:
    with ReceiptServer(respond(b"")) as server, caplog.at_level(logging.WARNING, "jsms_client"):
        with sync_client(server.base_url) as client:
            client.receipts._feeds["pollReports"].get().finish(error=ZeroDivisionError())  # pyright: ignore[reportPrivateUsage] - a poll's end
            assert client.receipts.undelivered == 0
        assert warnings_in(caplog) == []
