"""A dry run sends nothing, and says what the campaign would cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jsms_client.campaigns import CampaignInputError, Estimate, Progress, _estimate
from jsms_client.errors import InvalidTempIDError
from jsms_sandbox.pytest_plugin import Sandbox

from .drivers import Driver
from .recipients import people


def test_it_says_what_it_would_cost_and_sends_nothing(driver: Driver, app: Sandbox, tmp_path: Path) -> None:
    journal = tmp_path / "campaign.db"
    app.set_credit(industry=1_000, balance=50)
    given = [*people(1_005), *people(2), "1380000"]
    estimate = driver.send(app.settings, given, dry_run=True, journal=journal, on_bad_line="set_aside")
    assert isinstance(estimate, Estimate)
    assert (estimate.recipients, estimate.repeats, estimate.bad_lines) == (1_005, 2, 1)
    assert (estimate.requests, estimate.credit) == (2, 1_005)
    assert (estimate.balance, estimate.pool, estimate.enough) == (1_050, ("app_industry", "app_balance"), True)
    assert estimate.samples == (
        "138****0000: 【…】您的订单0000已发货。",
        "138****0001: 【…】您的订单0001已发货。",
        "138****0002: 【…】您的订单0002已发货。",
    )
    assert (estimate.sign, estimate.missing_parameters, estimate.unfilled) == (None, (), 0)
    assert not journal.exists()
    assert app.messages == []
    assert app.credit.industry == 1_000


def test_it_says_when_the_credit_is_too_little(sync: Driver, app: Sandbox) -> None:
    app.set_credit(industry=1, balance=1)
    estimate = sync.send(app.settings, people(3), dry_run=True)
    assert (estimate.credit, estimate.balance, estimate.enough) == (3, 2, False)


@pytest.mark.parametrize("driver", ["sync", "asyncio"], indirect=True)
def test_a_balance_that_cannot_be_asked_for_is_left_open(driver: Driver, app: Sandbox) -> None:
    app.fail_next(50008, operation="getAppBalance")
    estimate = driver.send(app.settings, people(3), dry_run=True)
    assert (estimate.balance, estimate.enough) == (None, None)


def test_a_template_that_is_not_there_is_an_error(sync: Driver, app: Sandbox) -> None:
    with pytest.raises(InvalidTempIDError):
        sync.send(app.settings, people(3), temp_id=999, dry_run=True)


@pytest.mark.parametrize("kind", [2, 3], ids=["notice", "marketing"])
@pytest.mark.parametrize("characters", [1, 40, 60, 70, 71, 134, 135, 201, 202])
def test_it_counts_as_the_service_bills(sync: Driver, app: Sandbox, kind: int, characters: int) -> None:
    sign_id = app.add_sign("春天")
    temp_id = app.add_template("{{text}}好\n{{text}}", type=kind)
    # Signature, opt-out text of marketing, the template's own letter and its line break, which counts two.
    rest = characters - len("【春天】好") - 2 - (len("，拒收请回复R") if kind == 3 else 0)
    given = [("13800000000", {"text": "x" * max(rest // 2, 1)}), ("13800000001", {"text": "长\n" * 20})]
    options: dict[str, Any] = {"temp_id": temp_id, "sign_id": sign_id}
    estimate = sync.send(app.settings, given, dry_run=True, **options)
    assert estimate.sign == "春天"
    assert estimate.samples[1].startswith("138****0001: 【春天】长\n长\n")
    sync.send(app.settings, given, **options)
    assert estimate.credit == sum(message.segments for message in app.messages)
    assert estimate.longest == max(message.characters for message in app.messages)
    assert estimate.pool[0] == ("app_industry" if kind == 2 else "app_market")


def test_parameters_that_are_missing_are_named(sync: Driver, app: Sandbox) -> None:
    given = [*people(1), "13800000001", ("13800000002", {"number": ""}), ("13800000003", {"name": "x"})]
    estimate = sync.send(app.settings, given, dry_run=True)
    assert (estimate.missing_parameters, estimate.unfilled) == (("number",), 3)
    assert estimate.samples[1] == "138****0001: 【…】您的订单{{number}}已发货。"
    assert "138" not in repr(estimate)


def test_bad_entries_stop_a_dry_run_too(sync: Driver, app: Sandbox) -> None:
    with pytest.raises(CampaignInputError, match="1 entry of the list cannot be sent to; nothing was sent"):
        sync.send(app.settings, [*people(3), "1380000"], dry_run=True)


def test_it_tells_how_far_it_is(sync: Driver, app: Sandbox) -> None:
    updates: list[Progress] = []

    def slowly() -> Any:
        import threading

        yield from people(1_000)
        threading.Event().wait(0.12)
        yield from people(1, 1_000)

    sync.send(app.settings, slowly(), dry_run=True, on_progress=updates.append)
    assert {each.phase for each in updates} == {"reading"}


@pytest.mark.parametrize(("text", "units"), [("a" * 70, 70), ("😀" * 35, 70), ("👨‍👩‍👧", 8), ("中文", 2), ("a\nb", 4)])
def test_a_text_is_counted_in_utf_16_units(text: str, units: int) -> None:
    assert _estimate._length(text) == units  # pyright: ignore[reportPrivateUsage] - what billing rests on
