"""The outcome for each recipient, as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest

from jsms_client import ArgumentError
from jsms_client.campaigns import CampaignInputError, JournalError, RecipientState, open_campaign
from jsms_client.campaigns._export import write_csv
from jsms_client.campaigns._outcomes import Outcome, Skipped, SkipReason
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import Driver
from .recipients import people
from .test_reconcile import report


@pytest.fixture
def journal(sync: Driver, app: Sandbox, tmp_path: Path) -> Path:
    """Provide a journal with one recipient in each state, one duplicate and one bad line."""
    path = tmp_path / "campaign.db"
    app.fail_next(kind="drop", operation="sendMessageBatch", mobile="13800000001")
    given = [*people(2), ("138-0000-0001", {"number": "2"}), "1380000"]
    sync.send(app.settings, given, journal=path, on_bad_line="set_aside")
    sync.settle(app.settings, path, reports=[report("13800000000", "900", status=4003)])
    return path


def test_everyone_is_in_the_file_and_what_was_set_aside_behind_them(journal: Path, tmp_path: Path) -> None:
    target = tmp_path / "campaign.csv"
    open_campaign(journal).export(target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbfline,mobile,state,")
    with target.open(encoding="utf-8-sig", newline="") as file:
        first, second, third, fourth = csv.DictReader(file)
    assert (first["line"], first["mobile"], first["state"]) == ("1", "13800000000", "accepted")
    assert (first["msg_id"], first["delivery"], first["settled"]) == ("900", "4003", "yes")
    assert first["delivered_at"].endswith("+08:00")
    assert first["temp_para"] == '{"number": "0000"}'
    assert (second["state"], second["msg_id"], second["settled"]) == ("unknown", "", "")
    assert (third["line"], third["mobile"], third["state"]) == ("3", "13800000001", "repeat")
    assert third["reason"] == "the number is at 2 already, with other parameters"
    assert (fourth["line"], fourth["mobile"], fourth["state"]) == ("4", "", "bad_line")


def test_an_open_file_is_written_to_as_it_is(sync: Driver, app: Sandbox) -> None:
    campaign = sync.send(app.settings, [("13000050024", {"number": "1"}), "13800000000"])
    target = io.StringIO()
    campaign.export(target)
    refused, without = csv.DictReader(io.StringIO(target.getvalue()))
    assert (refused["state"], refused["code"], refused["temp_para"]) == ("refused", "50024", '{"number": "1"}')
    assert without["temp_para"] == ""
    assert refused["reason"]


@pytest.mark.parametrize(
    ("states", "lines"),
    [
        ((), ["1", "2", "3", "4"]),
        ((RecipientState.UNKNOWN,), ["2"]),
        ((RecipientState.UNKNOWN, RecipientState.ACCEPTED), ["1", "2"]),
        ((RecipientState.REFUSED,), []),
    ],
)
def test_an_export_has_the_states_that_are_asked_for(
    journal: Path, states: tuple[RecipientState, ...], lines: list[str]
) -> None:
    target = io.StringIO()
    assert open_campaign(journal).export(target, states=states) == len(lines)
    assert [row["line"] for row in csv.DictReader(io.StringIO(target.getvalue()))] == lines


def test_the_journal_is_never_written_over(journal: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(journal)
    for target in (journal, link):
        with pytest.raises(ArgumentError, match="is the journal itself"):
            open_campaign(journal).export(target)
    assert open_campaign(journal).counts.accepted == 1


@pytest.mark.skipif(os.name != "posix", reason="has other ways to say whose a file is")
def test_an_earlier_file_is_replaced_and_only_its_owner_may_read_it(journal: Path, tmp_path: Path) -> None:
    target = tmp_path / "campaign.csv"
    target.write_text("an earlier one")
    open_campaign(journal).export(target)
    assert target.stat().st_mode & 0o777 == 0o600
    assert "13800000000" in target.read_text(encoding="utf-8-sig")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["campaign.csv", "campaign.db"]


def test_an_earlier_file_stays_where_the_journal_cannot_be_read(journal: Path, tmp_path: Path) -> None:
    target = tmp_path / "campaign.csv"
    target.write_text("an earlier one")
    campaign = open_campaign(journal)
    journal.unlink()
    with pytest.raises(JournalError):
        campaign.export(target)
    assert target.read_text() == "an earlier one"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="has no such file")
def test_what_is_no_file_on_a_disk_is_written_to(journal: Path) -> None:
    open_campaign(journal).export("/dev/null")
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800138000", "'+8613800138000"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\t=1", "'\t=1"),
        ("288193860302", "288193860302"),
        ("1" * 15, "1" * 15),
        ("1" * 16, "\t" + "1" * 16),
        ("TD", "TD"),
    ],
)
def test_no_cell_is_a_formula_or_loses_digits_in_a_spreadsheet(text: str, cell: str) -> None:
    outcome = Outcome(1, "13800138000", RecipientState.ACCEPTED, msg_id=text)
    target = io.StringIO()
    write_csv(target, [outcome], [Skipped(2, SkipReason.BAD_LINE, None, text)])
    accepted, skipped = csv.DictReader(io.StringIO(target.getvalue()))
    assert (accepted["msg_id"], skipped["reason"]) == (cell, cell)


@pytest.mark.parametrize("columns", [None, ("line", "mobile", "state", "msg_id"), ("mobile", "temp_para", "state")])
def test_an_export_is_never_sent_to_as_a_list(
    sync: Driver, app: Sandbox, tmp_path: Path, columns: tuple[str, ...] | None
) -> None:
    campaign = sync.send(app.settings, people(3))
    target = tmp_path / "export.csv"
    campaign.export(target)
    if columns is not None:
        rows = list(csv.DictReader(target.read_text(encoding="utf-8-sig").splitlines()))
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    before = len(app.messages)
    with pytest.raises(CampaignInputError, match="export of a campaign, not a list"):
        sync.send(app.settings, target)
    assert len(app.messages) == before


def test_outcomes_are_those_in_one_state_or_in_several(journal: Path) -> None:
    campaign = open_campaign(journal)
    several = (RecipientState.ACCEPTED, RecipientState.UNKNOWN)
    for states, lines in ((RecipientState.ACCEPTED, [1]), (several, [1, 2]), ((), [1, 2]), (None, [1, 2])):
        assert [one.number for one in campaign.outcomes(states)] == lines


@pytest.mark.parametrize("given", ["sent", ["sent"], 7, [7], [["accepted"]]], ids=repr)
def test_a_state_that_there_is_not_is_an_error(journal: Path, tmp_path: Path, given: Any) -> None:
    campaign, target = open_campaign(journal), tmp_path / "out.csv"
    known = "give waiting, in_flight, accepted, refused, unknown, or several of them"
    with pytest.raises(ArgumentError, match=f"^state has something that is no state; {known}"):
        campaign.outcomes(given)
    with pytest.raises(ArgumentError, match="^states has something that is no state; "):
        campaign.export(target, states=given)
    assert not target.exists()
