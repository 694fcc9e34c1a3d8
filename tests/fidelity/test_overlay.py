"""The client's table of calls against the sandbox instead of the example server.

The sandbox is strict, so the client must send nothing that has to be tolerated.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from example_server import EXAMPLE_CREDENTIALS
from jsms_client import JSMS, VerificationReason
from jsms_client.errors import APIError, ServiceError, UnknownOutcomeError
from jsms_client.results import Verification
from jsms_contract.errors import error_class
from jsms_contract.operations import OPERATIONS
from jsms_contract.values import REVIEW_STATUS_REJECTED
from jsms_sandbox.contract import info, operations
from jsms_sandbox.settings import Credentials, Settings
from jsms_sandbox.state.entities import App, Code, JournalEntry, Message, Schedule, ScheduledRecipient
from jsms_sandbox.state.state import State
from overlay.calls import CALLS, CODE, MOBILE, MSG_ID, SCHEDULE_ID, Call
from overlay.drivers import ATTEMPTS, DRIVERS, QUICK, Driver
from overlay.examples import as_json, expected, plain
from sandbox.sign_forms import PNG
from sandbox.threaded_sandbox import RunningSandbox

KEYS = Credentials(*EXAMPLE_CREDENTIALS["appAuth"], *EXAMPLE_CREDENTIALS["devAuth"])
REASONS = {50010: VerificationReason.WRONG, 50011: VerificationReason.EXPIRED, 50012: VerificationReason.USED}
BEHIND_AUTHENTICATION = {each.id: sorted(each.codes - {50001, 50002}) for each in operations().values()}


def _with_real_images(call: Call) -> Call:
    images = {name: PNG for name, value in call.options.items() if isinstance(value, bytes)}
    return replace(call, options={**call.options, **images}, image=PNG)


REAL_CALLS = {operation: _with_real_images(call) for operation, call in CALLS.items()}


@dataclass(frozen=True)
class Stage:
    """A strict sandbox where everything exists that the calls name."""

    sandbox: RunningSandbox
    app: App

    @property
    def url(self) -> str:
        return f"{self.sandbox.url}/v1"

    def prepare(self, operation: str) -> None:
        """Bring things into the state that an operation needs."""

        def change(state: State) -> None:
            key, now = self.app.app_key, state.clock.now()
            if operation == "updateTemplate":
                state.templates[key][1250].status = REVIEW_STATUS_REJECTED
            sign = state.signs[key][4321]
            sign.is_default = operation != "deleteSign"
            if operation == "updateSign":
                sign.status = REVIEW_STATUS_REJECTED
            state.add_message(Message(MSG_ID, key, "code", MOBILE, "", 1, now, code=Code(CODE, now + 300)))
            recipients = [ScheduledRecipient("1", MOBILE, {"number": "1"}, "【极光】您的订单1已发货。")]
            at = (now + 86_400, "2099-07-01 09:00:00")
            batch = operation == "updateScheduleBatch"
            state.add_schedule(Schedule(SCHEDULE_ID, key, batch, *at, 1250, 2, 4321, None, recipients, now))

        self.sandbox.look(change)

    def entries(self) -> list[JournalEntry]:
        """List the requests since the sandbox was prepared."""
        return self.sandbox.look(lambda state: list(state.journal.values()))


def _warnings(entry: JournalEntry) -> list[str]:
    """Return the warnings of a request, without those about operations that the sandbox does not model."""
    return [warning for warning in entry.warnings if not warning.startswith("The sandbox does not model ")]


@pytest.fixture(scope="module")
def strict() -> Iterator[RunningSandbox]:
    with RunningSandbox(Settings(KEYS, strict=True)) as running:
        yield running


@pytest.fixture
def stage(strict: RunningSandbox) -> Stage:
    strict.look(lambda state: state.reset())
    return Stage(strict, strict.look(lambda state: state.apps[KEYS.app_key]))


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Driver]:
    made = DRIVERS[request.param](stage.url)
    yield made
    made.close()


@pytest.fixture(params=["sync", "asyncio"])
def usual_driver(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Driver]:
    made = DRIVERS[request.param](stage.url)
    yield made
    made.close()


@pytest.mark.parametrize("call", REAL_CALLS.values(), ids=REAL_CALLS)
def test_every_operation_returns_what_the_sandbox_responded(driver: Driver, stage: Stage, call: Call) -> None:
    stage.prepare(call.operation)
    result = driver.make(call)
    (entry,) = stage.entries()
    assert (entry.operation, entry.status, _warnings(entry)) == (call.operation, 200, [])
    assert plain(result) == (expected(json.loads(entry.answer)) if entry.answer else None)


@pytest.mark.parametrize("call", REAL_CALLS.values(), ids=REAL_CALLS)
def test_every_generated_function_works(usual_driver: Driver, stage: Stage, call: Call) -> None:
    stage.prepare(call.operation)
    parsed = usual_driver.make_generated(call)
    (entry,) = stage.entries()
    assert (entry.operation, entry.status) == (call.operation, 200)
    assert [warning for warning in _warnings(entry) if "was refused: 50023" not in warning] == []
    assert as_json(parsed) == (json.loads(entry.answer) if entry.answer else None)


@pytest.mark.parametrize("call", REAL_CALLS.values(), ids=REAL_CALLS)
def test_every_code_of_an_operation_is_raised_as_its_class(stage: Stage, call: Call) -> None:
    never = OPERATIONS[call.operation].retry == "never"
    for code in BEHIND_AUTHENTICATION[call.operation]:
        key = f"sandboxapp123456789{code}"
        error: object
        with JSMS(key, key, dev_key=key, dev_secret=key, base_url=stage.url, retry=QUICK) as client:
            try:
                error = call.on(client)
            except APIError as raised:
                error = raised
        if code in REASONS and call.operation == "verifyCode":
            assert isinstance(error, Verification)
            assert (bool(error), error.reason, error.code) == (False, REASONS[code], code)
            continue
        assert isinstance(error, APIError)
        assert isinstance(error, error_class(code, error.http_status or 0))
        assert (error.operation, error.code) == (call.operation, code)
        assert error.http_status == info(code).http_status
        assert isinstance(error, UnknownOutcomeError) == (never and isinstance(error, ServiceError))
        assert error.attempts == (ATTEMPTS if isinstance(error, ServiceError) and not never else 1)
