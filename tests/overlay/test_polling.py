"""Records that the service returns once: each readable one is read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsms_client._polling import read_records
from jsms_client.results import DeliveryReport, DeliveryStatus, Records, UserReply
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Field, Shape
from jsms_runtime.results import read_records as read_all
from jsms_runtime.times import BEIJING
from jsms_surface.results.receipts import read_delivery_report, read_user_reply

REPORT: dict[str, object] = {"msgId": "1", "phone": "13800138000", "receiveTime": 1492153445000, "status": 4001}
REPLY: dict[str, object] = {"phone": "13800138000", "replyTime": 1492153445000, "content": "TD"}
NOTHING: dict[str, object] = {}
MOMENT = datetime(2017, 4, 14, 15, 4, 5, tzinfo=BEIJING)


def shape(operation: str) -> Shape:
    return cast("Shape", OPERATIONS[operation].response)


def reports(content: bytes) -> Records[DeliveryReport]:
    records = read_records(content, shape("pollReports"))
    assert records is not None
    return read_all(records, read_delivery_report)


def replies(content: bytes) -> Records[UserReply]:
    records = read_records(content, shape("pollReplies"))
    assert records is not None
    return read_all(records, read_user_reply)


def one(**changes: object) -> Records[DeliveryReport]:
    return reports(json.dumps([REPORT | changes]).encode())


def test_a_record_of_the_contract_is_read() -> None:
    assert reports(json.dumps([REPORT]).encode()) == [
        DeliveryReport("1", "13800138000", MOMENT, DeliveryStatus.DELIVERED)
    ]
    assert replies(json.dumps([REPLY]).encode()) == [UserReply("13800138000", MOMENT, "TD")]


@pytest.mark.parametrize(
    "content", [b"[]", b" [ ] ", b"\xef\xbb\xbf[]"], ids=["empty", "with spaces", "with a byte order mark"]
)
def test_no_records_are_none(content: bytes) -> None:
    records = reports(content)
    assert records == []
    assert records.malformed == ()


def test_numbers_and_texts_change_places_where_the_service_has_been_seen_to() -> None:
    (report,) = one(msgId=1, phone=13800138000, status="4001")
    assert report == DeliveryReport("1", "13800138000", MOMENT, DeliveryStatus.DELIVERED)


def test_a_status_of_the_future_is_its_number() -> None:
    (report,) = one(status=4999)
    assert report.status == 4999
    assert type(report.status) is int


@pytest.mark.parametrize(
    "time",
    ["1492153445000", "2017-04-14 15:04:05", "2017-04-14T15:04:05", "Fri Apr 14 15:04:05 CST 2017"],
)
def test_every_form_of_a_time_is_read(time: str) -> None:
    assert one(receiveTime=time)[0].receive_time == MOMENT


@pytest.mark.parametrize("time", ["soon", "", [], 10**40, True])
def test_a_time_that_is_none_is_kept_as_it_came(time: object) -> None:
    (report,) = one(receiveTime=time)
    assert report.receive_time is None
    assert report.extra == {"receiveTime": time}


def test_a_missing_time_is_none() -> None:
    assert one(receiveTime=None)[0].receive_time is None
    without = {name: value for name, value in REPLY.items() if name != "replyTime"}
    (reply,) = replies(json.dumps([without]).encode())
    assert reply.reply_time is None
    assert reply.extra == {}


def test_a_field_that_may_be_absent_is_left_out_where_it_is_null() -> None:
    fields = (
        Field("id", Shape("string"), True),
        Field("note", Shape("string"), False),
        Field("at", Shape("time"), False),
    )
    page = Shape("array", of=Shape("object", fields=fields))
    assert read_records(b'[{"id": "1", "note": null, "at": null}, {"id": "2"}]', page) == [{"id": "1"}, {"id": "2"}]


def test_fields_of_the_future_are_kept() -> None:
    (report,) = one(brand_new="CMCC", **{"": 1})
    assert report.extra == {"brand_new": "CMCC", "": 1}


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ({"phone": "13800138000"}, "has no msgId"),
        (REPORT | {"status": "DELIVRD"}, "status is a text, not a whole number"),
        (REPORT | {"phone": None}, "phone is null, not a text"),
        (REPORT | {"phone": NOTHING}, "phone is an object, not a text"),
        (NOTHING, "has no msgId"),
        ("text", "it is no object"),
        (None, "it is no object"),
        ([], "it is no object"),
    ],
)
def test_a_broken_record_is_kept_and_costs_none_of_the_others(broken: object, problem: str) -> None:
    records = reports(json.dumps([REPORT, broken, REPORT]).encode())
    assert len(records) == 2
    (malformed,) = records.malformed
    assert (malformed.raw, malformed.problem) == (broken, problem)


def test_half_a_character_costs_nothing_but_itself() -> None:
    content = json.dumps([REPLY | {"content": "ok \ud83d!"}, REPLY]).encode()
    first, second = replies(content)
    assert first.content == "ok \ufffd!"
    assert second.content == "TD"


def test_bytes_that_are_no_utf_8_cost_nothing_but_themselves() -> None:
    (reply,) = replies(json.dumps([REPLY]).encode().replace(b"TD", b"T\xff"))
    assert reply.content == "T\ufffd"


@pytest.mark.parametrize("cut", range(1, len(json.dumps([REPORT] * 2))))
def test_of_a_response_that_is_cut_off_every_whole_record_is_read(cut: int) -> None:
    whole = json.dumps([REPORT] * 2)
    records = reports(whole[:cut].encode())
    ends = [len(json.dumps([REPORT])) - 1, len(whole) - 1]
    assert len(records) == sum(cut >= end for end in ends)
    rest = whole[ends[0] if len(records) else 1 : cut].strip(", ") if len(records) < 2 else ""
    assert [str(malformed.raw).strip(", ") for malformed in records.malformed] == ([rest] if rest else [])


def test_what_follows_the_list_is_kept() -> None:
    records = reports(json.dumps([REPORT]).encode() + b" <!-- proxy -->")
    assert len(records) == 1
    assert [malformed.raw for malformed in records.malformed] == ["<!-- proxy -->"]


def test_a_record_nested_too_deeply_is_kept_as_text() -> None:
    records = reports(json.dumps([REPORT]).encode()[:-1] + b"," + b"[" * 100_000)
    assert len(records) == 1
    assert len(records.malformed) == 1


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"<html>", b'"["', b"\xff["])
def test_a_response_that_does_not_begin_as_a_list_is_left_to_others(content: bytes) -> None:
    assert read_records(content, shape("pollReports")) is None


def test_a_list_of_something_else_is_left_to_others() -> None:
    assert read_records(b"[]", Shape("array", of=Shape("string"))) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
RECORDS = st.fixed_dictionaries({}, optional={"msgId": JSON, "phone": JSON, "receiveTime": JSON, "status": JSON})


@given(st.lists(st.one_of(JSON, RECORDS, st.just(REPORT)), max_size=5))
def test_every_record_is_handed_out_one_way_or_the_other(records: list[object]) -> None:
    read = reports(json.dumps(records).encode())
    assert len(read) + len(read.malformed) == len(records)
    assert len(read) >= sum(record == REPORT for record in records)


@given(st.binary())
def test_no_bytes_make_it_fail(content: bytes) -> None:
    reports(b"[" + content)
