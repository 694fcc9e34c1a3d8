"""Events from every known form of a callback's data, and from malformed data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import QueryDict
from starlette.datastructures import FormData
from werkzeug.datastructures import ImmutableMultiDict

from jsms_client.callbacks import (
    Callback,
    CallbackError,
    CallbackReason,
    CallbackReceiver,
    DeliveryReport,
    Event,
    SignReviewed,
    TemplateReviewed,
    UserReply,
)
from jsms_client.callbacks._form import Body
from jsms_surface.events import EVENTS

from .signed_posts import APP_KEY, MASTER_SECRET, PHONE, REPLY, REPORT, SIGN, TEMPLATE, Clock, encoded, form

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT = json.loads((Path(__file__).parents[2] / "generated/jsms_contract/openapi.json").read_bytes())
PAYLOADS = CONTRACT["components"]["schemas"]["CallbackForm"]["properties"]["data"]["x-payloads"]
SAMPLES = [
    (name, example["value"])
    for name, item in CONTRACT["components"]["pathItems"].items()
    for example in item["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["examples"].values()
]


def summary_of(event: Event) -> str:
    match event:
        case DeliveryReport(msg_id=msg_id, status=status):
            return f"report {msg_id} {int(status)}"
        case UserReply(content=content):
            return f"reply {content}"
        case TemplateReviewed(temp_id=temp_id, status=status, refuse_reason=reason):
            return f"template {temp_id} {int(status)} {reason}"
        case SignReviewed(sign_id=sign_id, status=status, refuse_reason=reason):
            return f"sign {sign_id} {int(status)} {reason}"


def read(receiver: CallbackReceiver, data: object, kind: str = "SMS_REPORT") -> Callback:
    return receiver.parse(encoded(form(data, kind, timestamp=1492150740274)))


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("SMS_REPORT", REPORT, "report 288193860302 4001"),
        ("SMS_REPLY", REPLY, "reply 退订 TD"),
        ("SMS_TEMPLATE", TEMPLATE, "template 1250 2 no purpose given"),
        ("SMS_SIGN", SIGN, "sign 77 1 None"),
    ],
)
def test_each_type_becomes_its_event(receiver: CallbackReceiver, kind: str, data: object, expected: str) -> None:
    callback = read(receiver, data, kind)

    assert [summary_of(event) for event in callback.events] == [expected]
    assert callback.type == kind
    assert callback.signed_at == datetime(2017, 4, 14, 6, 19, 0, 274000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [("SMS_TEMPLATE", TEMPLATE, "template 1250 2 None"), ("SMS_SIGN", SIGN, "sign 77 1 None")],
)
def test_a_decision_without_a_reason_is_one(
    receiver: CallbackReceiver, kind: str, data: Mapping[str, object], expected: str
) -> None:
    without = {name: value for name, value in data.items() if name != "refuseReason"}

    assert [summary_of(event) for event in read(receiver, without, kind).events] == [expected]


@pytest.mark.parametrize(("name", "sample"), SAMPLES)
def test_the_samples_of_the_contract_are_accepted(name: str, sample: Mapping[str, object]) -> None:
    clock = Clock(int(str(sample["timestamp"])) / 1000)
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, clock=clock)

    with receiver.accept(encoded({field: str(value) for field, value in sample.items()})) as callback:
        assert summary_of(callback.events[0])


def test_every_type_of_the_contract_is_read(receiver: CallbackReceiver) -> None:
    shown = {str(sample["type"]): sample for _, sample in SAMPLES}

    unread = [kind for kind in PAYLOADS if kind not in EVENTS]
    assert not unread, f"overlay/jsms_client/callbacks/_events.py has no event and no reader for {', '.join(unread)}"
    assert shown.keys() == PAYLOADS.keys(), "each type of callback needs an example in openapi.yaml"
    assert all(read(receiver, sample["data"], kind).events for kind, sample in shown.items())


def test_a_list_of_records_loses_none(receiver: CallbackReceiver) -> None:
    callback = read(receiver, [REPORT | {"msgId": str(number)} for number in range(500)])

    assert [summary_of(event) for event in callback.events] == [f"report {number} 4001" for number in range(500)]


@pytest.mark.parametrize("bad", [{"msgId": "1"}, None, 7, REPORT | {"status": None}, REPORT | {"msgId": 1e300}])
def test_a_bad_record_in_a_list_costs_none_of_the_others(receiver: CallbackReceiver, bad: object) -> None:
    callback = read(receiver, [REPORT, bad, REPORT | {"msgId": "2"}])

    assert [summary_of(event) for event in callback.events] == ["report 288193860302 4001", "report 2 4001"]
    (kept,) = callback.malformed
    assert kept.raw == bad
    assert kept.problem
    assert PHONE not in repr(callback)


def test_a_list_without_any_record_that_can_be_read_is_malformed(receiver: CallbackReceiver) -> None:
    with pytest.raises(CallbackError) as caught:
        read(receiver, [{"msgId": "1"}, None])

    assert caught.value.reason is CallbackReason.MALFORMED


@pytest.mark.parametrize("half", ["\\ud83d", "\ud83d"])
def test_half_of_an_emoji_costs_nothing_else(receiver: CallbackReceiver, half: str) -> None:
    data = f'{{"phone":"{PHONE}","replyTime":1492150800000,"content":"TD {half}","x-new":["{half}"]}}'
    fields = form(data, "SMS_REPLY", timestamp=1492150740274)
    bodies: list[Body] = [fields, "&".join(f"{name}={value}" for name, value in fields.items()), form_bytes(fields)]

    for body in bodies:
        (event,) = receiver.parse(body).events
        assert isinstance(event, UserReply)
        assert event.content.startswith("TD \ufffd")
        assert json.dumps(event.extra["x-new"], ensure_ascii=False).encode()


def form_bytes(fields: Mapping[str, str]) -> bytes:
    return urlencode(fields, errors="surrogatepass").encode()


def test_a_reply_without_a_text_is_a_reply(receiver: CallbackReceiver) -> None:
    (event,) = read(receiver, {"phone": PHONE, "replyTime": 1492150800000, "content": None}, "SMS_REPLY").events

    assert isinstance(event, UserReply)
    assert event.content == ""
    assert event.extra == {"content": None}


def test_an_unknown_field_in_another_encoding_costs_nothing_else(receiver: CallbackReceiver) -> None:
    assert receiver.parse(encoded(GOOD) + b"&a=%ff").events == receiver.parse(encoded(GOOD)).events
    assert receiver.parse(encoded(GOOD) + b"&a=\xff").events == receiver.parse(encoded(GOOD)).events


def test_ids_sent_as_numbers_become_texts_and_numbers_sent_as_texts_numbers(receiver: CallbackReceiver) -> None:
    data = {"msgId": 288193860302, "phone": 13800138000, "receiveTime": "1492150741000", "status": "4001"}

    assert read(receiver, data).events == read(receiver, REPORT).events


def test_whole_numbers_written_as_fractions_are_read(receiver: CallbackReceiver) -> None:
    data = '{"msgId":288193860302.0,"phone":1.3800138E10,"receiveTime":1492150741E3,"status":4.001e3}'

    assert read(receiver, data).events == read(receiver, REPORT).events


@pytest.mark.parametrize(
    "time",
    [
        1492150741000,
        1.492150741e12,
        "1492150741000",
        "2017-04-14 14:19:01",
        "2017-04-14 14:19:01.000000",
        "2017-04-14T14:19:01",
        "Fri Apr 14 14:19:01 CST 2017",
    ],
)
@pytest.mark.parametrize(
    ("kind", "data", "name"), [("SMS_REPORT", REPORT, "receiveTime"), ("SMS_REPLY", REPLY, "replyTime")]
)
def test_every_form_of_time_is_the_same_moment(
    receiver: CallbackReceiver, kind: str, data: Mapping[str, object], name: str, time: object
) -> None:
    (event,) = read(receiver, {**data, name: time}, kind).events

    assert isinstance(event, (DeliveryReport, UserReply))
    moment = event.receive_time if isinstance(event, DeliveryReport) else event.reply_time
    assert moment == datetime(2017, 4, 14, 6, 19, 1, tzinfo=UTC)
    assert moment is not None
    assert moment.utcoffset() is not None


@pytest.mark.parametrize("time", ["soon", "", 10**30, "1e400", "Fri Foo 14 14:19:01 CST 2017"])
@pytest.mark.parametrize(
    ("kind", "data", "name"), [("SMS_REPORT", REPORT, "receiveTime"), ("SMS_REPLY", REPLY, "replyTime")]
)
def test_a_time_that_cannot_be_read_costs_nothing_else(
    receiver: CallbackReceiver, kind: str, data: Mapping[str, object], name: str, time: object
) -> None:
    (event,) = read(receiver, {**data, name: time}, kind).events

    assert isinstance(event, (DeliveryReport, UserReply))
    assert (event.receive_time if isinstance(event, DeliveryReport) else event.reply_time) is None
    assert event.phone == PHONE
    assert event.extra == {name: time}


@pytest.mark.parametrize(
    ("kind", "data", "name"), [("SMS_REPORT", REPORT, "receiveTime"), ("SMS_REPLY", REPLY, "replyTime")]
)
def test_a_record_that_lacks_its_time_is_read_as_polling_reads_it(
    receiver: CallbackReceiver, kind: str, data: Mapping[str, object], name: str
) -> None:
    (event,) = read(receiver, {field: value for field, value in data.items() if field != name}, kind).events

    assert isinstance(event, (DeliveryReport, UserReply))
    assert (event.receive_time if isinstance(event, DeliveryReport) else event.reply_time) is None
    assert (event.phone, event.extra) == (PHONE, {})


def test_a_report_without_a_time_is_a_report(receiver: CallbackReceiver) -> None:
    (event,) = read(receiver, REPORT | {"receiveTime": None, "status": 4004}).events

    assert isinstance(event, DeliveryReport)
    assert event.receive_time is None
    assert event.extra == {}


def test_unknown_fields_are_kept(receiver: CallbackReceiver) -> None:
    fields = form(REPORT | {"x-new": {"name": "x"}}, timestamp=1492150740274, **{"x-other": "cn"})

    callback = receiver.parse(encoded(fields))

    assert callback.events[0].extra == {"x-new": {"name": "x"}}
    assert callback.extra == {"x-other": "cn"}


@pytest.mark.parametrize(("kind", "data"), [("SMS_REPORT", REPORT), ("SMS_TEMPLATE", TEMPLATE), ("SMS_SIGN", SIGN)])
def test_an_unknown_status_is_its_number(receiver: CallbackReceiver, kind: str, data: Mapping[str, object]) -> None:
    (event,) = read(receiver, {**data, "status": 4999}, kind).events

    assert not isinstance(event, UserReply)
    assert event.status == 4999


def test_events_can_be_compared_hashed_and_logged(receiver: CallbackReceiver) -> None:
    first, second = read(receiver, [REPORT | {"x-new": [1]}, REPORT | {"x-new": [1]}]).events
    (reply,) = read(receiver, REPLY, "SMS_REPLY").events

    assert first == second
    assert hash(first) == hash(second)
    assert PHONE not in repr(first)
    assert "TD" not in repr(reply)
    assert PHONE not in repr(read(receiver, REPORT))


@pytest.mark.parametrize(("kind", "data"), [("SMS_TEMPLATE", TEMPLATE), ("SMS_SIGN", SIGN)])
def test_a_reason_for_a_refusal_shows_no_whole_number(
    receiver: CallbackReceiver, kind: str, data: Mapping[str, object]
) -> None:
    (event,) = read(receiver, {**data, "refuseReason": f"call {PHONE}"}, kind).events

    assert "refuse_reason='call 138****8000'" in repr(event)


NO_RECORDS: list[object] = [
    "",
    "{",
    "null",
    "1",
    '"text"',
    "[null]",
    "[[]]",
    "{}",
    "NaN",
    "[" * 100_000,
    '{"a":' * 1000 + "1" + "}" * 1000,
    "9" * 5000,
    REPORT | {"receiveTime": True},
    REPORT | {"receiveTime": ["now"]},
    REPORT | {"status": False},
    REPORT | {"status": 4001.5},
    REPORT | {"status": None},
    REPORT | {"msgId": 1.5},
    '{"msgId":1e300,"phone":"1","receiveTime":1,"status":4001}',
    REPORT | {"msgId": None},
    REPORT | {"msgId": ["1"]},
    REPORT | {"phone": {"number": PHONE}},
]


@pytest.mark.parametrize("data", NO_RECORDS)
def test_data_that_is_not_what_it_should_be_is_malformed(receiver: CallbackReceiver, data: object) -> None:
    with pytest.raises(CallbackError) as caught:
        read(receiver, data)

    assert caught.value.reason is CallbackReason.MALFORMED


@pytest.mark.parametrize("kind", ["SMS_NEW", "sms_report", "SMS_REPORT ", "\x00\x1b[31m", "x" * 100_000])
def test_an_unknown_type_is_one_documented_error(receiver: CallbackReceiver, kind: str) -> None:
    with pytest.raises(CallbackError) as caught:
        read(receiver, REPORT, kind)

    assert caught.value.reason is CallbackReason.UNKNOWN_TYPE
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


def test_an_unknown_type_shows_no_number(receiver: CallbackReceiver) -> None:
    with pytest.raises(CallbackError, match=r"type 'SMS_138\*\*\*\*8000'") as caught:
        read(receiver, REPORT, f"SMS_{PHONE}")

    assert PHONE not in str(caught.value)


GOOD = form(REPORT, timestamp=1492150740274)


@pytest.mark.parametrize(
    "body",
    [
        encoded({**GOOD, "data": f"{{{PHONE}"}),
        encoded({**GOOD, "data": json.dumps({"msgId": PHONE})}),
        encoded({**GOOD, "data": json.dumps({**REPORT, "status": f"x{PHONE}"})}),
        encoded({**GOOD, "timestamp": f"{PHONE}x"}),
        encoded({**GOOD, "nonce": f"{PHONE}x"}),
        encoded({"data": PHONE}),
        encoded(GOOD).replace(b"nonce=", f"{PHONE}=".encode()),
        {**GOOD, PHONE: 1, "signature": [PHONE]},
        cast("dict[str, object]", {**GOOD, int(PHONE): "1"}),
    ],
)
def test_a_refusal_holds_nothing_of_what_was_posted(
    receiver: CallbackReceiver, body: bytes | Mapping[str, object]
) -> None:
    with pytest.raises(CallbackError) as caught:
        receiver.parse(body)

    assert PHONE not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_field_is_malformed_and_named(receiver: CallbackReceiver, name: str) -> None:
    with pytest.raises(CallbackError, match=name) as caught:
        receiver.parse(encoded({field: value for field, value in GOOD.items() if field != name}))

    assert caught.value.reason is CallbackReason.MALFORMED


@pytest.mark.parametrize("name", GOOD)
def test_a_field_that_is_there_twice_is_malformed(receiver: CallbackReceiver, name: str) -> None:
    with pytest.raises(CallbackError) as caught:
        receiver.parse(encoded(GOOD) + b"&" + encoded({name: GOOD[name]}))

    assert caught.value.reason is CallbackReason.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&&",
        b"=",
        b"\xff\xfe",
        b"{}",
        b"&".join(b"%d=1" % number for number in range(1000)),
        encoded(GOOD).replace(b"nonce=", b"nonce=%zz"),
        encoded(GOOD | {"nonce": "1.5"}),
        encoded(GOOD | {"timestamp": "soon"}),
        encoded(GOOD | {"timestamp": "1.5"}),
        encoded(GOOD | {"timestamp": "9" * 40}),
    ],
)
def test_a_body_that_is_no_form_is_malformed(receiver: CallbackReceiver, body: bytes) -> None:
    with pytest.raises(CallbackError) as caught:
        receiver.parse(body)

    assert caught.value.reason is CallbackReason.MALFORMED


def test_a_text_that_cannot_be_a_signature_is_a_bad_one(receiver: CallbackReceiver) -> None:
    with pytest.raises(CallbackError) as caught:
        receiver.parse(encoded(GOOD | {"signature": "签" * 40}))

    assert caught.value.reason is CallbackReason.BAD_SIGNATURE


@pytest.mark.parametrize("body", [b"x" * 1001, "x" * 1001])
def test_a_body_over_the_limit_is_too_large(body: bytes | str) -> None:
    receiver = CallbackReceiver(APP_KEY, MASTER_SECRET, max_body=1000)

    with pytest.raises(CallbackError) as caught:
        receiver.parse(body)

    assert caught.value.reason is CallbackReason.TOO_LARGE


def test_a_body_may_be_bytes_text_or_the_form_of_a_framework(receiver: CallbackReceiver) -> None:
    if not settings.configured:
        settings.configure()
    body: Any
    for body in (
        encoded(GOOD).decode(),
        GOOD,
        GOOD | {"timestamp": 1492150740274},
        QueryDict(encoded(GOOD), encoding="utf-8"),
        FormData(GOOD),
        ImmutableMultiDict(GOOD),
    ):
        assert receiver.parse(body) == receiver.parse(encoded(GOOD))
