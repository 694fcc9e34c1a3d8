"""--db: confirmed changes survive a kill."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import typing
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import chain, product
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from jsms_sandbox.settings import Settings
from jsms_sandbox.simulation.clock import BEIJING
from jsms_sandbox.state.entities import Counters, Credit, Entity, Reply, Review
from jsms_sandbox.state.startup import start
from jsms_sandbox.state.state import State
from jsms_sandbox.state.storage import SQLiteFile, Storage, StorageError, decode, encode

from .sandbox_process import Process, run
from .sign_forms import multipart, sign_form
from .threaded_sandbox import PATIENCE, AppUnderTest, RunningSandbox

MOBILE = "13800138000"
E = TypeVar("E", bound=Entity)


VALUES: tuple[object, ...] = (None, "x", -1, 77, 1e300, True, [], {}, [None])
"""What a person may write into a field by mistake."""


@contextmanager
def kept(file: Path) -> Generator[RunningSandbox]:
    with RunningSandbox(storage=SQLiteFile(file)) as running:
        yield running


def test_a_kill_under_load_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    confirmed: list[tuple[str, str]] = []

    def send(process: Process, thread: int) -> None:
        with httpx.Client(base_url=process.http.base_url, auth=process.auth, trust_env=False) as http:
            for number in range(10_000):
                mobile = f"138{thread}{number:07d}"
                try:
                    response = http.post("/codes", json={"mobile": mobile, "temp_id": 1})
                except httpx.TransportError:
                    return
                confirmed.append((response.json()["msg_id"], mobile))

    with Process("--db", str(file), "--code", "123456") as process:
        threads = [threading.Thread(target=send, args=(process, number)) for number in range(4)]
        for thread in threads:
            thread.start()
        while len(confirmed) < 100:
            threads[0].join(0.01)
        process.popen.kill()
        for thread in threads:
            thread.join(PATIENCE)

    assert len({msg_id for msg_id, _ in confirmed}) == len(confirmed) >= 100
    with Process("--db", str(file), "--code", "123456") as process:
        for msg_id, _ in confirmed:
            assert process.http.post(f"/codes/{msg_id}/valid", json={"code": "123456"}).json() == {"is_valid": True}
        left = process.http.get("/accounts/app").json()["app_industry"]
        assert 10_000 - left >= len(confirmed)
        assert 10_000 - left <= len(confirmed) + 4  # accepted, but the response did not get out
        process.popen.kill()
    with Process("--db", str(file)) as process:
        response = process.http.post(f"/codes/{confirmed[0][0]}/valid", json={"code": "123456"})
        assert response.json()["error"]["code"] == 50012


def everything(state: State) -> dict[str, list[dict[str, Any]]]:
    """Serialise every entity of the state, by kind."""
    kinds: dict[str, Iterable[Entity]] = {
        "apps": state.apps.values(),
        "templates": chain.from_iterable(items.values() for items in state.templates.values()),
        "signs": chain.from_iterable(items.values() for items in state.signs.values()),
        "messages": state.messages.values(),
        "schedules": state.schedules.values(),
        "replies": state.replies.values(),
        "callbacks": state.callbacks.values(),
        "journal": state.journal.values(),
    }
    return {kind: [json.loads(encode(entity)) for entity in entities] for kind, entities in kinds.items()}


def test_all_state_is_the_same_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        app = sandbox.app()
        app.switch(review=Review("after", 60), opt_outs=["13800138009"], callback_url="http://127.0.0.1:9/")
        app.ok("POST", "/sign", files=multipart(sign_form()))
        temp_id = app.ok("POST", "/templates", {"template": "您好{{a}}", "type": 2})["temp_id"]
        app.ok("POST", "/templates", {"template": "您好", "type": 2, "remark": "[sandbox:hold]"})
        app.ok("DELETE", "/templates/1252")
        app.sent_code()
        app.ok("POST", "/voice_codes", {"mobile": MOBILE})
        schedule = {"send_time": "2099-01-01 00:00:00", "temp_id": 1251}
        app.ok("POST", "/schedule", schedule | {"mobile": MOBILE})
        recipients = [{"mobile": MOBILE}]
        many = app.ok("POST", "/schedule/batch", schedule | {"recipients": recipients, "tag": "spring"})
        app.ok("DELETE", f"/schedule/{many['schedule_id']}")
        sandbox.advance(30)
        before = sandbox.look(everything)
        stopped_at = sandbox.look(lambda state: state.clock.now())
        app.http.close()
    with kept(file) as sandbox:
        after = sandbox.look(everything)
        assert sandbox.look(lambda state: state.clock.now()) == pytest.approx(stopped_at, abs=10)
        for part, rows in before.items():
            assert after[part] == rows, part
        assert sandbox.look(lambda state: state.templates[app.app.app_key][temp_id].status) == 0
        sandbox.advance(31)
        assert sandbox.look(lambda state: state.templates[app.app.app_key][temp_id].status) == 1


def again(sandbox: RunningSandbox, app: AppUnderTest) -> AppUnderTest:
    """Start the sandbox again; return the same app."""
    return AppUnderTest(sandbox, sandbox.look(lambda state: state.apps[app.app.app_key]))


def test_windows_reports_and_schedules_go_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        app = sandbox.app()
        app.switch(report_delay=30)
        msg_id = app.ok("POST", "/voice_codes", {"mobile": MOBILE})["msg_id"]
        for _ in range(3):
            app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251})
        app.http.close()
    with kept(file) as sandbox:
        app = again(sandbox, app)
        assert app.code_of("POST", "/voice_codes", {"mobile": MOBILE}) == 50009
        assert app.code_of("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251}) == 50009
        sandbox.advance(30)
        app.http.close()
    with kept(file) as sandbox:
        app = again(sandbox, app)
        assert app.ok("GET", "/report")[0]["msgId"] == msg_id
        sandbox.advance(5)
        assert app.ok("GET", "/report") == []
        app.http.close()
    with kept(file) as sandbox:
        app = again(sandbox, app)
        sandbox.advance(5)
        assert app.ok("GET", "/report") == []
        assert int(app.sent_code()[0]) > int(msg_id)
        app.http.close()


def test_sends_of_times_to_come_are_not_counted_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        app = sandbox.app()
        sandbox.advance(86_400)
        app.ok("POST", "/voice_codes", {"mobile": MOBILE})
        sandbox.wait(sandbox.state.clock.restart)
        app.http.close()
    with kept(file) as sandbox:
        app = again(sandbox, app)
        app.ok("POST", "/voice_codes", {"mobile": MOBILE})
        app.http.close()


def test_what_credit_was_lacking_for_is_not_counted_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        app = sandbox.app()
        app.switch(credit=Credit(0, 0, 0, 0))
        sandbox.wait(lambda: sandbox.state.clock.set(datetime(2030, 1, 2, 12, tzinfo=BEIJING).timestamp()))
        for second in range(3):
            schedule = {"send_time": f"2030-01-02 13:00:0{second}", "temp_id": 1251, "mobile": MOBILE}
            app.ok("POST", "/schedule", schedule)
        sandbox.advance(3_610)
        app.switch(credit=Credit())
        app.http.close()
    with kept(file) as sandbox:
        app = again(sandbox, app)
        app.ok("POST", "/messages", {"mobile": MOBILE, "temp_id": 1251})
        app.http.close()


class FullDisk(SQLiteFile):
    """A file that can be written to only while there is room."""

    full = False

    def commit(self) -> None:
        if self.full:
            raise StorageError("There is no room.")
        super().commit()


def test_after_a_disk_was_full_due_work_goes_on_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    storage = FullDisk(file)

    def reported(msg_id: str) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if app.message(msg_id).status is not None:
                return True
            time.sleep(0.01)
        return False

    with RunningSandbox(storage=storage) as sandbox:
        app = sandbox.app()
        app.switch(report_delay=0.05)
        before, _ = app.sent_code()
        storage.full = True
        assert reported(before)
        sandbox.look(lambda state: state.clock.at(0, "report", before))  # due at the next request, if not sooner
        assert app.code_of("POST", "/codes", {"mobile": MOBILE, "temp_id": 1}) == 50019
        storage.full = False
        after, _ = app.sent_code("13800138001")
        assert reported(after)
        app.http.close()
    with kept(file) as sandbox:
        assert sandbox.look(lambda state: state.messages[before].status) == 4001


def test_faults_belong_to_one_run(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        httpx.post(f"{sandbox.url}/_sandbox/api/faults", json={"kind": "empty"}, trust_env=False).raise_for_status()
    with kept(file) as sandbox:
        assert httpx.get(f"{sandbox.url}/_sandbox/api/faults", trust_env=False).json()["faults"] == []


def test_the_clock_stands_where_it_stood(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        sandbox.advance(1_000_000)
        sandbox.look(lambda state: state.clock.freeze())
        stood = sandbox.look(lambda state: state.clock.now())
    with kept(file) as sandbox:
        assert sandbox.look(lambda state: (state.clock.now(), state.clock.frozen)) == (stood, True)


def test_a_reset_forgets_all_of_it(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    with kept(file) as sandbox:
        app = sandbox.app()
        app.sent_code()
        app.http.close()
        sandbox.look(lambda state: state.reset())
    with kept(file) as sandbox:
        assert sandbox.look(lambda state: dict(state.messages)) == {}
        assert sandbox.look(lambda state: list(state.apps)) == [Settings().credentials.app_key]


def test_the_file_and_those_beside_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    file, older = tmp_path / "state.db", tmp_path / "older.db"
    SQLiteFile(older).close()
    older.chmod(0o644)
    for each in (file, older):
        storage = SQLiteFile(each)
        storage.save(Counters())
        storage.commit()
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob(f"{each.name}*")}
        assert f"{each.name}-wal" in modes
        assert set(modes.values()) == {0o600}
        storage.close()


def rows_of_every_kind(file: Path) -> list[tuple[int, str, dict[str, Any]]]:
    """Return one row of each kind, as number, kind and data, with every field set."""
    with kept(file) as sandbox:
        app = sandbox.app()
        app.switch(callback_url="http://127.0.0.1:9/", polled={"report": 1.0})
        app.ok("POST", "/sign", files=multipart(sign_form()))
        msg_id, _ = app.sent_code()
        app.ok("POST", "/schedule", {"send_time": "2099-01-01 00:00:00", "temp_id": 1251, "mobile": MOBILE})
        api = f"{sandbox.url}/_sandbox/api"
        here: dict[str, Any] = {"params": {"app": app.app.app_key}, "trust_env": False}
        httpx.post(f"{api}/replies", json={"mobile": MOBILE, "content": "?"}, **here).raise_for_status()
        httpx.post(f"{api}/messages/{msg_id}/report", json={}, **here).raise_for_status()
        sandbox.advance(400)
        app.http.close()
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT number, kind, data FROM entity ORDER BY number").fetchall()
    return [*{kind: (number, kind, json.loads(data)) for number, kind, data in rows}.values()]


def edited(file: Path, number: int, data: dict[str, Any]) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE entity SET data = ? WHERE number = ?", (json.dumps(data), number))


class Rows(Storage):
    """What a file would give back, without the file."""

    def __init__(self, rows: dict[str, dict[str, Any]]) -> None:
        self._rows = rows

    def load(self, kind: type[E]) -> Iterator[E]:
        try:
            entity = decode(kind, json.dumps(self._rows[kind.table]))
        except ValueError as error:
            raise self.damaged(kind.table, "", str(error)) from error
        yield entity


def test_a_row_edited_by_hand_is_refused_in_a_sentence_or_works(tmp_path: Path) -> None:
    rows = {kind: data for _, kind, data in rows_of_every_kind(tmp_path / "state.db")}
    assert set(rows) == {entity.table for entity in typing.get_args(Entity)}
    refused = started = 0
    for kind, data in rows.items():
        for name, value in product(data, VALUES):
            state = State(storage=Rows(rows | {kind: data | {name: value}}))
            try:
                start(state)
                started += 1
                everything(state)
            except StorageError as error:
                refused += 1
                assert "\n" not in str(error)
    assert refused > 500
    assert started > 50


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("message", {"app_key": "none"}, "its app is missing"),
        ("callback", {"number": 99}, "the key is another than in the data"),
        ("message", {"code": {"code": "1", "expires_at": "soon"}}, "code.expires_at: input should be a valid number"),
        ("template", {"status": 3}, "status: input should be less than or equal to 2"),
    ],
)
def test_what_is_wrong_with_a_row_is_named_without_what_is_in_it(
    tmp_path: Path, kind: str, change: dict[str, Any], said: str
) -> None:
    file = tmp_path / "state.db"
    number, _, data = next(row for row in rows_of_every_kind(file) if row[1] == kind)
    edited(file, number, data | change)
    done = run("--port", "0", "--db", str(file))
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"is damaged ({kind} " in done.stderr
    assert f": {said}); name another file." in done.stderr
    assert MOBILE not in done.stderr


def test_what_cannot_be_written_leaves_no_transaction_open(tmp_path: Path) -> None:
    storage = SQLiteFile(tmp_path / "state.db")
    reply = Reply(1, "app", MOBILE, "\ud800", 0.0)
    storage.save(reply)
    with pytest.raises(ValueError, match="surrogates"):
        storage.commit()
    reply.content = "好"
    storage.commit()
    assert [each.content for each in storage.load(Reply)] == ["好"]
    storage.close()
