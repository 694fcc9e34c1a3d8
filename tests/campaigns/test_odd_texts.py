"""Texts and numbers that a database cannot store unchanged neither stop a campaign nor match another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy

from engines.fixtures import SHARED, Started
from jsms_client.campaigns import Campaign, RecipientState, open_campaign
from jsms_client.campaigns._shared import state
from jsms_client.errors import ArgumentError
from jsms_client.results import DeliveryReport
from jsms_client.store import _database

from .drivers import Driver
from .recipients import numbers
from .test_contradictory_responses import Respond, serving

SETTINGS = {"app_key": "a", "master_secret": "b"}
PARAMETERS = {
    "nul": "a\0b",
    "emoji": "😀",
    "chinese": "春天",
    "long": "长" * 1000,
    "name\0": "x",
    "😀": "y",
    "quoted": "a\\u0000'\"\n\\",
    "spaces": "a ",
}
ODD_LINES = (
    '{"mobile": "13800138001\\u0000"}',
    '{"mobile": "13800138002", "x\\u0000": ["\\u0000"]}',
    '{"mobile": "13800138003", "x": "\\ud800"}',
    '{"mobile": "13800138003", "\\ud800": [3]}',
    "\0",
    '{"mobile": "13800138004", "' + "长" * 5000 + '": [1]}',
    '{"phone": "1", "tel\\u0000": "\\ud800", "tel": 3}',
)


def latin1(started: Started) -> str:
    """Return a database of MariaDB that was made without UTF-8."""
    address = started.get("MariaDB").database()
    engine = sqlalchemy.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {address.rpartition('/')[2]} CHARACTER SET latin1")
    return address


@pytest.fixture(params=[*SHARED, "MariaDB, latin1"])
def database(request: pytest.FixtureRequest, started_engines: Started, tmp_path: Path) -> str:
    """Provide an empty database."""
    if request.param.endswith("latin1"):
        return latin1(started_engines)
    return started_engines.address(request.param, tmp_path)


@pytest.fixture(params=["file", *SHARED, "MariaDB, latin1"])
def journal(request: pytest.FixtureRequest, started_engines: Started, tmp_path: Path) -> str:
    """Provide a journal that is not there yet, of each kind in turn."""
    if request.param == "file":
        return str(tmp_path / "spring.db")
    if request.param.endswith("latin1"):
        return f"{latin1(started_engines)}?campaign=spring"
    return f"{started_engines.address(request.param, tmp_path)}?campaign=spring"


def responding(entries: list[Mapping[str, object]]) -> Respond:
    """Responds to the recipients of a request with these entries, in their order."""

    def respond(mobiles: list[str]) -> tuple[int, object, set[str]]:
        found = [{"mobile": mobile, **entry} for mobile, entry in zip(mobiles, entries, strict=False)]
        refused = sum("error_code" in each for each in found)
        counts = {"success_count": len(found) - refused, "failure_count": refused}
        return 200, {**counts, "recipients": found}, set(mobiles)

    return respond


def send(driver: Driver, listed: object, journal: str, *entries: Mapping[str, object]) -> Campaign:
    """Send to a service that responds with these entries."""
    with serving(responding(list(entries))) as service:
        campaign: Campaign = driver.send(
            {**SETTINGS, "base_url": service.base_url}, listed, journal=journal, on_bad_line="set_aside"
        )
    assert campaign.stop is None
    return campaign


def test_parameters_reach_the_service_and_the_outcome_as_they_are(sync: Driver, journal: str) -> None:
    send(sync, [("13800138000", PARAMETERS)], journal, {"msg_id": "7"})
    (one,) = open_campaign(journal)
    assert (one.state, one.temp_para) == (RecipientState.ACCEPTED, PARAMETERS)


def test_ids_that_are_none_are_kept(sync: Driver, journal: str) -> None:
    given = ("7" * 300, "😀", "春", "a b ", 10**30, "x" * 100_000, "a\0b")
    campaign = send(sync, numbers(len(given)), journal, *({"msg_id": each} for each in given))
    assert [one.msg_id for one in campaign] == [*map(str, given[:-1]), "a\ufffdb"]
    assert campaign.counts.accepted == len(given)


def test_codes_that_are_none_are_refusals_without_a_code(sync: Driver, journal: str) -> None:
    given = ("5\0", "9" * 12, 2**40, "x" * 1000)
    campaign = send(sync, numbers(len(given)), journal, *({"error_code": each} for each in given))
    assert {(one.state, one.code) for one in campaign} == {(RecipientState.REFUSED, None)}


def test_lines_that_are_none_are_set_aside(sync: Driver, journal: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.jsonl"
    listed.write_text("\n".join((*ODD_LINES, '{"mobile": "13800138000"}')), encoding="utf-8")
    campaign = send(sync, listed, journal, {"msg_id": "7"})
    assert [one.number for one in campaign.set_aside()] == list(range(1, len(ODD_LINES) + 1))
    assert campaign.counts.accepted == 1


def test_a_file_with_nul_characters_is_read(sync: Driver, journal: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text('mobile,name\n13800138000,a\n\0,b\n13800138001,\0\n"1380\0,x\n1380,\0\0', encoding="utf-8")
    campaign = send(sync, listed, journal, {"msg_id": "7"}, {"msg_id": "8"})
    assert [one.temp_para for one in campaign] == [{"name": "a"}, {"name": "\0"}]
    assert [one.number for one in campaign.set_aside()] == [3, 5, 6]


def test_reports_of_other_messages_are_all_kept(sync: Driver, journal: str) -> None:
    send(sync, ["13800138000"], journal, {})
    now = datetime.now(UTC)
    ids = ("😀", "春", "a", "A", "a ", "é", "e", "x" * 64, "x" * 65, "x" * 66, "x" * 100_000, "a\0b", "a\ud800")
    reports = [
        *(DeliveryReport(msg_id=each, phone="p\0" * 40, status=2**40, receive_time=now) for each in ids),
        DeliveryReport(msg_id="1", phone="1", status=10**30, receive_time=now),
    ]
    settings = {**SETTINGS, "base_url": "http://127.0.0.1:9/v1"}
    campaign = sync.settle(settings, journal, reports=[*reports, *reports])
    kept = list(campaign.other_reports())
    assert len({one.msg_id for one in kept}) == len(kept) == len(reports)
    assert [one.msg_id for one in kept][:4] == ["😀", "春", "a", "A"]
    assert {one.status for one in kept} == {2**40, 2**63 - 1}


def test_a_report_finds_its_message_by_an_id_that_is_none(sync: Driver, journal: str) -> None:
    ids = ("a\0b", "y" * 300)
    send(sync, numbers(2), journal, *({"msg_id": each} for each in ids))
    reports = [
        DeliveryReport(msg_id=each, phone=mobile, status=2**40, receive_time=datetime.now(UTC))
        for each, mobile in zip(ids, numbers(2), strict=True)
    ]
    campaign = sync.settle({**SETTINGS, "base_url": "http://127.0.0.1:9/v1"}, journal, reports=reports)
    assert campaign.deliveries == {2**40: 2}


def test_names_that_differ_in_one_character_are_campaigns_of_their_own(sync: Driver, database: str) -> None:
    names = ("spring", "Spring", "sprîng", "春天", "夏天", "😀", "x" * 200)
    for mobile, name in zip(numbers(len(names)), names, strict=True):
        campaign = send(sync, [mobile], f"{database}?campaign={name}", {"msg_id": "7"})
        assert [one.mobile for one in campaign] == [mobile]


def test_a_campaign_in_older_tables_goes_on(sync: Driver, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(_database, "_MIGRATIONS", _database._MIGRATIONS[:2])  # pyright: ignore[reportPrivateUsage]
        send(sync, numbers(1), f"{database}?campaign=spring", {"msg_id": "7"})
    assert [one.msg_id for one in open_campaign(f"{database}?campaign=spring")] == ["7"]
    assert [one.msg_id for one in send(sync, numbers(1), f"{database}?campaign=Spring", {"msg_id": "😀"})] == ["😀"]


@pytest.mark.parametrize("name", ["a%00b", "a%0Ab", "x" * 201])
def test_a_name_that_no_database_keeps_is_an_argument_error(name: str) -> None:
    with pytest.raises(ArgumentError, match="at most 200 characters"):
        open_campaign(f"postgresql+psycopg://h/db?campaign={name}")


def test_the_address_of_a_service_may_be_long(sync: Driver, database: str) -> None:
    settings = {**SETTINGS, "base_url": f"http://127.0.0.1:9/{'v' * 500}"}
    campaign = sync.send(settings, ["13800138000"], journal=f"{database}?campaign=a", patience=0)
    assert campaign.service == settings["base_url"]


def test_a_chunk_too_large_for_one_statement_is_written_in_parts(
    sync: Driver, journal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "_LONGEST_STATEMENT", 5000)
    listed = [(mobile, {"name": "长" * 1000}) for mobile in numbers(20)]
    campaign = send(sync, listed, journal, *[{"msg_id": "7"}] * 20)
    assert [one.mobile for one in campaign] == numbers(20)
    assert campaign.counts.accepted == 20
