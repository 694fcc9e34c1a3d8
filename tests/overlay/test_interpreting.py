"""The meaning of a response, from its status and body alone."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from jsms_client._response import Interpreter, ReceivedResponse
from jsms_client.errors import (
    APIError,
    AuthenticationError,
    DecodeError,
    InvalidCodeError,
    JSMSError,
    NoCreditError,
    NoMoneyError,
    OutOfFreqError,
    PermissionDeniedError,
    RedirectError,
    ServerError,
    ServiceError,
    UnconfirmedAPIError,
    UnconfirmedDecodeError,
    UnconfirmedRedirectError,
    UnconfirmedServerError,
    UnconfirmedServiceError,
    UnconfirmedStatusError,
    UnexpectedStatusError,
    UnknownOutcomeError,
    WrongScheduleStatusError,
)
from jsms_contract.operations import OPERATIONS


def result_of(
    operation: str, status: int, body: object = None, *, problem: str = "", headers: Mapping[str, str] | None = None
) -> ReceivedResponse | JSMSError:
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    received = ReceivedResponse(status, headers or {}, content, problem)
    return Interpreter(OPERATIONS[operation], received, attempts=1, secrets=lambda: ["王小明"]).interpret()


def error_of(
    operation: str, status: int, body: object = None, *, problem: str = "", headers: Mapping[str, str] | None = None
) -> JSMSError:
    result = result_of(operation, status, body, problem=problem, headers=headers)
    assert isinstance(result, JSMSError)
    return result


@pytest.mark.parametrize(
    ("operation", "body", "value"),
    [
        ("sendCode", {"msg_id": 7}, {"msg_id": "7"}),
        ("sendCode", {"msg_id": "7", "error": None}, {"msg_id": "7", "error": None}),
        ("sendCode", {"msg_id": "7", "code": 0}, {"msg_id": "7", "code": 0}),
        ("sendCode", {"msg_id": "7", "error": {"code": 50000}}, {"msg_id": "7", "error": {"code": 50000}}),
        ("sendCode", {"msg_id": "7", "error": {"code": 0}}, {"msg_id": "7", "error": {"code": 0}}),
        ("sendCode", {"msg_id": "7", "error": {"code": "200"}}, {"msg_id": "7", "error": {"code": "200"}}),
        ("deleteSchedule", {"error": {"code": 0}}, {"error": {"code": 0}}),
        ("verifyCode", {"is_valid": False}, {"is_valid": False}),
        ("deleteSchedule", None, None),
        ("deleteSchedule", b" \r\n", None),
        ("deleteSchedule", {}, {}),
        ("pollReports", [], []),
    ],
)
def test_a_success_is_checked_and_handed_on(operation: str, body: object, value: object) -> None:
    result = result_of(operation, 200, body)
    assert isinstance(result, ReceivedResponse)
    assert result.json() == value
    assert result.status_code == 200


REFUSED = [{"mobile": "13800138000", "msg_id": "1", "error_code": "50024"}]


@pytest.mark.parametrize(
    ("operation", "status", "body", "kind", "code"),
    [
        ("sendCode", 403, {"error": {"code": 50014, "message": "no money"}}, NoMoneyError, 50014),
        ("sendCode", 403, {"error": {"code": "50014"}}, NoMoneyError, 50014),
        ("sendCode", 403, {"error": {"code": 50014.0}}, NoMoneyError, 50014),
        ("sendCode", 403, {"error": 50014}, NoMoneyError, 50014),
        ("sendCode", 403, {"code": 50014, "message": "no money"}, NoMoneyError, 50014),
        ("sendCode", 200, {"error": {"code": 50014}}, NoMoneyError, 50014),
        ("sendCode", 200, {"code": 50014, "message": "no money"}, NoMoneyError, 50014),
        ("sendCode", 200, {"error": {"code": 59999}}, UnconfirmedAPIError, 59999),
        ("sendCode", 200, {"msg_id": "1", "error": {"code": 99999}}, UnconfirmedAPIError, 99999),
        ("sendCode", 200, {"code": 59999, "message": "new"}, UnconfirmedAPIError, 59999),
        ("getAppBalance", 200, {"error": {"code": 59999}}, APIError, 59999),
        ("deleteSchedule", 200, {"error": {"code": 50014}}, NoMoneyError, 50014),
        ("sendCode", 401, {"error": {"code": 59999}}, AuthenticationError, 59999),
        ("deleteSchedule", 402, b"", NoCreditError, None),
        ("deleteSchedule", 403, {"error": {"code": True}}, PermissionDeniedError, None),
        ("deleteSchedule", 403, {"error": "no"}, PermissionDeniedError, None),
        ("deleteSchedule", 403, {"is_valid": False}, PermissionDeniedError, None),
        ("deleteSchedule", 403, b"<html>", PermissionDeniedError, None),
        ("sendCode", 403, {"msg_id": "1", "error": {"code": 50009}}, UnconfirmedAPIError, 50009),
        ("sendCode", 200, {"msg_id": "1", "error": {"code": 50009}}, UnconfirmedAPIError, 50009),
        ("sendCode", 403, {"data": [{"msg_id": 7}], "error": {"code": 50014}}, UnconfirmedAPIError, 50014),
        ("sendCode", 403, {"msg_id": "", "error": {"code": 50009}}, OutOfFreqError, 50009),
        ("sendCode", 200, {"msg_id": "1", "error_code": "50009", "error": {"code": 50009}}, UnconfirmedAPIError, 50009),
        ("sendCode", 403, {"msg_id": "1", "error_code": "50009", "error": {"code": 50009}}, UnconfirmedAPIError, 50009),
        ("sendCode", 403, {"msgId": "1", "error": {"code": 50009}}, UnconfirmedAPIError, 50009),
        ("sendCode", 403, {"error": {"code": 50009, "msg_id": "1"}}, UnconfirmedAPIError, 50009),
        ("sendCode", 403, b'{"msg_id":"1","error":{"code":50009},"msg_id":""}', UnconfirmedAPIError, 50009),
        ("sendCode", 403, {"request_id": "r", "error": {"code": 50009}}, OutOfFreqError, 50009),
        ("sendCode", 403, {"data": {}, "list": [], "error": {"code": 50009}}, OutOfFreqError, 50009),
        ("sendCode", 403, {"temp_para": {"msg_id": "1"}, "error": {"code": 50009}}, OutOfFreqError, 50009),
        ("createSchedule", 200, {"schedule_id": "s", "error": {"code": 50014}}, UnconfirmedAPIError, 50014),
        ("createTemplate", 200, {"temp_id": 7, "code": 50042}, UnconfirmedAPIError, 50042),
        ("verifyCode", 403, {"is_valid": True, "error": {"code": 50010}}, UnconfirmedAPIError, 50010),
        ("verifyCode", 403, {"is_valid": False, "error": {"code": 50010}}, InvalidCodeError, 50010),
        ("sendMessageBatch", 403, {"success_count": 1, "error": {"code": 50009}}, UnconfirmedAPIError, 50009),
        ("sendMessageBatch", 403, {"recipients": REFUSED, "error": {"code": 50009}}, OutOfFreqError, 50009),
        ("updateSchedule", 200, {"schedule_id": "s", "error": {"code": 50029}}, WrongScheduleStatusError, 50029),
        ("sendCode", 403, {"error": {"code": 403, "message": "of a gateway"}}, UnconfirmedAPIError, 403),
        ("sendCode", 403, {"code": 59999}, UnconfirmedAPIError, 59999),
        *(("sendCode", status, b"", UnconfirmedAPIError, None) for status in (400, 401, 402, 403, 404, 409, 413, 429)),
        ("sendCode", 403, b"<html>", UnconfirmedAPIError, None),
        ("sendCode", 403, b"[]", UnconfirmedAPIError, None),
        ("sendCode", 403, {"error": "no"}, UnconfirmedAPIError, None),
        ("sendCode", 500, {"error": {"code": 50014}}, NoMoneyError, 50014),
        ("sendCode", 500, {"error": {"code": 50019}}, UnconfirmedServerError, 50019),
        ("sendCode", 200, {"error": {"code": 50019}}, UnconfirmedServerError, 50019),
        ("sendCode", 502, b"<html>", UnconfirmedServiceError, None),
        ("getAppBalance", 500, {"error": {"code": 50019}}, ServerError, 50019),
        ("getAppBalance", 520, b"", ServiceError, None),
    ],
)
def test_a_refusal_is_the_class_of_its_code_or_of_its_status(
    operation: str, status: int, body: object, kind: type[JSMSError], code: int | None
) -> None:
    error = error_of(operation, status, body)
    assert type(error) is kind
    assert (error.code, error.http_status, error.operation, error.attempts) == (code, status, operation, 1)
    assert (error.name is None) == (code in (None, 403, 59999, 99999))
    if kind is UnconfirmedAPIError:
        assert isinstance(error, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (
            403,
            {"error": {"code": 50014, "message": "no money for 13800138000\r\n王小明"}},
            "no money for 138****8000 ****",
        ),
        (403, {"error": {"code": 50014}}, "no money"),
        (403, {"error": {"code": 50014, "message": 7}}, "no money"),
        (418, b"", "HTTP 418 I'm a Teapot, with no body"),
        (498, b"<html>", "HTTP 498, with a body that is not an error of JSMS"),
    ],
)
def test_a_refusal_has_words_of_the_service_or_of_the_contract(status: int, body: object, message: str) -> None:
    assert error_of("deleteSchedule", status, body).message == message


def test_a_response_without_a_code_says_that_the_request_may_have_been_carried_out() -> None:
    assert error_of("sendCode", 403, b"<html>").message.endswith("; the request may have been carried out")


@pytest.mark.parametrize(
    ("operation", "status", "kind"),
    [
        ("sendCode", 101, UnconfirmedStatusError),
        ("sendCode", 202, UnconfirmedStatusError),
        ("sendCode", 302, UnconfirmedStatusError),
        ("sendCode", 600, UnconfirmedStatusError),
        ("sendCode", 408, UnconfirmedStatusError),
        ("sendCode", 499, UnconfirmedStatusError),
        ("getAppBalance", 204, UnexpectedStatusError),
        ("getAppBalance", 999, UnexpectedStatusError),
    ],
)
def test_an_odd_status_says_nothing_about_the_outcome(operation: str, status: int, kind: type[JSMSError]) -> None:
    assert type(error_of(operation, status, {"msg_id": "1"})) is kind


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": {"code": 50019, "message": "server error"}}),
        (502, b"<html>"),
        (200, {"msg_id": "1", "error": {"code": 99999, "message": "odd"}}),
        (200, {"error": {"code": 0}}),
        (303, b""),
        (408, b""),
        (302, b""),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"location": "/done"}])
def test_an_unknown_outcome_says_so_in_its_message(status: int, body: object, headers: Mapping[str, str]) -> None:
    error = error_of("sendCode", status, body, headers=headers)
    assert isinstance(error, UnknownOutcomeError)
    assert error.message.endswith("; the request may have been carried out")


def test_a_read_that_fails_speaks_of_no_request_that_was_carried_out() -> None:
    for status in (301, 408, 500):
        assert "carried out" not in str(error_of("getAppBalance", status, headers={"location": "/"}))


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
def test_a_redirect_may_come_after_a_send(status: int) -> None:
    error = error_of("sendCode", status, headers={"location": "/done"})
    assert type(error) is UnconfirmedRedirectError
    assert error.location == "/done"
    assert type(error_of("getAppBalance", status, headers={"location": "/done"})) is RedirectError


@pytest.mark.parametrize("status", [408, 499])
def test_a_refusal_of_the_service_is_one_whatever_its_status(status: int) -> None:
    assert type(error_of("sendCode", status, {"error": {"code": 50014}})) is NoMoneyError


@pytest.mark.parametrize("msg_id", ["", "-5", "1" * 400, " ", "a b"])
def test_an_id_that_nothing_can_be_looked_up_by_confirms_nothing(msg_id: str) -> None:
    error = error_of("sendCode", 200, {"msg_id": msg_id})
    assert type(error) is UnconfirmedDecodeError
    assert "the response msg_id is " in str(error)
    assert type(error_of("createSchedule", 200, {"schedule_id": msg_id})) is UnconfirmedDecodeError
    assert type(error_of("updateSchedule", 200, {"schedule_id": msg_id})) is DecodeError


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://user:word@example.com/login?token=abc", "https://example.com/login"),
        ("/v2/codes/13800138000", "/v2/codes/138****8000"),
        ("https://[::1/", "somewhere that is not a URL"),
    ],
)
def test_a_redirect_says_where_to_but_no_secret(location: str, shown: str) -> None:
    error = error_of("sendCode", 307, headers={"location": location})
    assert isinstance(error, RedirectError)
    assert error.location == shown
    assert shown in str(error)


def test_an_unusable_response_is_carried_shortened_and_masked() -> None:
    headers = {"content-type": "text/html", "set-cookie": "a=b", "x-user": "13800138000", "content-length": "5000"}
    error = error_of("getAppBalance", 200, b"<html> 13800138000 " + b"x" * 5000, headers=headers)
    assert type(error) is DecodeError
    assert error.headers == {"content-type": "text/html", "x-user": "138****8000", "content-length": "5000"}
    assert error.body.startswith("<html> 138****8000 xxx")
    assert len(error.body) == 201
    assert error.http_status == 200


def test_a_response_with_a_problem_is_judged_by_its_status() -> None:
    error = error_of("sendCode", 200, {"msg_id": "1"}, problem="is longer than 10485760 bytes")
    assert type(error) is UnconfirmedDecodeError
    assert "the response is longer than 10485760 bytes; the request may have been carried out" in str(error)
    assert type(error_of("sendCode", 403, {"error": {"code": 50014}}, problem="is odd")) is UnconfirmedAPIError
    assert type(error_of("deleteSchedule", 403, {"error": {"code": 50014}}, problem="is odd")) is PermissionDeniedError
    assert type(error_of("deleteSchedule", 200, problem="is odd")) is DecodeError
    assert type(error_of("pollReports", 200, [], problem="is odd")) is UnconfirmedDecodeError


@pytest.mark.parametrize(
    "error", [{"error": "no"}, {"error": {"message": "no"}}, {"errors": [{"code": 50009}]}, {"error_code": "50009"}]
)
def test_an_error_of_any_form_beside_an_id_confirms_nothing(error: Mapping[str, object]) -> None:
    for operation, name in (("sendCode", "msg_id"), ("sendMessage", "msg_id"), ("createSchedule", "schedule_id")):
        assert type(error_of(operation, 200, {name: "1", **error})) is UnconfirmedAPIError
    assert isinstance(error_of("verifyCode", 200, {"is_valid": True, **error}), UnknownOutcomeError)
    assert isinstance(result_of("updateSchedule", 200, {"schedule_id": "1", **error}), ReceivedResponse)


@pytest.mark.parametrize("send_time", ["soon", "", "2030-02-30 09:00:00", "030-07-01 09:00:00", "+" + "9" * 19])
def test_a_schedule_with_a_time_that_cannot_be_read_is_unusable(send_time: str) -> None:
    body: dict[str, object] = {"schedule_id": "s", "send_time": send_time, "temp_id": 1, "recipients": []}
    error = error_of("getSchedule", 200, body)
    assert type(error) is DecodeError
    assert "send_time is not a time" in str(error)


@pytest.mark.parametrize("body", [b"null", [], {}, {"msg_id": None}, {"error": {}}, {"error": "no"}, {"code": 0}])
def test_a_success_without_what_was_asked_for_is_unusable(body: object) -> None:
    assert type(error_of("sendCode", 200, body)) is UnconfirmedDecodeError
