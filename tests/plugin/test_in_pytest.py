"""The plugin inside a pytest of its own."""

from __future__ import annotations

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


def test_a_missing_extra_is_named_with_the_command_that_installs_it(pytester: pytest.Pytester) -> None:
    result = run(pytester, WITHOUT)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*The fixture needs the package uvicorn; install it with: pip install 'jsms-client*sandbox*'"]
    )
