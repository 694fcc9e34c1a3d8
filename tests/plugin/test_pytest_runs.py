"""The plugin in a separate pytest run."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

pytest_plugins = ("pytester",)

SENDS = """
from jsms_client import JSMS

def test_one(jsms_sandbox):
    with JSMS() as jsms:
        sent = jsms.codes.send("13800138000", temp_id=1)
        assert jsms.codes.verify(sent.msg_id, jsms_sandbox.wait_code("13800138000"))
    jsms_sandbox.assert_sent(count=1)

def test_two(jsms_sandbox):
    test_one(jsms_sandbox)

def test_three(jsms_sandbox):
    jsms_sandbox.clock.advance(86_400)
    test_one(jsms_sandbox)

def test_four(jsms_sandbox):
    test_one(jsms_sandbox)
"""
UNUSED = """
import sys

def test_no_sandbox_here():
    loaded = {"starlette", "uvicorn", "httpx", "pydantic", "jsms_contract", "jsms_sandbox.server"} & set(sys.modules)
    assert not loaded
"""
FAILS = """
from jsms_client import JSMS

def test_fails(jsms_sandbox):
    with JSMS() as jsms:
        jsms.codes.send("13800138000", temp_id=1)
    assert not jsms_sandbox.messages
"""
BREAKS_THE_NETWORK = """
import socket

import pytest

def unreachable(*_, **__):
    raise OSError("no network")

@pytest.mark.parametrize("name", ["create_connection", "getaddrinfo"])
def test_passes(monkeypatch, jsms_sandbox, name):
    monkeypatch.setattr(socket, name, unreachable)

def test_fails(monkeypatch, jsms_sandbox):
    monkeypatch.setattr(socket, "create_connection", unreachable)
    assert not "this"
"""
GONE = """
def test_fails(jsms_sandbox):
    with jsms_sandbox:
        pass
    assert not "this"

def test_passes(jsms_sandbox):
    with jsms_sandbox:
        pass
"""
UNREADABLE = """
from jsms_sandbox.pytest_plugin import Sandbox

def nothing(self):
    raise RuntimeError("nothing works")

def test_fails(jsms_sandbox, monkeypatch):
    monkeypatch.setattr(Sandbox, "account", nothing)
    assert not "this"

def test_passes(jsms_sandbox):
    pass
"""
CANNOT_START = """
import pytest
from jsms_client import JSMS

@pytest.fixture
def signed_up(jsms_sandbox):
    with JSMS() as jsms:
        jsms.codes.send("13800138000", temp_id=1)
    raise RuntimeError("not signed up")

def test_of_a_user(signed_up):
    pass
"""
UNMET_FAILURES = """
import pytest
from jsms_client import JSMS, RateLimitError

def test_never_met(jsms_sandbox):
    jsms_sandbox.fail_next(50009, operation="sendMessage")
    with JSMS() as jsms:
        jsms.codes.send("13800138000", temp_id=1)

def test_never_met_for_good(jsms_sandbox):
    jsms_sandbox.fail_next(50009, times=None)

def test_taken_back(jsms_sandbox):
    jsms_sandbox.fail_next(50009)
    jsms_sandbox.clear_faults()

def test_met_once_of_three(jsms_sandbox):
    jsms_sandbox.fail_next(50009, times=3)
    with JSMS() as jsms, pytest.raises(RateLimitError):
        jsms.codes.send("13800138000", temp_id=1)

def test_failed_before(jsms_sandbox):
    jsms_sandbox.fail_next(50009)
    assert not "this"
"""
OTHER_TIME = """
import os
from datetime import UTC, datetime
from unittest.mock import AsyncMock, patch

import freezegun
import time_machine
from jsms_client import JSMS

REAL = os.times().elapsed

def works(sandbox):
    with JSMS() as jsms:
        sent = jsms.codes.send("13800138000", temp_id=1)
        assert jsms.codes.verify(sent.msg_id, sandbox.wait_code("13800138000"))
    return sandbox.clock.now.year

def test_freezegun(jsms_sandbox):
    with freezegun.freeze_time("2077-01-01"):
        assert works(jsms_sandbox) < 2077

@freezegun.freeze_time("2077-01-01", tick=True)
def test_freezegun_around_it_all(jsms_sandbox):
    assert works(jsms_sandbox) < 2077

def test_time_machine(jsms_sandbox):
    with time_machine.travel(datetime(2077, 1, 1, tzinfo=UTC), tick=False):
        assert works(jsms_sandbox) < 2077

def test_no_sleep(jsms_sandbox):
    with patch("asyncio.sleep", AsyncMock()), patch("time.sleep"), patch("time.time", return_value=1.0):
        jsms_sandbox.fail_next(kind="delay", delay=0.2)
        works(jsms_sandbox)

def test_it_is_quick():
    assert os.times().elapsed - REAL < 25
"""
STARTED_IN_OTHER_TIME = """
import freezegun
import pytest

@pytest.fixture(scope="session", autouse=True)
def other_time():
    with freezegun.freeze_time("2077-01-01"):
        yield

def test_one(jsms_sandbox):
    assert jsms_sandbox.clock.now.year < 2077
"""
KILLED = """
import os
import pathlib
import signal

def test_killed(jsms_sandbox):
    pathlib.Path("port").write_text(jsms_sandbox.url.rpartition(":")[2].partition("/")[0])
    os.kill(os.getpid(), signal.SIGKILL)
"""
SETS_VARIABLES = """
import os

def test_sets(monkeypatch, jsms_sandbox):
    monkeypatch.setenv("JSMS_BASE_URL", "http://127.0.0.1:9/v1")

def test_finds_nothing_set():
    assert not [name for name in os.environ if name.startswith("JSMS_")]
"""
WITHOUT = """
import sys

sys.modules["uvicorn"] = None

def test_without(jsms_sandbox):
    pass
"""


def run(pytester: pytest.Pytester, program: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(program)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_tests_run_side_by_side_with_xdist(pytester: pytest.Pytester) -> None:
    run(pytester, SENDS, "-n", "2").assert_outcomes(passed=4)


def test_nothing_is_imported_for_tests_that_need_no_sandbox(pytester: pytest.Pytester) -> None:
    others = ("schemathesis", "hypothesispytest", "anyio", "pytest_httpx", "respx", "pyreqwest")
    run(pytester, UNUSED, *(word for name in others for word in ("-p", f"no:{name}"))).assert_outcomes(passed=1)


def test_a_test_that_fails_is_shown_what_the_sandbox_saw(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILS)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*JSMS sandbox*", "accepted: 1", "*code to 138****8000*"])


def test_a_test_that_breaks_the_network_does_not_break_its_sandbox(pytester: pytest.Pytester) -> None:
    result = run(pytester, BREAKS_THE_NETWORK)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*JSMS sandbox*", "accepted: nothing"])


def test_a_test_may_forget_its_sandbox_itself(pytester: pytest.Pytester) -> None:
    result = run(pytester, GONE)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*JSMS sandbox*", "could not be read: *"])


def test_the_session_goes_on_where_the_account_cannot_be_read(pytester: pytest.Pytester) -> None:
    result = run(pytester, UNREADABLE)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*JSMS sandbox*", "could not be read: nothing works"])


def test_a_set_up_that_fails_is_shown_what_the_sandbox_saw(pytester: pytest.Pytester) -> None:
    result = run(pytester, CANNOT_START)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*JSMS sandbox*", "accepted: 1", "*code to 138****8000*"])


def test_a_failure_that_no_request_met_fails_the_test_unless_it_was_taken_back(pytester: pytest.Pytester) -> None:
    result = run(pytester, UNMET_FAILURES)
    result.assert_outcomes(passed=4, failed=1, errors=2)
    result.stdout.fnmatch_lines(["fail_next met no request: *sendMessage*clear_faults()*", "accepted: 1"])


def test_the_sandbox_keeps_real_time_whatever_a_test_patches(pytester: pytest.Pytester) -> None:
    run(pytester, OTHER_TIME).assert_outcomes(passed=5)
    run(pytester, STARTED_IN_OTHER_TIME).assert_outcomes(passed=1)


def test_the_server_ends_with_a_session_that_is_killed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(KILLED)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == -signal.SIGKILL
    port = int(pytester.path.joinpath("port").read_text())
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    pytest.fail("the sandbox still listens")


def test_no_variable_outlives_its_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("JSMS_")]:
        monkeypatch.delenv(name)
    run(pytester, SETS_VARIABLES).assert_outcomes(passed=2)


def test_a_missing_extra_is_named_with_the_command_that_installs_it(pytester: pytest.Pytester) -> None:
    result = run(pytester, WITHOUT)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*The fixture needs the package uvicorn; install it with: pip install 'jsms-client*sandbox*'"]
    )
