"""What an error of a whole request means for those who are in it."""

from __future__ import annotations

import pytest

from jsms_client.campaigns._error_policy import ErrorAction, StopReason, action_of, reason_of
from jsms_client.errors import (
    InvalidRequestError,
    JSMSError,
    NoMoneyError,
    UnconfirmedAPIError,
    UnconfirmedRedirectError,
    UnconfirmedStatusError,
)


@pytest.mark.parametrize("kind", [UnconfirmedAPIError, UnconfirmedRedirectError, UnconfirmedStatusError])
def test_a_response_that_confirms_nothing_leaves_them_unknown(kind: type[JSMSError]) -> None:
    assert action_of(kind("what happened", http_status=303)) is ErrorAction.UNKNOWN
    unclear = kind is not UnconfirmedStatusError
    assert reason_of(kind("what happened")) is (StopReason.UNCLEAR_RESPONSES if unclear else StopReason.DEAD_SERVICE)


@pytest.mark.parametrize("kind", [NoMoneyError])
def test_a_response_that_refuses_the_request_leaves_them_waiting(kind: type[JSMSError]) -> None:
    assert action_of(kind("what happened")) is ErrorAction.STOP


@pytest.mark.parametrize(("code", "meaning"), [(59999, ErrorAction.REFUSED), (None, ErrorAction.STOP)])
def test_a_new_code_for_the_request_may_be_for_one_recipient(code: int | None, meaning: ErrorAction) -> None:
    assert action_of(InvalidRequestError("what happened", code=code)) is meaning
