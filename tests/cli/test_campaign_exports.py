"""Exports of a campaign: never over its journal, complete or not at all, readable by the owner alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jsms_client.campaigns import atomic_writer
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import Command
from .test_campaigns import NUMBERS, counts, write_list


@pytest.fixture
def journal(jsms: Command, jsms_sandbox: Sandbox, parcel: int, folder: Path) -> Path:
    """Provide the journal of a campaign that is done."""
    members = write_list(folder, *NUMBERS)
    assert jsms("campaign", "send", members, "--temp-id", str(parcel), "--journal", "spring.db", "--yes").code == 0
    return folder / "spring.db"


@pytest.mark.parametrize("name", ["spring.db", "./spring.db", "spring.db-journal", "link.db", "pointer.db"])
def test_a_journal_is_not_written_over_whatever_it_is_called(name: str, jsms: Command, journal: Path) -> None:
    journal.with_name("link.db").hardlink_to(journal)
    journal.with_name("pointer.db").symlink_to(journal)
    done = jsms("campaign", "export", str(journal), name, "--force")
    assert (done.code, done.out) == (2, "")
    assert "is the journal itself" in done.err
    assert counts(jsms("campaign", "status", str(journal), "--json")) == {"accepted": 30}


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are a thing of POSIX")
def test_an_export_is_for_its_owner_alone(jsms: Command, journal: Path) -> None:
    target = journal.with_name("result.csv")
    target.touch(mode=0o644)
    assert jsms("campaign", "export", str(journal), str(target), "--force").code == 0
    assert target.stat().st_mode & 0o777 == 0o600


def test_an_export_that_fails_leaves_what_was_there(folder: Path) -> None:
    target = folder / "result.csv"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(RuntimeError), atomic_writer(target, "utf-8") as output:
        output.write("after")
        raise RuntimeError
    assert target.read_text(encoding="utf-8") == "before"
    assert list(folder.iterdir()) == [target]


def test_a_link_to_a_file_stays_one(folder: Path) -> None:
    (folder / "pointer.csv").symlink_to("result.csv")
    with atomic_writer(folder / "pointer.csv", "utf-8") as output:
        output.write("after")
    assert (folder / "pointer.csv").is_symlink()
    assert (folder / "result.csv").read_text(encoding="utf-8") == "after"


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe with a name is a thing of POSIX")
def test_what_is_no_file_is_written_to_as_it_is(folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with atomic_writer(pipe, "utf-8") as output:
        output.write("after")
    assert os.read(reader, 100) == b"after"
    os.close(reader)
    assert pipe.is_fifo()
