"""Times: sent in Beijing time, and read from every known form."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsms_client.errors import ArgumentError
from jsms_runtime.times import BEIJING, parse_send_time, parse_time

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "UTC"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (datetime(2030, 7, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai")), "2030-07-01 09:00:00"),
        (datetime(2030, 7, 1, 1, tzinfo=UTC), "2030-07-01 09:00:00"),
        (datetime(2030, 6, 30, 21, tzinfo=ZoneInfo("America/New_York")), "2030-07-01 09:00:00"),
        (datetime(2030, 12, 31, 16, 0, 1, tzinfo=UTC), "2031-01-01 00:00:01"),
        (datetime(2030, 7, 1, 9, 0, 0, 999_999, tzinfo=BEIJING), "2030-07-01 09:00:00"),
        (datetime(987, 7, 1, 9, tzinfo=BEIJING), "0987-07-01 09:00:00"),
        ("2030-07-01 09:00:00", "2030-07-01 09:00:00"),
        ("2028-02-29 00:00:00", "2028-02-29 00:00:00"),
    ],
)
def test_a_moment_is_written_in_beijing_time(value: object, written: str) -> None:
    assert parse_send_time(value) == written


@given(st.datetimes(min_value=datetime(1993, 1, 1), max_value=datetime(2100, 1, 1)), st.sampled_from(ZONES))
def test_what_is_sent_is_the_same_moment_to_the_second(value: datetime, zone: str) -> None:
    aware = value.replace(tzinfo=ZoneInfo(zone))
    read = parse_time(parse_send_time(aware))
    assert timedelta(0) <= aware - read < timedelta(seconds=1)


class Nowhere(tzinfo):
    def utcoffset(self, moment: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


@pytest.mark.parametrize("naive", [datetime(2030, 7, 1, 9), datetime(2030, 7, 1, 9, tzinfo=Nowhere())])
def test_a_naive_datetime_is_refused_with_a_hint(naive: datetime) -> None:
    with pytest.raises(ArgumentError, match=r"without a time zone; say which one it means, such as .*ZoneInfo"):
        parse_send_time(naive)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (date(2030, 7, 1), "a date without a time of day"),
        (1_900_000_000, "of type int"),
        (None, "is None"),
        ("", "is not a time written like"),
        ("2030-07-01T09:00:00", "is not a time written like"),
        ("2030-07-01 09:00:00+08:00", "is not a time written like"),
        ("2030-07-01 09:00", "is not a time written like"),
        ("2030-07-01 09:00:00\n", "is not a time written like"),
        ("２０３０-07-01 09:00:00", "is not a time written like"),
        ("2030-02-30 09:00:00", "not in the calendar"),
        ("2030-07-01 24:00:01", "not in the calendar"),
        ("2030-07-01 09:00:60", "not in the calendar"),
        (datetime.max.replace(tzinfo=UTC), "out of range"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "out of range"),
    ],
)
def test_what_is_no_moment_is_refused(wrong: object, problem: str) -> None:
    with pytest.raises(ArgumentError, match=f"^send_time is .*{problem}|^send_time is {problem}|{problem}"):
        parse_send_time(wrong)


MOMENT = datetime(2017, 4, 14, 15, 4, 5, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1492153445000, MOMENT),
        (1492153445000.0, MOMENT),
        ("1492153445000", MOMENT),
        (" 1492153445000 ", MOMENT),
        (1492153445123, MOMENT.replace(microsecond=123_000)),
        ("2017-04-14 15:04:05", MOMENT),
        ("2017-04-14 15:04:05.123456", MOMENT.replace(microsecond=123_456)),
        ("2017-04-14T15:04:05", MOMENT),
        ("2017-04-14T15:04:05.5", MOMENT.replace(microsecond=500_000)),
        ("2017-04-14T07:04:05Z", MOMENT),
        ("2017-04-14T07:04:05+00:00", MOMENT),
        ("2017-04-14 03:04:05-04:00", MOMENT),
        ("Fri Apr 14 15:04:05 CST 2017", MOMENT),
        ("Fri Apr 14 07:04:05 UTC 2017", MOMENT),
        ("Mon Jan  2 15:04:05 CST 2006", datetime(2006, 1, 2, 15, 4, 5, tzinfo=BEIJING)),
        ("Mon Jan 02 15:04:05 CST 2006", datetime(2006, 1, 2, 15, 4, 5, tzinfo=BEIJING)),
        (0, datetime(1970, 1, 1, 8, tzinfo=BEIJING)),
        (-1, datetime(1970, 1, 1, 7, 59, 59, 999_000, tzinfo=BEIJING)),
    ],
)
def test_every_form_of_a_time_is_read(value: object, moment: datetime) -> None:
    read = parse_time(value)
    assert read == moment
    assert read.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "wrong",
    [
        None, True, [], {}, "", "soon", "2017-04-14", "15:04:05", "2017-13-14 15:04:05", "20170414T150405",
        "Fri Foo 14 15:04:05 CST 2017", "Fri Apr 31 15:04:05 CST 2017", "Fri Apr 14 15:04:05 PDT 2017", "9" * 19,
        10**30, float("nan"), float("inf"), "0001-01-01T00:00:00+14:00", "١٤٩٢", "2017-04-14 15:04:05+99:99",
    ],
)  # fmt: skip
def test_what_is_no_time_is_a_value_error(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_time(wrong)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.from_regex(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*")))
def test_any_value_is_a_time_or_a_value_error(value: object) -> None:
    with suppress(ValueError):
        assert parse_time(value).utcoffset() == timedelta(hours=8)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_milliseconds_are_read_exactly(value: datetime) -> None:
    moment = value.replace(microsecond=value.microsecond // 1000 * 1000, tzinfo=UTC)
    assert parse_time((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)) == moment
