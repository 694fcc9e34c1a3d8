"""Campaigns from a terminal: each recipient is sent to once."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest

from engines.fixtures import Started
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command, Done

NUMBERS = tuple(f"1380013{place:04}" for place in range(30))


@pytest.fixture
def members(folder: Path) -> str:
    """Provide a list of thirty, one of them twice."""
    return write_list(folder, *NUMBERS, NUMBERS[3])


def write_list(folder: Path, *numbers: str) -> str:
    path = folder / "members.csv"
    path.write_text(
        "\n".join(("手机号,number", *(f"{number},甲{number[-2:]}" for number in numbers))), encoding="utf-8"
    )
    return str(path)


def counts(done: Done) -> dict[str, int]:
    (report,) = done.lines
    found = cast("dict[str, int]", report["counts"])
    return {name: count for name, count in found.items() if count and name != "total"}


def sent(sandbox: Sandbox) -> Sequence[str]:
    return sorted(message.mobile for message in sandbox.messages)


def test_everyone_on_the_list_is_sent_to_once(jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str) -> None:
    done = jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--json")
    assert (done.code, done.err) == (0, "")
    assert counts(done) == {"accepted": 30, "repeats": 1}
    assert done.lines[0]["journal"] == f"{members}.journal"
    assert sent(jsms_sandbox) == list(NUMBERS)
    jsms_sandbox.assert_sent(NUMBERS[7], text="包裹甲07", count=1)


def test_the_same_command_again_sends_nothing(jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str) -> None:
    command = ("campaign", "send", members, "--temp-id", str(parcel), "--journal", "spring.db", "--yes", "--json")
    first, second = jsms(*command), jsms(*command)
    assert (second.code, counts(second)) == (0, counts(first))
    assert sent(jsms_sandbox) == list(NUMBERS)


def test_a_dry_run_says_what_it_would_cost_and_sends_nothing(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str, folder: Path
) -> None:
    done = jsms("campaign", "send", members, "--temp-id", str(parcel), "--dry-run", "--json")
    assert {name: done.data[name] for name in ("recipients", "repeats", "requests", "credit", "enough")} == {
        "recipients": 30,
        "repeats": 1,
        "requests": 1,
        "credit": 30,
        "enough": True,
    }
    shown = jsms("campaign", "send", members, "--temp-id", str(parcel), "--dry-run").out
    assert "138****0000: 【…】您的包裹甲00已到达。" in shown
    assert jsms_sandbox.messages == []
    assert list(folder.glob("*.journal")) == []


def test_too_little_credit_is_known_beforehand(jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str) -> None:
    jsms_sandbox.set_credit(balance=0, industry=10)
    assert jsms("campaign", "send", members, "--temp-id", str(parcel), "--dry-run").code == 8


def test_it_stops_without_credit_and_goes_on_with_some(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str
) -> None:
    jsms_sandbox.set_credit(balance=0, industry=0)
    command = ("campaign", "send", members, "--temp-id", str(parcel), "--yes")
    done = jsms(*command)
    assert done.code == 21
    assert "the credit is used up" in done.err
    assert f"go on with: jsms {' '.join(command)}\n" in done.err
    jsms_sandbox.set_credit(balance=100)
    done = jsms(*command, "--json")
    assert done.code in (0, 19)
    assert counts(jsms("campaign", "status", f"{members}.journal", "--json")).get("waiting") is None


def test_without_a_terminal_nothing_is_sent_unless_that_was_said(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str
) -> None:
    done = jsms("campaign", "send", members, "--temp-id", str(parcel))
    assert (done.code, done.out) == (22, "")
    assert "give --yes. Nothing was sent." in done.err
    assert jsms_sandbox.requests == []


def test_a_bad_line_stops_it_or_is_set_aside(jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path) -> None:
    members = write_list(folder, *NUMBERS[:2], "138")
    command = ("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--json")
    done = jsms(*command)
    assert (done.code, done.out) == (20, "")
    assert "4: " in done.err
    assert jsms_sandbox.messages == []
    assert counts(jsms(*command, "--set-aside")) == {"accepted": 2, "bad_lines": 1}


@pytest.mark.parametrize("folder_name", [".", "..", "/", ""])
def test_a_folder_is_no_list(folder_name: str, jsms: Command, jsms_sandbox: Sandbox) -> None:
    done = jsms("campaign", "send", folder_name, "--temp-id", "1250", "--yes")
    assert (done.code, done.out) == (2, "")
    assert "is a folder; name the list itself" in done.err
    assert jsms_sandbox.requests == []


def test_refused_recipients_are_counted_by_code(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str
) -> None:
    jsms_sandbox.switch(opt_outs=[NUMBERS[0], NUMBERS[1]])
    done = jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--json")
    assert (done.code, done.lines[0]["codes"]) == (19, {"50024": 2})
    shown = jsms("campaign", "status", f"{members}.journal").out
    assert "The owner of the number has opted out of messages." in shown


def test_a_lost_response_leaves_unknown_ones_which_reports_settle(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str
) -> None:
    jsms_sandbox.fail_next(kind="drop", operation="sendMessageBatch")
    done = jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--json")
    assert (done.code, counts(done)) == (15, {"unknown": 30, "repeats": 1})
    assert f"jsms campaign settle {members}.journal" in done.err
    jsms_sandbox.clock.advance(2)
    done = jsms("campaign", "settle", f"{members}.journal", "--json")
    assert (done.code, counts(done)) == (0, {"accepted": 30, "repeats": 1})
    assert sent(jsms_sandbox) == list(NUMBERS)


def test_everyone_can_be_exported(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str, folder: Path
) -> None:
    jsms_sandbox.switch(opt_outs=[NUMBERS[0]])
    journal = f"{members}.journal"
    assert jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes").code == 19
    rows = list(csv.DictReader(io.StringIO(jsms("campaign", "export", journal).out)))
    assert [row["mobile"] for row in rows] == [*NUMBERS, NUMBERS[3]]
    refused = jsms("campaign", "export", journal, "--state", "refused", "--json").lines
    assert [(each["mobile"], each["code"]) for each in refused] == [(NUMBERS[0], 50024)]
    target = folder / "result.csv"
    done = jsms("campaign", "export", journal, str(target))
    assert (done.code, done.out) == (0, "")
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    assert jsms("campaign", "export", journal, str(target)).code == 2
    assert jsms("campaign", "export", journal, str(target), "--force").code == 0


@pytest.mark.parametrize("command", ["status", "export", "settle"])
def test_a_journal_that_is_not_there_is_named(command: str, jsms: Command, jsms_sandbox: Sandbox) -> None:
    done = jsms("campaign", command, "nothing.db")
    assert (done.code in (2, 20), done.out) == (True, "")
    assert "nothing.db" in done.err


def test_a_file_that_is_no_journal_is_left_alone(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str
) -> None:
    before = Path(members).read_bytes()
    done = jsms("campaign", "send", members, "--temp-id", str(parcel), "--journal", members, "--yes")
    assert (done.code, done.out) == (20, "")
    assert Path(members).read_bytes() == before
    assert jsms_sandbox.messages == []


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
def test_ctrl_c_leaves_a_journal_with_which_everyone_is_sent_to_once(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str
) -> None:
    from .terminal import Terminal

    jsms_sandbox.fail_next(kind="delay", delay=1.0, times=None, operation="sendMessageBatch")
    with Terminal("campaign", "send", members, "--temp-id", str(parcel), "--max-rate", "10") as terminal:
        terminal.wait_for("30 recipients need 30 SMS of credit")
        terminal.wait_for("138****0000: ")
        terminal.wait_for("Send to 30 recipients? [y/N] ")
        terminal.type("y\n")
        terminal.wait_for("refused")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "Go on with: jsms campaign send " in " ".join(terminal.seen.split())
    jsms_sandbox.clear_faults()
    assert len(jsms_sandbox.messages) < len(NUMBERS)
    left = counts(jsms("campaign", "status", f"{members}.journal", "--json"))
    assert left["waiting"] > 0
    done = jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--json")
    assert done.code == 0, json.dumps(done.lines)
    assert sent(jsms_sandbox) == list(NUMBERS)


def test_reports_that_callbacks_brought_settle_several_journals(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str, folder: Path
) -> None:
    jsms_sandbox.fail_next(kind="drop", operation="sendMessageBatch")
    jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes")
    events = folder / "events.jsonl"
    now = jsms_sandbox.clock.now.isoformat()
    lines = [
        {"type": "SMS_REPORT", "msg_id": m.msg_id, "phone": m.mobile, "receive_time": now, "status": 4001}
        for m in jsms_sandbox.messages
    ]
    events.write_text("".join(f"{json.dumps(line)}\n" for line in [{"type": "SMS_REPLY"}, *lines]), encoding="utf-8")

    done = jsms("campaign", "settle", f"{members}.journal", "--reports", str(events), "--json")

    assert (done.code, counts(done)) == (0, {"accepted": 30, "repeats": 1})
    assert done.lines[0]["deliveries"] == {"4001": 30}
    assert "30 reports, 30 of them matched; 0 unknown." in done.err
    for wrong in (b"{}", b"[" * 100_000, b'{"type": "\xff"}', b"\xff\xfe", _endless(lines[0])):
        events.write_bytes(wrong)
        done = jsms("campaign", "settle", f"{members}.journal", "--reports", str(events))
        assert (done.code, "line 1: it is not an event" in done.err) == (2, True), wrong[:50]


def _endless(report: Mapping[str, object]) -> bytes:
    """Return a report whose status is a number that no integer is."""
    return json.dumps({**report, "status": float("inf")}).encode()


@pytest.mark.usefixtures("jsms_sandbox")
@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--batch-size", "0"), "--batch-size is 0; it takes from 1 to 1000."),
        (("--max-rate", "0"), "--max-rate is 0; give recipients a second, at least one a day."),
        (("--window", "8"), 'give two times of a day in Beijing time, such as "08:00-21:00".'),
    ],
)
def test_a_wrong_option_is_explained_in_the_words_of_the_command(
    jsms: Command, members: str, option: tuple[str, str], said: str
) -> None:
    done = jsms("campaign", "send", members, "--temp-id", "1250", "--yes", *option)
    assert done.code == 2
    assert done.err.endswith(f"{said}\n")


def test_an_option_that_a_command_has_not_is_not_advised(jsms: Command, parcel: int, folder: Path) -> None:
    people = folder / "people.csv"
    people.write_text("a,b\n13800138000,1\n", encoding="utf-8")
    batch = jsms("batch", "send", "--from", str(people), "--temp-id", str(parcel))
    assert batch.err.endswith("is known to have the numbers: call it mobile.\n")
    campaign = jsms("campaign", "send", str(people), "--temp-id", str(parcel), "--yes")
    assert campaign.err.endswith("call it mobile, or say which it is, by --mobile-column.\n")


def test_where_no_terminal_is_a_line_says_how_far_it_is(
    jsms: Command, parcel: int, members: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jsms_cli.campaigns.progress.EVERY", 0.0)
    assert "jsms: sending " in jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes").err


def test_marketing_at_night_is_said_before_it_is_sent(jsms: Command, jsms_sandbox: Sandbox, members: str) -> None:
    sale = jsms_sandbox.add_template("{{number}} off", type=3)
    at = ("--send-time", "2099-07-01 22:00:00")
    done = jsms("campaign", "send", members, "--temp-id", str(sale), "--dry-run", *at)
    assert "marketing is delivered between 08:00 and 21:00 Beijing time only" in done.err
    by_day = jsms(
        "campaign", "send", members, "--temp-id", str(sale), "--dry-run", "--send-time", "2099-07-01 12:00:00"
    )
    assert "marketing is delivered" not in by_day.err


def test_a_scheduled_campaign_is_taken_back(jsms: Command, jsms_sandbox: Sandbox, parcel: int, members: str) -> None:
    jsms("campaign", "send", members, "--temp-id", str(parcel), "--yes", "--at", "2099-07-01 12:00:00")
    done = jsms("campaign", "cancel", f"{members}.journal", "--yes", "--json")
    assert (done.code, counts(done)) == (0, {"waiting": 30, "repeats": 1})


def test_a_dry_run_that_would_be_refused_ends_so(jsms: Command, parcel: int, folder: Path) -> None:
    people = folder / "people.csv"
    people.write_text("mobile,Number\n13800138000,1\n", encoding="utf-8")
    done = jsms("campaign", "send", str(people), "--temp-id", str(parcel), "--dry-run")
    assert done.code == 19
    assert "1 recipients have no value for number" in done.err
    sent = jsms("campaign", "send", str(people), "--temp-id", str(parcel), "--yes")
    assert sent.code == 20
    assert "needs 'number', for which no entry has a value: the list has 'Number'" in sent.err


def test_a_shared_campaign_is_named_by_its_address(
    jsms: Command, jsms_sandbox: Sandbox, started_engines: Started, tmp_path: Path
) -> None:
    address = started_engines.address("PostgreSQL", tmp_path).replace("jsms@", "jsms:s3cret@") + "?campaign=spring"
    file = tmp_path / "members.csv"
    file.write_text("mobile,number\n13800138000,1\n13800138001,2\n")
    jsms_sandbox.set_credit(industry=100)
    sent = jsms("campaign", "send", str(file), "--temp-id", "1250", "--journal", address, "--yes")
    assert sent.code == 0, sent.err
    status = jsms("campaign", "status", address)
    assert status.code == 0, status.err
    exported = jsms("campaign", "export", address, str(tmp_path / "out.csv"))
    assert exported.code == 0, exported.err
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("accepted") == 2
    unknown = jsms("campaign", "status", address.replace("spring", "autumn"))
    assert unknown.code != 0
    assert all("s3cret" not in done.out + done.err for done in (sent, status, exported, unknown))
