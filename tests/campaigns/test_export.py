"""What became of everyone, as a file for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from jsms_client.campaigns import open_campaign
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import Driver
from .people import people
from .test_settling import report


@pytest.fixture
def journal(sync: Driver, app: Sandbox, tmp_path: Path) -> Path:
    """One accepted and delivered, one refused, one unknown and settled, one repeated, one bad."""
    path = tmp_path / "campaign.db"
    app.fail_next(kind="drop", operation="sendMessageBatch", mobile="13800000001")
    given = [*people(2), ("138-0000-0001", {"number": "2"}), "1380000"]
    sync.send(app.settings, given, journal=path, on_bad_line="set_aside")
    sync.settle(app.settings, path, reports=[report("13800000000", "900", status=4003)])
    return path


def test_everyone_is_in_the_file_and_what_was_set_aside_behind_them(journal: Path, tmp_path: Path) -> None:
    target = tmp_path / "campaign.csv"
    open_campaign(journal).export(target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbfnumber,mobile,state,")
    with target.open(encoding="utf-8-sig", newline="") as file:
        first, second, third, fourth = csv.DictReader(file)
    assert (first["number"], first["mobile"], first["state"]) == ("1", "13800000000", "accepted")
    assert (first["msg_id"], first["delivery"], first["settled"]) == ("900", "4003", "yes")
    assert first["delivered_at"].endswith("+08:00")
    assert first["temp_para"] == '{"number": "0000"}'
    assert (second["state"], second["msg_id"], second["settled"]) == ("unknown", "", "")
    assert (third["number"], third["mobile"], third["state"]) == ("3", "13800000001", "repeat")
    assert third["reason"] == "the number stands at 2 already, with other parameters"
    assert (fourth["number"], fourth["mobile"], fourth["state"]) == ("4", "", "bad_line")


def test_an_open_file_is_written_to_as_it_is(sync: Driver, app: Sandbox) -> None:
    campaign = sync.send(app.settings, ["13000050024"])
    target = io.StringIO()
    campaign.export(target)
    (refused,) = csv.DictReader(io.StringIO(target.getvalue()))
    assert (refused["state"], refused["code"], refused["temp_para"]) == ("refused", "50024", "")
    assert refused["reason"]
