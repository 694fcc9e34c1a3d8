"""``jsms doctor`` finds what is wrong, says what to fix, and sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from jsms_contract.operations import OPERATIONS
from jsms_contract.service import RULES
from jsms_sandbox.pytest_plugin import Sandbox
from servers.faults import http_response, sends
from servers.raw_socket_server import RawSocketServer, refusing_port

from .runner import Command, Done

BALANCE = (RULES["getAppBalance"].success or "").encode()


def states(done: Done) -> dict[str, str]:
    return {str(line["check"]): str(line["state"]) for line in done.lines}


def remedy(done: Done, check: str) -> str:
    (found,) = [str(line["remedy"]) for line in done.lines if line["check"] == check]
    return found


def found(done: Done, check: str) -> str:
    (only,) = [str(line["found"]) for line in done.lines if line["check"] == check]
    return only


@pytest.fixture
def elsewhere(jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[RawSocketServer]:
    """Another server instead of the sandbox."""
    with RawSocketServer() as server:
        monkeypatch.setenv("JSMS_BASE_URL", server.base_url)
        yield server


def test_an_operation_that_the_contract_lacks_is_not_examined(
    jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lacking, skipped in (("getAppBalance", ["service"]), ("getDevBalance", ["developer"])):
        others = {name: each for name, each in OPERATIONS.items() if name != lacking}
        monkeypatch.setattr("jsms_client.contract.OPERATIONS", others)
        done = jsms("doctor", "--json")
        assert (done.code, done.err) == (0, "")
        assert [check for check, state in states(done).items() if state == "skipped"] == skipped


def test_all_is_well(jsms: Command, jsms_sandbox: Sandbox) -> None:
    done = jsms("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    assert set(states(done).values()) == {"ok"}
    assert list(states(done)) == ["configuration", "service", "clock", "credentials", "developer", "balance"]
    assert jsms_sandbox.messages == []


def test_people_get_a_table(jsms: Command, jsms_sandbox: Sandbox) -> None:
    done = jsms("doctor")
    assert (done.code, done.err) == (0, "")
    assert "✓   configuration   credentials from the environment" in done.out


def test_nothing_found_says_where_it_looked(jsms: Command, folder: Path) -> None:
    done = jsms("doctor", "--json")
    assert (done.code, states(done)) == (3, {"configuration": "failed"})
    for place in ("the environment", str(folder / ".env"), str(folder / "config" / "jsms" / "config.toml")):
        assert place in str(done.lines[0]["found"])


def test_without_developer_credentials_only_that_is_left_out(
    jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JSMS_DEV_SECRET")
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["developer"]) == (0, "skipped")


def test_refused_credentials(jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMS_MASTER_SECRET", "0" * 24)
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["credentials"], states(done)["service"]) == (4, "failed", "ok")
    assert "Copy appKey and masterSecret" in remedy(done, "credentials")


def test_refused_developer_credentials(jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMS_DEV_SECRET", "0" * 24)
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["credentials"], states(done)["developer"]) == (4, "ok", "failed")


def test_an_address_that_is_not_allowed(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.switch(allowed_ips=["10.0.0.1"])
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["credentials"]) == (5, "failed")


def test_no_credit(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.set_credit(balance=0, voice=0, industry=0, market=None)
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["balance"]) == (8, "failed")
    assert remedy(done, "balance").startswith("buy credit")


def test_a_service_that_is_not_there(jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing_port() as port:
        monkeypatch.setenv("JSMS_BASE_URL", f"http://127.0.0.1:{port}/v1")
        done = jsms("doctor", "--json")
    assert (done.code, states(done)) == (14, {"configuration": "ok", "service": "failed"})
    assert "check the address" in remedy(done, "service")


def test_a_service_that_breaks_off_was_reached(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(kind="reset", operation="getAppBalance")
    done = jsms("doctor", "--json")
    assert (done.code, states(done)) == (16, {"configuration": "ok", "service": "failed"})
    assert "was reached and sent no response" in found(done, "service")
    assert "try again" in remedy(done, "service")


def test_a_service_that_fails_is_to_be_tried_later(jsms: Command, jsms_sandbox: Sandbox) -> None:
    jsms_sandbox.fail_next(kind="html", status=503, operation="getAppBalance")
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["credentials"]) == (13, "failed")
    assert remedy(done, "credentials") == "try again later"


def test_developer_credentials_that_could_not_be_checked_are_not_called_refused(
    jsms: Command, jsms_sandbox: Sandbox
) -> None:
    jsms_sandbox.fail_next(kind="reset", operation="getDevBalance")
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["developer"]) == (16, "failed")
    assert found(done, "developer").startswith("could not be checked: ")
    assert "None" not in found(done, "developer")


@pytest.mark.parametrize(("minutes", "side"), [(10, "behind"), (-10, "ahead of")])
def test_a_clock_that_is_off(minutes: int, side: str, jsms: Command, elsewhere: RawSocketServer) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    elsewhere.play(sends(http_response(200, BALANCE, f"Date: {date}")))
    done = jsms("doctor", "--json")
    assert states(done)["clock"] == "failed"
    assert side in str(done.lines[2]["found"])
    assert "NTP" in remedy(done, "clock")
    assert done.code == 3


def test_the_clock_is_checked_by_a_response_that_cannot_be_read(jsms: Command, elsewhere: RawSocketServer) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=10), usegmt=True)
    elsewhere.play(sends(http_response(200, b"{}", f"Date: {date}")))
    done = jsms("doctor", "--json")
    assert (states(done)["service"], states(done)["clock"]) == ("failed", "failed")
    assert "ahead of" in found(done, "clock")


def test_something_that_is_no_jsms(jsms: Command, elsewhere: RawSocketServer) -> None:
    elsewhere.play(sends(http_response(200, b"<html>welcome</html>")))
    done = jsms("doctor", "--json")
    assert (done.code, states(done)["service"], states(done)["credentials"]) == (17, "failed", "skipped")


def test_an_address_that_cannot_be(jsms: Command, jsms_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMS_BASE_URL", "nonsense")
    done = jsms("doctor", "--json")
    assert done.code == 3
    assert "base_url does not begin with http" in str(done.lines[-1]["found"])
