"""Results: frozen, typed, safe to log, and read from any response."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from collections.abc import Mapping
from datetime import datetime

import pytest

from jsms_client import results
from jsms_client.errors import APIError, InvalidMobileError, UnsubscribedMobileError
from jsms_client.results import (
    BatchRecipient,
    BatchResult,
    DeliveryReport,
    DeliveryStatus,
    MalformedRecord,
    Records,
    RefusedRecipient,
    ReviewStatus,
    Schedule,
    ScheduledRecipient,
    SentMessage,
    TemplateType,
    UserReply,
    Verification,
    VerificationReason,
)
from jsms_contract.service import RULES
from jsms_runtime.results import MOBILE, TEXT, Result
from jsms_runtime.times import BEIJING
from jsms_surface.results.accounts import read_application_balance
from jsms_surface.results.codes import read_verification
from jsms_surface.results.messages import read_batch_result
from jsms_surface.results.schedules import read_schedule, read_schedule_batch_result
from jsms_surface.results.signs import read_sign_details
from jsms_surface.results.templates import read_template_details

PHONE = "13800138000"
MOMENT = datetime(2030, 7, 1, 9, tzinfo=BEIJING)

EXAMPLES = [
    SentMessage("288193860302", extra={"new": {"phone": PHONE}}),
    Verification(False, VerificationReason.WRONG, 50010, "invalid code"),
    BatchResult(1, 1, (BatchRecipient(PHONE, False, None, 50006, "invalid mobile", {"code": "741627"}),)),
    RefusedRecipient(PHONE, 50024, "unsubscribed mobile", {"code": "741627"}),
    Schedule("dd3f8aa5", MOMENT, 1250, (ScheduledRecipient(PHONE, "1", {"code": "741627"}),)),
    DeliveryReport("1", PHONE, MOMENT, DeliveryStatus.DELIVERED),
    UserReply(PHONE, MOMENT, "call 741627"),
    MalformedRecord("it is no object", PHONE),
]


@pytest.mark.parametrize("result", EXAMPLES, ids=lambda result: type(result).__name__)
def test_a_result_can_be_logged(result: object) -> None:
    for secret in (PHONE, "741627"):
        assert secret not in f"{result!r} {result}"


@pytest.mark.parametrize("result", EXAMPLES, ids=lambda result: type(result).__name__)
def test_a_result_can_be_pickled_copied_compared_and_hashed(result: object) -> None:
    again = pickle.loads(pickle.dumps(result))
    assert again == result == copy.deepcopy(result)
    assert len({again, result}) == 1


@pytest.mark.parametrize("result", EXAMPLES, ids=lambda result: type(result).__name__)
def test_a_result_is_frozen_and_takes_no_other_attributes(result: object) -> None:
    assert dataclasses.is_dataclass(result)
    for name in (dataclasses.fields(result)[0].name, "another"):
        with pytest.raises((AttributeError, TypeError)):
            setattr(result, name, "changed")


def test_what_a_repr_shows() -> None:
    shown = repr(DeliveryReport("1", PHONE, MOMENT, DeliveryStatus.DELIVERED, extra={"newer": "CMCC"}))
    assert shown.startswith(
        "DeliveryReport(msg_id='1', phone='138****8000', receive_time=2030-07-01T09:00:00+08:00, "
        "status=<DeliveryStatus.DELIVERED: 4001>, "
    )
    assert shown.endswith("extra={'newer': …})")
    assert repr(UserReply(PHONE, None, "TD")).startswith("UserReply(phone='138****8000', reply_time=None, content=…")
    assert repr(ScheduledRecipient(PHONE, "1")).startswith(
        "ScheduledRecipient(mobile='138****8000', msg_id='1', temp_para=None"
    )


def test_numbers_and_words_in_lists_and_maps_are_masked() -> None:
    @dataclasses.dataclass(frozen=True, slots=True, repr=False)
    class Usage(Result):
        phones: tuple[str, ...] = dataclasses.field(metadata=MOBILE)
        words: Mapping[str, object] = dataclasses.field(metadata=TEXT)

    shown = repr(Usage((PHONE,), {"a": f"{PHONE} is busy", "b": 1}))
    assert PHONE not in shown
    assert "('138****8000'" in shown.replace('"', "'")
    assert "'b': 1" in shown


def test_a_repr_reads_like_python() -> None:
    shown = repr(SentMessage("1", extra={"newer": "CMCC", "newer2": 1}))
    assert shown.startswith("SentMessage(msg_id='1', ")
    assert shown.endswith("extra={'newer': …, 'newer2': …})")
    one = BatchResult(1, 0, (BatchRecipient(PHONE, True, "1"),))
    assert repr(one).startswith("BatchResult(success_count=1, failure_count=0, recipients=(BatchRecipient(mobile=")
    assert "error_message=None, temp_para=None" in repr(one)
    assert repr(one).endswith("),))")
    assert "recipients=()" in repr(BatchResult(0, 0, ()))


def test_a_large_batch_has_a_short_repr() -> None:
    recipients = tuple(BatchRecipient(PHONE, True, str(number)) for number in range(1000))
    assert repr(BatchResult(1000, 0, recipients)).endswith(", … 997 more))")


def test_every_result_is_found_under_its_package() -> None:
    for name in results.__all__:
        assert getattr(results, name).__name__ == name
        assert name in dir(results)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        results.Nothing  # type: ignore[attr-defined]  # noqa: B018 - asking is the test


def test_records_are_a_list_that_can_be_pickled() -> None:
    records = Records([1, 2], [MalformedRecord("it is no object", 5)])
    again = pickle.loads(pickle.dumps(records))
    assert again == records == [1, 2]
    assert again.malformed == records.malformed
    assert Records() == []


def test_a_verification_is_true_only_where_the_service_says_so() -> None:
    assert read_verification({"is_valid": True})
    for response in ({"is_valid": False}, {}):
        verification = read_verification(response)
        assert not verification
        assert verification.reason is None


def test_an_error_beside_a_code_is_shown_without_a_reason() -> None:
    found = read_verification({"is_valid": False, "error": {"code": 50006, "message": "invalid mobile"}})
    assert (found.reason, found.code, found.message, found.extra) == (None, 50006, "invalid mobile", {})
    odd = read_verification({"is_valid": False, "error": {"code": "x", "message": 1, "reason": "wrong"}})
    assert (odd.reason, odd.code, odd.message) == (None, None, None)


def batch(*recipients: Mapping[str, object]) -> tuple[BatchRecipient, ...]:
    body = {"success_count": 1, "failure_count": 1, "recipients": list(recipients)}
    return read_batch_result(body).recipients


def test_a_batch_tells_accepted_and_refused_apart() -> None:
    body = {
        "success_count": 1,
        "failure_count": 1,
        "recipients": [
            {"mobile": PHONE, "msg_id": "1"},
            {"mobile": "13800138001", "msg_id": "2", "error_code": "50024", "error_message": "unsubscribed mobile"},
        ],
        "more": 1,
    }
    result = read_batch_result(body)
    (accepted,), (refused,) = result.accepted, result.refused
    assert (accepted.msg_id, accepted.error, accepted.temp_para) == ("1", None, None)
    assert isinstance(refused.error, UnsubscribedMobileError)
    assert (refused.error.code, refused.error.name) == (50024, "UNSUBSCRIBED_MOBILE")
    assert result.extra == {"more": 1}


@pytest.mark.parametrize("code", ["", " ", "0", "50000"])
def test_a_code_that_means_success_is_no_refusal(code: str) -> None:
    (recipient,) = batch({"mobile": PHONE, "msg_id": "1", "error_code": code, "error_message": ""})
    assert recipient.accepted
    assert recipient.error is None
    assert recipient.error_message is None


@pytest.mark.parametrize("code", ["E-1", "5" * 30, "５０００６", "-1"])
def test_a_code_that_is_no_number_is_a_refusal_all_the_same(code: str) -> None:
    (recipient,) = batch({"mobile": PHONE, "msg_id": "", "error_code": code})
    assert not recipient.accepted
    assert recipient.msg_id is None
    assert recipient.error_code is None
    assert recipient.extra["error_code"] == code
    assert type(recipient.error) is APIError
    assert str(recipient.error) == "refused (no error code)."


def test_a_code_of_the_future_is_a_refusal_with_the_services_words() -> None:
    (recipient,) = batch(
        {"mobile": PHONE, "error_code": "59999", "error_message": f"{PHONE} is on the moon", "temp_para": {"a": "b"}}
    )
    assert recipient.error is not None
    assert recipient.error.code == 59999
    assert str(recipient.error) == "138****8000 is on the moon (code 59999)."
    assert recipient.temp_para == {"a": "b"}


def test_a_known_code_without_words_has_those_of_the_contract() -> None:
    (recipient,) = batch({"mobile": PHONE, "error_code": "50006"})
    assert recipient.error is not None
    assert recipient.error.message == "invalid mobile"


def test_a_scheduled_batch_tells_who_was_refused() -> None:
    refused = [
        {"mobile": PHONE, "error_code": "50006", "error_message": "invalid mobile", "temp_para": {"a": "b"}},
        {"mobile": PHONE, "error_code": "odd", "error_message": "odd"},
    ]
    body = {"schedule_id": "x", "success_count": 0, "failure_count": 2, "failure_recipients": refused}
    result = read_schedule_batch_result(body)
    known, odd = result.failure_recipients
    assert isinstance(known.error, InvalidMobileError)
    assert known.temp_para == {"a": "b"}
    assert odd.error_code is None
    assert odd.extra == {"error_code": "odd"}
    assert odd.error.message == "odd"


def schedule(send_time: str) -> Schedule:
    recipients = [{"msg_id": "1", "mobile": PHONE, "temp_para": {"a": "b"}}, {"msg_id": "2", "mobile": PHONE}]
    body = {"schedule_id": "x", "send_time": send_time, "temp_id": 1, "recipients": recipients}
    return read_schedule(body)


def test_a_schedule_is_sent_in_beijing_time() -> None:
    result = schedule("2030-07-01 09:00:00")
    assert result.send_time == MOMENT
    assert [recipient.temp_para for recipient in result.recipients] == [{"a": "b"}, None]


def test_what_is_absent_from_a_template_is_none() -> None:
    body = {"temp_id": 1, "template": "x", "type": 2, "status": 0}
    result = read_template_details(body)
    assert (result.type, result.status) == (TemplateType.NOTICE, ReviewStatus.IN_REVIEW)
    assert (result.ttl, result.remark) == (None, None)


def test_a_state_of_the_future_is_its_number() -> None:
    body = {"sign_id": 1, "sign": "x", "status": 9, "is_default": 0, "use_status": 1}
    result = read_sign_details(body)
    assert result.status == 9
    assert result.is_default is False


def test_credit_that_was_never_allocated_is_none() -> None:
    pools = {"app_balance": 5, "app_voice": None, "app_industry": 0, "app_market": None}
    body = {**json.loads(str(RULES["getAppBalance"].success)), **pools}
    result = read_application_balance(body)
    assert (result.app_balance, result.app_voice, result.app_industry) == (5, None, 0)


def test_a_batch_of_accepted_recipients_is_read_as_each_by_itself() -> None:
    bodies = [{"mobile": f"1380013800{number}", "msg_id": str(number)} for number in range(5)]
    read = batch(*bodies)
    assert read == tuple(batch(body, {"mobile": PHONE})[0] for body in bodies)
    assert read[1] == BatchRecipient("13800138001", True, "1")
    assert pickle.loads(pickle.dumps(read)) == read


@pytest.mark.parametrize("rest", [{}, {"msg_id": ""}, {"error_code": "0"}])
def test_a_recipient_of_a_batch_without_an_id_was_not_accepted(rest: Mapping[str, object]) -> None:
    (recipient,) = batch({"mobile": PHONE, **rest})
    assert recipient == BatchRecipient(PHONE, False)
    assert "refused" in str(recipient.error)
    (recipient,) = batch({"mobile": PHONE, "error_message": "invalid mobile", **rest})
    assert recipient == BatchRecipient(PHONE, False, error_message="invalid mobile")
    assert "invalid mobile" in str(recipient.error)
