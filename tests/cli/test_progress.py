"""The text beside a campaign's progress bar."""

from __future__ import annotations

import pytest

from jsms_cli.campaigns import progress as campaign_progress
from jsms_cli.campaigns.progress import figures, progress_bar
from jsms_client.campaigns import Progress


def progress(
    *, accepted: int = 0, refused: int = 0, unknown: int = 0, rate: float = 0.0, pause: float = 0.0
) -> Progress:
    done = accepted + refused + unknown
    return Progress("sending", 300_000, 300_000 - done, 0, accepted, refused, unknown, 0, 0, rate, 1.0, pause)


def test_rate_time_left_and_refusals() -> None:
    assert figures(progress(accepted=99_990, refused=10, rate=20_000)) == (
        "100000/300000, 20000/s, 0:10 left, 10 refused"
    )
    assert figures(progress(rate=50)) == "0/300000, 50/s, 1:40:00 left, 0 refused"


def test_what_is_unknown_or_waited_for_is_said_only_then() -> None:
    shown = figures(progress(unknown=1_000, pause=7.6))
    assert shown == "1000/300000, 0/s, 0 refused, 1000 unknown, waiting 8 s for the service"


def test_reading_counts_what_is_left_out() -> None:
    reading = Progress("reading", 500, 500, 0, 0, 0, 0, 2, 1, 250.0, 2.0)
    assert figures(reading) == "500, 250/s, left out 3"


def test_a_line_a_minute_is_written_where_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with progress_bar() as tell:
        tell(progress(accepted=10))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(campaign_progress, "EVERY", 0.0)
    with progress_bar() as tell:
        tell(progress(accepted=10))
    assert capsys.readouterr().err == "jsms: sending 10/300000, 0/s, 0 refused\n"
