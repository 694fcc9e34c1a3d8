"""The plugin inside a pytest of its own."""

from __future__ import annotations

import os

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
    run(pytester, UNUSED, "-p", "no:schemathesis", "-p", "no:hypothesispytest", "-p", "no:anyio").assert_outcomes(
        passed=1
    )


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
