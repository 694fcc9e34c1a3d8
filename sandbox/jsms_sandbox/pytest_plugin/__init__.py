"""The pytest plugin: fixtures that give each test a JSMS of its own.

Install it with ``pip install 'jsms-client[sandbox]'``; pytest finds the plugin by itself. ``-p no:jsms_sandbox``
switches it off. Nothing but pytest is imported before a fixture is used: tests that need no sandbox do not wait for it.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jsms_sandbox.admin.resources.apps import App, Credit
    from jsms_sandbox.admin.resources.callbacks import Callback
    from jsms_sandbox.admin.resources.messages import Message
    from jsms_sandbox.admin.resources.replies import Reply
    from jsms_sandbox.admin.resources.requests import Request
    from jsms_sandbox.admin.resources.reviews import Sign, Template
    from jsms_sandbox.pytest_plugin.api import ClientSettings, SandboxCallError, SandboxClock, Switches
    from jsms_sandbox.pytest_plugin.sandbox import Sandbox
    from jsms_sandbox.pytest_plugin.server import SandboxServer

_MODULES = {
    "App": "jsms_sandbox.admin.resources.apps",
    "Callback": "jsms_sandbox.admin.resources.callbacks",
    "ClientSettings": "jsms_sandbox.pytest_plugin.api",
    "Credit": "jsms_sandbox.admin.resources.apps",
    "Message": "jsms_sandbox.admin.resources.messages",
    "Reply": "jsms_sandbox.admin.resources.replies",
    "Request": "jsms_sandbox.admin.resources.requests",
    "Sandbox": "jsms_sandbox.pytest_plugin.sandbox",
    "SandboxCallError": "jsms_sandbox.pytest_plugin.api",
    "SandboxClock": "jsms_sandbox.pytest_plugin.api",
    "SandboxServer": "jsms_sandbox.pytest_plugin.server",
    "Sign": "jsms_sandbox.admin.resources.reviews",
    "Switches": "jsms_sandbox.pytest_plugin.api",
    "Template": "jsms_sandbox.admin.resources.reviews",
}

_NEEDED = ("pydantic", "starlette", "uvicorn", "python_multipart")
"""What the extra installs, that the server cannot do without."""

_SANDBOX = pytest.StashKey["Sandbox"]()
"""Where a test's sandbox is found, whichever fixture asked for it."""
_PASSED = pytest.StashKey[bool]()
"""Whether a test passed, for the fixtures that are torn down after it."""


@pytest.fixture(scope="session")
def jsms_sandbox_server() -> Iterator[SandboxServer]:
    """Start a sandbox on a free port of 127.0.0.1, for the whole session (with pytest-xdist: of each worker).

    It is strict: what the service does not document is refused. ``SandboxServer()`` is lenient; override this fixture
    to use it.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.fail(
            f"The fixture needs the package {missing[0]}; install it with: pip install 'jsms-client[sandbox]'",
            pytrace=False,
        )
    from jsms_sandbox.pytest_plugin.server import SandboxServer  # noqa: PLC0415 - no test that needs no sandbox waits for this

    with SandboxServer(strict=True) as server:
        yield server


@pytest.fixture
def _jsms_app(jsms_sandbox_server: SandboxServer, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Create the app without the variables: it needs no monkeypatch, and so outlives what the test patched."""
    with jsms_sandbox_server.new_app(request.node.name) as sandbox:
        request.node.stash[_SANDBOX] = sandbox
        yield sandbox
        unmet = sandbox.unmet_faults() if request.node.stash.get(_PASSED, False) else None
    jsms_sandbox_server.clock.reset()
    if unmet:
        pytest.fail(unmet, pytrace=False)


@pytest.fixture
def jsms_sandbox(_jsms_app: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Provide a JSMS for this test alone, with the JSMS_* variables set: new credentials, full balance, no messages."""
    for name, value in _jsms_app.environment.items():
        monkeypatch.setenv(name, value)
    return _jsms_app


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the sandbox saw below the report of a test that failed."""
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is not None and report.failed and call.when != "teardown":
        report.sections.append(("JSMS sandbox", _report(sandbox)))
    return report


def _report(sandbox: Sandbox) -> str:
    """Report what the sandbox saw, or why it cannot: an exception here would end the whole session."""
    try:
        return sandbox.account()
    except Exception as error:  # noqa: BLE001 - what the test patched, and still holds, can make anything fail
        return f"could not be read: {str(error) or type(error).__name__}"


def __getattr__(name: str) -> object:
    """Import a public name at its first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


__all__ = [
    "App",
    "Callback",
    "ClientSettings",
    "Credit",
    "Message",
    "Reply",
    "Request",
    "Sandbox",
    "SandboxCallError",
    "SandboxClock",
    "SandboxServer",
    "Sign",
    "Switches",
    "Template",
    "jsms_sandbox",
    "jsms_sandbox_server",
]
