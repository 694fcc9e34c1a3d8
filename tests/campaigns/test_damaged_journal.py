"""Any damaged byte of a journal: reading it gives every recipient, or JournalDamagedError."""

from __future__ import annotations

import hashlib
import io
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from jsms_client.campaigns import (
    BadLine,
    Campaign,
    CampaignSettings,
    JournalDamagedError,
    JournalError,
    open_campaign,
)
from jsms_client.campaigns._inputs.sources import digested
from jsms_client.campaigns._journal.opening import ascending, open_journal
from jsms_client.campaigns._options import Service
from jsms_client.campaigns._outcomes import ACCEPTED, REFUSED
from sample_sizes import sample_size

SETTINGS, SERVICE = CampaignSettings(1250), Service("http://127.0.0.1/v1", "app")
PEOPLE = 300
VARIANTS = sample_size(400, 100)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Provide a campaign with something in every table and every state, in many pages."""
    path = tmp_path / "campaign.db"
    rows = [(number, f"138{number:08}", f'{{"number":"{number}"}}') for number in range(1, PEOPLE + 1)]
    taken = digested(rows)
    entries, recipients = (hashlib.sha256(text).hexdigest() for text in (taken + b"!\n!\n", taken))
    with closing(open_journal(path, SETTINGS, SERVICE)) as opened:
        with opened.writing():
            opened.add(rows, [BadLine(PEOPLE + 1, "short"), BadLine(PEOPLE + 2, "short")])
            opened.complete(entries, recipients)
        queue = opened.queue
        for most in (100, 60, 40):
            with opened.writing():
                queue.mark_sent(batch := queue.next_batch(most))
            if most > 40:
                outcomes = [(ACCEPTED, f"{row[0]}", None, row[0]) for row in batch.rows[1:]]
                with opened.writing():
                    queue.store_outcomes(batch, [*outcomes, (REFUSED, None, 50006, batch.rows[0][0])], None)
    return path


def flip(content: bytearray, at: int, chance: random.Random) -> None:
    content[at] ^= 1 << chance.randrange(8)


def set_to_anything(content: bytearray, at: int, chance: random.Random) -> None:
    content[at] = chance.randrange(256)


def set_to_zero(content: bytearray, at: int, chance: random.Random) -> None:
    content[at : at + 200] = bytes(len(content[at : at + 200]))


def cut(content: bytearray, at: int, chance: random.Random) -> None:
    del content[at:]


def swap_pages(content: bytearray, at: int, chance: random.Random) -> None:
    first, second = (place // 4096 * 4096 for place in (at, chance.randrange(len(content))))
    page = content[first : first + 4096]
    content[first : first + 4096] = content[second : second + 4096]
    content[second : second + 4096] = page


def read(path: Path) -> tuple[object, ...]:
    campaign = open_campaign(path)
    campaign.export(io.StringIO())
    everyone = [(one.number, one.mobile, one.state, one.temp_para) for one in campaign]
    return everyone, [one.number for one in campaign.set_aside()], campaign.counts, dict(campaign.codes)


@pytest.mark.parametrize("damage", [flip, set_to_anything, set_to_zero, cut, swap_pages])
def test_no_recipient_is_left_out_in_silence(
    journal: Path, damage: Callable[[bytearray, int, random.Random], None]
) -> None:
    whole, content = read(journal), journal.read_bytes()
    chance = random.Random(damage.__name__)
    damaged = 0
    for _ in range(VARIANTS // 5):
        # The head of the file and of its tables is a small part of it, and where most can go wrong.
        at = chance.randrange(len(content) if chance.random() < 0.7 else 300)
        changed = bytearray(content)
        damage(changed, at, chance)
        journal.write_bytes(changed)
        journal.with_name("campaign.db-journal").unlink(missing_ok=True)
        try:
            assert read(journal) == whole, at
        except JournalDamagedError as error:
            damaged += 1
            assert "138000" not in f"{error} {error.__cause__}"
        except JournalError as error:
            assert "is a journal of format" in str(error)
        with suppress(JournalError):
            open_journal(journal, SETTINGS, SERVICE).close()
    assert damaged > VARIANTS // 40


def read_everyone(campaign: Campaign) -> object:
    return list(campaign)


def read_set_aside(campaign: Campaign) -> object:
    return list(campaign.set_aside())


def read_codes(campaign: Campaign) -> object:
    return campaign.codes


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        ("UPDATE recipients SET mobile = CAST(x'ff' AS TEXT) WHERE number = 3", read_everyone),
        ("UPDATE recipients SET state = 9 WHERE number = 3", read_everyone),
        ("UPDATE recipients SET state = -1 WHERE number = 3", read_everyone),
        ("UPDATE recipients SET state = 'x' WHERE number = 3", read_everyone),
        ("UPDATE recipients SET state = 0 WHERE number = 3", read_everyone),
        ("UPDATE recipients SET temp_para = '[]' WHERE number = 3", read_everyone),
        ("UPDATE recipients SET temp_para = '{' WHERE number = 3", read_everyone),
        ("UPDATE recipients SET delivered_at = 1e300 WHERE number = 3", read_everyone),
        ("UPDATE recipients SET msg_id = x'00' WHERE number = 3", read_everyone),
        ("DELETE FROM recipients WHERE number = 3", read_everyone),
        ("UPDATE recipients SET mobile = '13900000000' WHERE number = 3", read_everyone),
        ("UPDATE recipients SET code = 'x' WHERE code = 50006", read_codes),
        ("UPDATE recipients SET code = 7, state = 3 WHERE number = 3", read_codes),
        ("UPDATE set_aside SET reason = 'x'", read_set_aside),
        ("UPDATE set_aside SET text = x'00'", read_set_aside),
        ("DELETE FROM set_aside WHERE number = 301", read_set_aside),
        ("UPDATE campaign SET accepted = accepted + 1, waiting = waiting - 1", read_everyone),
        ("UPDATE campaign SET settings = '{}'", read_everyone),
    ],
)
def test_what_cannot_have_been_written_is_damage(
    journal: Path, statement: str, use: Callable[[Campaign], object]
) -> None:
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(JournalDamagedError):
        use(open_campaign(journal))


def test_numbers_that_do_not_go_up_end_the_reading() -> None:
    assert ascending(None, [(1,), (3,)], 0) == 3
    with pytest.raises(JournalDamagedError, match="do not go up"):
        ascending(None, [(1,), (3,)], 1)


def test_what_is_written_meanwhile_is_no_damage(journal: Path) -> None:
    reading = iter(open_campaign(journal))
    assert next(reading).number == 1
    with closing(open_journal(journal)) as opened, opened.writing():
        opened.queue.recover(None, repeat_unknown=False)
    assert len(list(reading)) == PEOPLE - 1


def test_sqlites_own_messages_may_be_no_text(journal: Path) -> None:
    content = journal.read_bytes()
    place = content.index(b"NOT NULL", content.index(b"CREATE TABLE recipients")) + 6
    journal.write_bytes(content[:place] + b"\xff" + content[place + 1 :])
    with pytest.raises(JournalDamagedError):
        open_campaign(journal)


def test_a_connection_that_was_closed_says_so(journal: Path) -> None:
    with closing(open_journal(journal)) as opened:
        opened.connection.close()
        with pytest.raises(JournalError, match="was closed"):
            opened.begin()
