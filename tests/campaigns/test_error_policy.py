"""The error policy: a campaign stops where more requests cannot succeed, and slows down where they can later."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

from jsms_client import JSMS
from jsms_client.campaigns import Campaign, Counts, Progress, RecipientState, StopReason, open_campaign
from jsms_client.campaigns._error_policy import ErrorAction, action_of, reason_of
from jsms_client.campaigns._runner import MOST_REFUSED_ALONE
from jsms_client.campaigns._throttle import MOST_FAILURES, MOST_REFUSALS
from jsms_client.errors import (
    APINotFoundError,
    AuthFailedError,
    ClientClosedError,
    ConfigurationError,
    InvalidRequestError,
    JSMSError,
    NoMoneyError,
    OutOfFreqError,
    UnconfirmedAPIError,
    UnconfirmedRedirectError,
    UnconfirmedStatusError,
)
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import TEMPLATE, Driver
from .recipients import numbers, people, reached, requests

OPERATION = "sendMessageBatch"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "campaign.db"


def goes_on(driver: Driver, app: Sandbox, journal: Path, count: int) -> None:
    """Check that the same call, without a fault, reaches every recipient once."""
    campaign = driver.send(app.settings, people(count), journal=journal)
    assert (campaign.stop, campaign.complete, campaign.counts.accepted) == (None, True, count)
    assert reached(app) == numbers(count)


def test_it_stops_when_the_credit_is_used_up(driver: Driver, app: Sandbox, journal: Path, small_batches: int) -> None:
    app.set_credit(industry=15, balance=0)
    campaign: Campaign = driver.send(app.settings, people(35), journal=journal)
    assert campaign.stop is not None
    assert campaign.stop.reason is StopReason.NO_CREDIT
    assert isinstance(campaign.stop.error, NoMoneyError)
    assert "buy or allocate more" in campaign.stop.message
    assert (campaign.counts.accepted, campaign.counts.waiting, campaign.complete) == (15, 20, False)
    app.set_credit(industry=100)
    goes_on(driver, app, journal, 35)


def test_without_a_journal_the_campaign_itself_can_be_gone_on_with(driver: Driver, app: Sandbox) -> None:
    app.set_credit(industry=2, balance=0)
    stopped: Campaign = driver.send(app.settings, people(5))
    app.set_credit(industry=100)
    campaign = driver.send(app.settings, people(5), journal=stopped)
    assert (campaign.stop, campaign.counts.accepted) == (None, 5)
    assert reached(app) == numbers(5)
    # Both are the same journal.
    assert [one.msg_id for one in stopped] == [one.msg_id for one in campaign]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (50014, StopReason.NO_CREDIT),
        (50033, StopReason.NO_CREDIT),
        (50002, StopReason.REFUSED_CREDENTIALS),
        (50036, StopReason.REFUSED_CREDENTIALS),
        (50013, StopReason.REFUSED_CAMPAIGN),
        (50102, StopReason.REFUSED_CAMPAIGN),
    ],
)
def test_a_refusal_that_the_next_request_would_meet_too_stops_it(
    sync: Driver, app: Sandbox, journal: Path, code: int, reason: StopReason
) -> None:
    app.fail_next(code, operation=OPERATION)
    campaign = sync.send(app.settings, people(3), journal=journal)
    assert campaign.stop is not None
    assert (campaign.stop.reason, campaign.counts.waiting) == (reason, 3)
    goes_on(sync, app, journal, 3)


def test_wrong_credentials_stop_it_before_anybody_is_sent_to(driver: Driver, app: Sandbox, journal: Path) -> None:
    campaign = driver.send({**app.settings, "master_secret": "f" * 24}, people(3), journal=journal)
    assert campaign.stop is not None
    assert isinstance(campaign.stop.error, AuthFailedError)
    goes_on(driver, app, journal, 3)


def test_an_address_that_is_not_the_service_stops_it(sync: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(status=404, operation=OPERATION)
    campaign = sync.send(app.settings, people(3), journal=journal)
    assert campaign.stop is not None
    # Whether something in between made the response after the service had sent cannot be known.
    assert (campaign.stop.reason, campaign.counts.unknown) == (StopReason.UNCLEAR_RESPONSES, 3)
    assert (requests(app), reached(app)) == (1, [])


@pytest.mark.usefixtures("quick")
def test_it_slows_down_when_requests_come_too_often(driver: Driver, app: Sandbox, small_batches: int) -> None:
    app.fail_next(50009, operation=OPERATION, times=2)
    campaign = driver.send(app.settings, people(25))
    assert (campaign.stop, campaign.counts.accepted) == (None, 25)
    assert requests(app) == 3 + 2
    assert reached(app) == numbers(25)


def test_progress_reports_the_pause(sync: Driver, app: Sandbox) -> None:
    updates: list[Progress] = []
    app.fail_next(50009, operation=OPERATION, times=1)
    sync.send(app.settings, people(25), on_progress=updates.append)
    assert max(progress.pause for progress in updates) > 0
    assert updates[-1].pause == 0


@pytest.mark.usefixtures("quick")
def test_it_gives_up_when_they_come_too_often_however_slowly(sync: Driver, app: Sandbox, journal: Path) -> None:
    fault = app.fail_next(50009, operation=OPERATION, times=None)
    campaign = sync.send(app.settings, people(5), journal=journal)
    assert campaign.stop is not None
    assert campaign.stop.reason is StopReason.TOO_OFTEN
    assert isinstance(campaign.stop.error, OutOfFreqError)
    assert campaign.counts.waiting == 5
    assert fault.times is None
    app.clear_faults()
    goes_on(sync, app, journal, 5)
    assert MOST_REFUSALS == 10


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lost", ["drop", "truncate", "broken_json", "empty", "html"])
def test_lost_responses_make_recipients_unknown_and_then_stop_it(
    sync: Driver, app: Sandbox, journal: Path, small_batches: int, lost: Any
) -> None:
    app.fail_next(kind=lost, operation=OPERATION, times=None)
    campaign = sync.send(app.settings, people(100), journal=journal)
    assert campaign.stop is not None
    assert campaign.stop.reason is StopReason.DEAD_SERVICE
    assert campaign.counts == Counts(100, 50, 0, 0, MOST_FAILURES * small_batches, 0, 0)
    app.clear_faults()
    # They are not sent to again, unless that is asked for.
    before = set(reached(app))
    campaign = sync.send(app.settings, people(100), journal=journal)
    assert (campaign.counts.accepted, campaign.counts.unknown, campaign.complete) == (50, 50, True)
    assert set(reached(app)) - before == set(numbers(50, 50))


def test_unknown_ones_are_sent_to_again_when_asked(driver: Driver, app: Sandbox, journal: Path) -> None:
    app.fail_next(kind="reset", operation=OPERATION)
    campaign = driver.send(app.settings, people(3), journal=journal)
    assert [one.state for one in campaign] == [RecipientState.UNKNOWN] * 3
    assert (campaign.counts.unknown, campaign.stop, campaign.complete) == (3, None, True)
    campaign = driver.send(app.settings, people(3), journal=journal, repeat_unknown=True)
    assert campaign.counts.accepted == 3
    assert reached(app) == numbers(3)


@pytest.mark.usefixtures("quick")
def test_no_recipient_is_unknown_where_the_service_is_not_reached(driver: Driver, app: Sandbox, journal: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        campaign = driver.send({**app.settings, "base_url": nowhere}, people(3), journal=journal, patience=0.1)
    assert campaign.stop is not None
    assert (campaign.stop.reason, campaign.counts.waiting) == (StopReason.DEAD_SERVICE, 3)
    goes_on(driver, app, journal, 3)


@pytest.mark.usefixtures("quick")
def test_one_recipient_that_a_whole_request_is_refused_for_costs_no_other(driver: Driver, app: Sandbox) -> None:
    app.fail_next(50037, operation=OPERATION, mobile="13800000321", times=None)
    campaign = driver.send(app.settings, people(900))
    assert campaign.counts == Counts(900, 0, 899, 1, 0, 0, 0)
    (refused,) = campaign.outcomes(RecipientState.REFUSED)
    assert (refused.mobile, refused.code) == ("13800000321", 50037)


@pytest.mark.parametrize("code", [50024, 50043])
def test_a_number_that_opted_out_or_a_text_that_is_too_long_stops_no_other_recipient(
    sync: Driver, app: Sandbox, code: int
) -> None:
    app.fail_next(code, operation=OPERATION, mobile="13800000005", times=None)
    campaign = sync.send(app.settings, people(20))
    assert (campaign.stop, campaign.counts.accepted, campaign.codes) == (None, 19, {code: 1})


def test_neighbours_that_are_refused_one_by_one_do_not_stop_it(sync: Driver, app: Sandbox) -> None:
    for mobile in numbers(4):
        app.fail_next(50024, operation=OPERATION, mobile=mobile, times=None)
    campaign = sync.send(app.settings, people(40))
    assert (campaign.stop, campaign.counts.accepted, campaign.codes) == (None, 36, {50024: 4})


@pytest.mark.parametrize("code", [50037, 50024])
def test_requests_that_are_refused_for_any_recipient_stop_it_and_leave_none_out(
    sync: Driver, app: Sandbox, journal: Path, code: int
) -> None:
    app.fail_next(code, operation=OPERATION, times=None)
    campaign = sync.send(app.settings, people(200), journal=journal)
    assert campaign.stop is not None
    assert campaign.stop.reason is StopReason.REFUSED_CAMPAIGN
    assert (campaign.codes, campaign.counts.waiting) == ({}, 200)
    app.clear_faults()
    goes_on(sync, app, journal, 200)


def test_once_somebody_was_accepted_those_that_are_refused_alone_stay_so(
    sync: Driver, app: Sandbox, journal: Path, small_batches: int
) -> None:
    for mobile in numbers(20, small_batches):
        app.fail_next(50024, operation=OPERATION, mobile=mobile, times=None)
    stopped = sync.send(app.settings, people(35), journal=journal, concurrency=1)
    assert stopped.stop is not None
    assert stopped.codes == {50024: MOST_REFUSED_ALONE}
    for _ in range(2):
        sync.send(app.settings, people(35), journal=journal, concurrency=1)
    campaign = sync.send(app.settings, people(35), journal=journal, concurrency=1)
    assert (campaign.complete, campaign.counts.accepted, campaign.codes) == (True, 15, {50024: 20})


def test_a_base_url_without_its_version_leaves_no_recipient_out(driver: Driver, app: Sandbox, journal: Path) -> None:
    wrong = app.settings["base_url"].removesuffix("/v1")
    campaign = driver.send({**app.settings, "base_url": wrong}, people(20), journal=journal)
    assert campaign.stop is not None
    assert isinstance(campaign.stop.error, APINotFoundError)
    assert (campaign.stop.reason, campaign.counts.waiting) == (StopReason.REFUSED_CAMPAIGN, 20)
    goes_on(driver, app, journal, 20)


@pytest.mark.parametrize("code", [50003, 50005, 50007, 50016, 50017, 50018, 50030])
def test_what_can_be_for_no_recipient_costs_one_request(sync: Driver, app: Sandbox, journal: Path, code: int) -> None:
    app.fail_next(code, operation=OPERATION, times=None)
    campaign = sync.send(app.settings, people(20), journal=journal)
    assert campaign.stop is not None
    assert (requests(app), campaign.counts.waiting) == (1, 20)


def test_a_service_that_takes_fewer_at_once_gets_fewer(sync: Driver, app: Sandbox) -> None:
    app.fail_next(50031, operation=OPERATION, times=2)
    campaign = sync.send(app.settings, people(20))
    assert (campaign.stop, campaign.counts.accepted) == (None, 20)
    assert reached(app) == numbers(20)


@pytest.mark.parametrize("driver", ["sync", "asyncio"], indirect=True)
def test_what_is_wrong_on_this_side_is_raised(
    driver: Driver, app: Sandbox, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as behind:
        behind.setenv("ALL_PROXY", "gopher://127.0.0.1:1")
        behind.setenv("HTTP_PROXY", "gopher://127.0.0.1:1")
        behind.setenv("NO_PROXY", "")
        with pytest.raises(ConfigurationError, match="the proxy in the environment"):
            driver.send({**app.settings, "base_url": "http://sms.invalid/v1"}, people(3), journal=journal)
    assert open_campaign(journal).counts.waiting == 3
    goes_on(driver, app, journal, 3)


def test_a_client_that_was_closed_says_so(app: Sandbox, journal: Path) -> None:
    with JSMS(**app.settings) as jsms:
        pass
    with pytest.raises(ClientClosedError):
        jsms.campaigns.send(people(3), temp_id=TEMPLATE, journal=journal)
    assert open_campaign(journal).counts.waiting == 3


def test_an_end_that_a_request_is_not_meant_to_have_is_raised_once_all_is_written_down(
    app: Sandbox, journal: Path, small_batches: int
) -> None:
    def leave(response: httpx.Response) -> None:
        if response.request.method == "POST":
            raise SystemExit(7)

    with (
        httpx.Client(event_hooks={"response": [leave]}) as http_client,
        JSMS(**app.settings, http_client=http_client) as jsms,
        pytest.raises(SystemExit),
    ):
        jsms.campaigns.send(people(30), temp_id=TEMPLATE, journal=journal)
    counts = open_campaign(journal).counts
    assert (counts.unknown, counts.waiting) == (small_batches, 30 - small_batches)


@pytest.mark.parametrize("kind", [UnconfirmedAPIError, UnconfirmedRedirectError, UnconfirmedStatusError])
def test_a_response_that_confirms_nothing_leaves_them_unknown(kind: type[JSMSError]) -> None:
    assert action_of(kind("what happened", http_status=303)) is ErrorAction.UNKNOWN
    unclear = kind is not UnconfirmedStatusError
    assert reason_of(kind("what happened")) is (StopReason.UNCLEAR_RESPONSES if unclear else StopReason.DEAD_SERVICE)


@pytest.mark.parametrize("kind", [NoMoneyError])
def test_a_response_that_refuses_the_request_leaves_them_waiting(kind: type[JSMSError]) -> None:
    assert action_of(kind("what happened")) is ErrorAction.STOP


@pytest.mark.parametrize(("code", "meaning"), [(59999, ErrorAction.REFUSED), (None, ErrorAction.STOP)])
def test_a_new_code_for_the_request_may_be_for_one_recipient(code: int | None, meaning: ErrorAction) -> None:
    assert action_of(InvalidRequestError("what happened", code=code)) is meaning
