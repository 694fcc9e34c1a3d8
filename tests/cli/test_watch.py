"""Reports and replies as they come; no fetched record is lost."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from jsms_client import JSMS
from jsms_client.results import DeliveryReport
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command, run, start

MOBILES = ("13800138000", "13900139000", "13700137000")


def send(sandbox: Sandbox, parcel: int, *mobiles: str) -> None:
    with JSMS() as jsms:
        jsms.messages.send_batch([(mobile, {"number": "1"}) for mobile in mobiles], temp_id=parcel)
    sandbox.clock.advance(2)


@contextmanager
def started(*arguments: str) -> Generator[subprocess.Popen[str]]:
    with start(*arguments) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_report_is_one_line_with_the_number_masked(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    send(jsms_sandbox, parcel, MOBILES[0])
    done = jsms("report", "watch", "--once")
    (message,) = jsms_sandbox.messages
    assert (done.code, done.err) == (0, "")
    assert done.out.split()[2:] == ["report", "138****8000", message.msg_id, "4001", "delivered"]


def test_a_machine_gets_one_object_a_line_with_the_whole_number(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int
) -> None:
    send(jsms_sandbox, parcel, *MOBILES)
    done = jsms("report", "watch", "--count", "1", "--json")
    assert {str(line["phone"]) for line in done.lines} == set(MOBILES)
    assert set(done.lines[0]) == {field.name for field in fields(DeliveryReport)} - {"extra"}


def test_a_reply_is_shown_with_what_the_user_wrote(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.reply(MOBILES[0], "好的，\n谢谢")
    done = jsms("reply", "watch", "-n", "1")
    assert done.out.split()[2:] == ["reply", "138****8000", "好的，", "谢谢"]
    assert len(done.out.splitlines()) == 1


def test_ctrl_c_ends_it_and_everything_that_was_fetched_is_shown(jsms_sandbox: Sandbox, parcel: int) -> None:
    send(jsms_sandbox, parcel, *MOBILES)
    with started("report", "watch", "--json") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        # Not communicate(), which would not see what came together with the first line.
        rest = process.stdout.read()
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert len((first + rest).splitlines()) == len(MOBILES)


def test_records_for_a_closed_output_are_reported_as_lost(jsms_sandbox: Sandbox, parcel: int) -> None:
    send(jsms_sandbox, parcel, *MOBILES)
    with started("report", "watch", "--once", "--json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait(30) == 141
    lost = "3 records were fetched and could not be written; the service does not hand them out again."
    assert json.loads(said) == {"note": lost}


def test_asking_too_soon_says_so(jsms: Command, jsms_sandbox: Sandbox) -> None:
    assert jsms("report", "watch", "--once").code == 0
    done = jsms("report", "watch", "--once")
    assert (done.code, done.out) == (7, "")
    assert "50009" in done.err


def test_as_a_process_it_ends_by_itself_after_one_poll(jsms_sandbox: Sandbox) -> None:
    assert run("report", "watch", "--once").code == 0


def test_nothing_is_fetched_once_the_output_is_closed(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    send(jsms_sandbox, parcel, MOBILES[0])
    with started("report", "watch", "--json") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["phone"] == MOBILES[0]
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr is not None
        assert process.stderr.read() == ""
    jsms_sandbox.clock.advance(60)
    send(jsms_sandbox, parcel, MOBILES[1])
    assert [line["phone"] for line in jsms("report", "watch", "--once", "--json").lines] == [MOBILES[1]]


def test_with_a_store_what_was_fetched_and_not_shown_waits_for_the_next_command(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, tmp_path: Path
) -> None:
    send(jsms_sandbox, parcel, *MOBILES)
    store = str(tmp_path / "jsms.db")
    shown = [jsms("report", "watch", "--json", "--store", store, "-n", count) for count in ("1", "2")]
    assert [len(done.lines) for done in shown] == [1, 2]
    assert {str(line["phone"]) for done in shown for line in done.lines} == set(MOBILES)


def test_with_a_store_an_output_that_ends_costs_no_record(jsms_sandbox: Sandbox, parcel: int, tmp_path: Path) -> None:
    send(jsms_sandbox, parcel, *MOBILES)
    store = str(tmp_path / "jsms.db")
    with started("report", "watch", "--json", "--store", store) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.wait(30)
        assert process.stderr is not None
        assert "lost" not in process.stderr.read()


def test_a_store_is_for_watching(jsms: Command, jsms_sandbox: Sandbox, tmp_path: Path) -> None:
    for kind in ("report", "reply"):
        done = jsms(kind, "watch", "--once", "--store", str(tmp_path / "jsms.db"))
        assert done.code == 2
        assert "--store is for watching" in done.err
    assert "store is an address of no database" in jsms("report", "watch", "--store", "nothing://").err
