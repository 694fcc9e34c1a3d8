"""The exception classes: one root, one helpful line, and all attributes kept by pickle."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

import jsms_client
from jsms_client import errors
from jsms_client.errors import (
    APIError,
    ArgumentError,
    CallbackError,
    ConnectionFailedError,
    ConnectTimeoutError,
    DecodeError,
    JSMSError,
    LostResponseTimeoutError,
    NoCreditError,
    NoMoneyError,
    NotSentError,
    RedirectError,
    RequestTimeoutError,
    ServerError,
    ServiceError,
    UnconfirmedDecodeError,
    UnconfirmedServerError,
    UnconfirmedServiceError,
    UnknownOutcomeError,
    UnknownOutcomeTimeoutError,
)
from jsms_contract.errors import ERRORS, FAMILIES

EVERY = sorted(
    (kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, JSMSError)),
    key=lambda kind: kind.__name__,
)


def test_the_module_has_every_class_of_the_contract() -> None:
    assert set(ERRORS.values()) | set(FAMILIES.values()) <= set(EVERY)
    # What is not in it is private to type checkers.
    assert {kind.__name__ for kind in EVERY} <= set(vars(errors)["__all__"])


# A callback's error says its reason too; see tests/callbacks.
@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind is not CallbackError])
def test_every_exception_can_be_pickled_copied_hashed_and_printed(kind: type[JSMSError]) -> None:
    error = kind("what happened")
    error.operation, error.http_status, error.attempts = "sendCode", 500, 2
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is kind
        assert vars(other) == vars(error)
        assert str(other) == str(error)
    assert len({error, error}) == 1
    assert str(error).startswith("sendCode: what happened")
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("kind", "bases"),
    [
        (ArgumentError, {ValueError}),
        (ConnectTimeoutError, {ConnectionFailedError, RequestTimeoutError}),
        (LostResponseTimeoutError, {RequestTimeoutError}),
        (UnknownOutcomeTimeoutError, {UnknownOutcomeError, RequestTimeoutError}),
        (UnconfirmedServiceError, {ServiceError, UnknownOutcomeError, APIError}),
        (UnconfirmedServerError, {ServerError, UnconfirmedServiceError, UnknownOutcomeError}),
        (UnconfirmedDecodeError, {DecodeError, UnknownOutcomeError}),
        (NoMoneyError, {NoCreditError, APIError}),
    ],
)
def test_an_app_catches_by_what_it_can_do(kind: type[JSMSError], bases: set[type[Exception]]) -> None:
    assert all(issubclass(kind, base) for base in bases)


def test_an_api_error_says_what_it_means_and_what_to_do() -> None:
    error = NoMoneyError("no money", operation="sendMessage", code=50014, name="NO_MONEY", http_status=403)
    assert error.info is not None
    assert error.info.meaning in str(error)
    assert error.info.remedy in str(error)
    assert str(error).startswith("sendMessage: no money (code 50014, HTTP 403).")


def test_a_decode_error_carries_the_response() -> None:
    error = DecodeError(
        "the response is not JSON", http_status=200, headers={"content-type": "text/html"}, body="<html>"
    )
    assert error.headers == {"content-type": "text/html"}
    assert str(error) == "the response is not JSON (HTTP 200): '<html>'"
    assert RedirectError("moved", location="https://example.com").location == "https://example.com"


def test_the_package_hands_out_its_public_names_when_they_are_asked_for() -> None:
    for name in jsms_client.__all__:
        assert getattr(jsms_client, name) is not None
    assert set(jsms_client.__all__) <= set(dir(jsms_client))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = jsms_client.nothing  # type: ignore[attr-defined]  # which the checker knows too


@pytest.mark.parametrize("kind", EVERY)
def test_an_exception_says_that_it_is_of_the_package_that_apps_import(kind: type[JSMSError]) -> None:
    assert kind.__module__ == "jsms_client.errors"
    assert getattr(errors, kind.__name__) is kind


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_a_class_for_one_code_knows_the_code_by_itself(code: int) -> None:
    kind = ERRORS[code]
    assert kind.info is not None

    error = kind(*kind("said by the service", operation="sendCode", code=code).args)

    assert (error.code, error.name, error.http_status) == (code, kind.info.name, kind.info.http_status)
    assert kind("x", code=code, http_status=418).http_status == 418


def test_a_family_knows_no_code() -> None:
    assert NoCreditError("x").code is None
    assert UnconfirmedServiceError("x").code is None


SENT = {
    errors.LostResponseError: "yes",
    errors.LostResponseTimeoutError: "yes",
    errors.DecodeError: "yes",
    errors.RedirectError: "yes",
    errors.UnexpectedStatusError: "yes",
    # Raised as they are only for requests that are safe to retry.
    errors.JSMSError: "unknown",
    errors.APIError: "unknown",
    errors.RequestTimeoutError: "unknown",
    errors.ServiceError: "unknown",
    errors.ServerError: "unknown",
}


@pytest.mark.parametrize("kind", EVERY)
def test_every_exception_says_whether_the_request_was_carried_out(kind: type[JSMSError]) -> None:
    expected = "unknown" if issubclass(kind, UnknownOutcomeError) else SENT.get(kind, "no")
    assert kind.sent == expected
    # What retries by class, such as a task queue, names one class.
    assert issubclass(kind, NotSentError) == (expected == "no")
    assert not issubclass(kind, NotSentError) or not issubclass(kind, UnknownOutcomeError)
