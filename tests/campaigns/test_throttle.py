"""When requests leave: at most the caller's rate, one at first, and slower while the service fails."""

from __future__ import annotations

from datetime import datetime, time

import pytest

from jsms_client import ArgumentError
from jsms_client.campaigns._options import read_window
from jsms_client.campaigns._throttle import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_FAILURES,
    MOST_REFUSALS,
    Rate,
    Throttle,
)


def test_it_begins_with_one_request_and_doubles_with_each_response() -> None:
    throttle = Throttle(4, None, 0.0)
    allowed: list[int] = []
    for _ in range(4):
        allowed.append(next(busy for busy in range(99) if throttle.seconds(0.0, busy) is None))
        throttle.responded()
    assert allowed == [1, 2, 4, 4]


@pytest.mark.parametrize("rate", [0.5, 1, 1.5, 3, 99, 999, 1000, 1001, 1500, 1999, 2500, 12_345])
def test_no_second_sees_more_recipients_than_the_rate(rate: float) -> None:
    throttle, now = Throttle(64, rate, 0.0), 0.0
    for _ in range(6):
        throttle.responded()
    left: list[tuple[float, int]] = []
    while now < 20 / min(rate, 1):
        recipients = throttle.largest_batch(1000)
        if (wait := throttle.seconds(now, 0)) == 0:
            left.append((now, recipients))
            throttle.left(recipients, now)
        else:
            assert wait is not None
            now += wait
    seconds = max(1.0, 1 / rate)
    most = max(1, int(rate))
    assert all(sum(n for at, n in left if start <= at <= start + seconds) <= most for start, _ in left)
    assert sum(n for _, n in left) >= 0.9 * most * now / seconds - most


def test_a_rate_cuts_batches_into_equal_parts() -> None:
    throttle = Throttle(4, 100, 0.0)
    assert throttle.largest_batch(1000) == 100
    assert Throttle(4, 0.5, 0.0).largest_batch(1000) == 1
    assert Throttle(4, None, 0.0).largest_batch(1000) == 1000


def test_each_refusal_doubles_the_pause_up_to_a_minute() -> None:
    throttle, now, pauses = Throttle(4, None, 0.0), 0.0, list[float]()
    for place in range(MOST_REFUSALS):
        assert throttle.too_often(now, now) == (place == MOST_REFUSALS - 1)
        pauses.append(throttle.pause(now))
        now += pauses[-1]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert throttle.seconds(now, 1) is None


def test_what_was_in_flight_together_fails_as_one_moment() -> None:
    throttle = Throttle(16, None, 0.0)
    for number in range(16):
        # Timeouts of requests that left at almost the same time are noticed one after the other.
        assert not throttle.failed(30.0 + number, float(number) / 100)
    for moment in range(2, MOST_FAILURES):
        assert not throttle.failed(100.0 * moment, 100.0 * moment - 1)
    assert throttle.failed(1000.0, 999.0)


def test_sixteen_refusals_of_one_moment_count_as_one() -> None:
    throttle = Throttle(16, None, 0.0)
    assert not any(throttle.too_often(1.0 + number / 100, 0.0) for number in range(16))
    assert throttle.pause(1.0) == FIRST_PAUSE


def test_where_nothing_is_sent_it_goes_on_trying_as_long_as_the_patience() -> None:
    throttle, now = Throttle(4, None, 0.0, patience=60.0), 0.0
    tries = 0
    while not throttle.not_reached(now):
        now += throttle.pause(now)
        tries += 1
    assert 60 <= now < 66
    assert tries > 10
    throttle.refused()
    assert not throttle.not_reached(now)
    assert Throttle(4, None, 0.0, patience=0).not_reached(0.0)


def test_a_response_ends_the_counting() -> None:
    throttle = Throttle(4, None, 0.0)
    for now in range(0, 100, 10):
        assert not throttle.failed(now, now)
        assert throttle.pause(now) == FIRST_PAUSE
        throttle.responded()


def test_the_rate_is_that_of_the_last_seconds() -> None:
    rate = Rate(0.0)
    assert rate.note(0, 0.0) == 0.0
    done = [second * 100 for second in range(1, 31)] + [3_000 + second * 10 for second in range(1, 31)]
    rates = [rate.note(count, float(second)) for second, count in enumerate(done, 1)]
    assert (rates[29], rates[-1]) == (100.0, 10.0)
    assert rate.note(3_300, 60.01) > 9


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-11-26T{text}+08:00").timestamp()


@pytest.mark.parametrize(
    ("window", "now", "seconds"),
    [
        ("08:00-21:00", "08:00:00", 0),
        ("08:00-21:00", "20:59:59", 0),
        ("08:00-21:00", "21:00:00", 11 * 3600),
        ("8:00 - 21:00", "07:30:00", 1800),
        ((time(8), time(21)), "12:00:00", 0),
        ("22:00-06:00", "23:00:00", 0),
        ("22:00-06:00", "05:59:59", 0),
        ("22:00-06:00", "06:00:00", 16 * 3600),
    ],
)
def test_hours_of_a_day_are_kept_in_beijing_time(window: object, now: str, seconds: float) -> None:
    read = read_window(window)
    assert read is not None
    assert read.seconds(at(now)) == seconds


@pytest.mark.parametrize("window", ["", "8-21", "25:00-26:00", "08:00-08:00", (8, 21), (time(8),), 7])
def test_what_is_no_span_of_a_day_is_refused(window: object) -> None:
    with pytest.raises(ArgumentError, match="window is no span of a day"):
        read_window(window)
    assert read_window(None) is None
