"""When requests leave: the caller's rate, one at first, and slower while the service struggles."""

from __future__ import annotations

from jsms_client.campaigns.pacing import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_FAILURES,
    MOST_REFUSALS,
    Pace,
    Rate,
)


def test_it_begins_with_one_request_and_doubles_with_each_answer() -> None:
    pace = Pace(4, None, 0.0)
    allowed: list[int] = []
    for _ in range(4):
        allowed.append(next(busy for busy in range(99) if pace.seconds(0.0, busy) is None))
        pace.answered()
    assert allowed == [1, 2, 4, 4]


def test_a_rate_spreads_requests_out() -> None:
    pace = Pace(4, 100, 0.0)
    assert pace.largest_batch(1000) == 100
    assert Pace(4, 0.5, 0.0).largest_batch(1000) == 1
    assert Pace(4, None, 0.0).largest_batch(1000) == 1000
    pace.left(50, 0.0)
    assert pace.seconds(0.1, 0) == 0.4
    assert pace.seconds(0.6, 0) == 0.0


def test_each_refusal_doubles_the_pause_up_to_a_minute() -> None:
    pace, now, pauses = Pace(4, None, 0.0), 0.0, list[float]()
    for place in range(MOST_REFUSALS):
        assert pace.too_often(now) == (place == MOST_REFUSALS - 1)
        pauses.append(pace.pause(now))
        now += pauses[-1]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert pace.seconds(now, 1) is None


def test_what_fails_at_the_same_time_makes_one_pause() -> None:
    pace = Pace(4, None, 0.0)
    for _ in range(MOST_FAILURES - 1):
        assert not pace.failed(0.0)
    assert pace.pause(0.0) == FIRST_PAUSE
    assert pace.failed(FIRST_PAUSE)


def test_an_answer_ends_the_counting() -> None:
    pace = Pace(4, None, 0.0)
    for now in range(0, 100, 10):
        assert not pace.failed(now)
        assert pace.pause(now) == FIRST_PAUSE
        pace.answered()


def test_the_rate_is_that_of_the_last_seconds() -> None:
    rate = Rate(0.0)
    assert rate.note(0, 0.0) == 0.0
    done = [second * 100 for second in range(1, 31)] + [3_000 + second * 10 for second in range(1, 31)]
    rates = [rate.note(count, float(second)) for second, count in enumerate(done, 1)]
    assert (rates[29], rates[-1]) == (100.0, 10.0)
    assert rate.note(3_300, 60.01) > 9
