"""What an error of a whole request means: for its recipients, and for the campaign."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from jsms_client.errors import (
    APIError,
    AuthenticationError,
    ConnectionFailedError,
    InvalidRequestError,
    JSMSError,
    NoCreditError,
    NotSentError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    UnconfirmedAPIError,
    UnconfirmedRedirectError,
    UnknownOutcomeError,
)
from jsms_contract.errors import ERRORS


class StopReason(StrEnum):
    """Why a campaign stopped by itself."""

    NO_CREDIT = "no_credit"
    """The credit is used up, or none is allocated."""
    REFUSED_CREDENTIALS = "refused_credentials"
    """Key and secret are refused, or they may not do this."""
    REFUSED_CAMPAIGN = "refused_campaign"
    """Template, signature, schedule or the requests as such are refused: the same for every recipient."""
    TOO_OFTEN = "too_often"
    """The service kept refusing requests as too frequent, however slow they were."""
    UNCLEAR_RESPONSES = "unclear_responses"
    """Responses that contradict themselves, or do not come from JSMS: who was sent to is not known."""
    DEAD_SERVICE = "dead_service"
    """The service was not reached, failed or did not respond several times in a row."""
    REQUESTED = "requested"
    """The caller's stop event was set."""


class ErrorAction(StrEnum):
    """What an error of a whole request means."""

    NOT_SENT = "not_sent"
    """No message was sent; sending continues later: too often, or not reached."""
    REFUSED = "refused"
    """No message was sent, because of something in the request, perhaps one of its recipients."""
    STOP = "stop"
    """No message was sent, and the next request would be refused too."""
    OURS = "ours"
    """No message was sent, because of something on this side: raise it."""
    UNKNOWN = "unknown"
    """Whether anybody was sent to is not known."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a campaign stopped by itself.

    Attributes:
        reason: The kind of reason.
        message: What happened and what to do, in one line.
        error: What the service last responded with, where that is the reason.
    """

    reason: StopReason
    message: str
    error: JSMSError | None


REQUESTED = Stop(StopReason.REQUESTED, "it was stopped by its caller; run it again to continue", None)

_CONCERNS = {code: kind.info.concerns for code, kind in ERRORS.items() if kind.info is not None}
FOR_ONE_RECIPIENT = frozenset(code for code, concerns in _CONCERNS.items() if concerns == "recipient")
"""Codes that a request may be refused with as a whole for one of its recipients: number, parameters, or filled-in text.

Every other code of the contract is the same whichever recipients are in the request.
"""
_ADVICE = {
    StopReason.NO_CREDIT: "the credit is used up; buy or allocate more, then run it again",
    StopReason.REFUSED_CREDENTIALS: "the service refuses these credentials; correct them, then run it again",
    StopReason.REFUSED_CAMPAIGN: "the service refuses the campaign as a whole; put that right, then run it again",
    StopReason.TOO_OFTEN: "the service keeps refusing requests as too frequent; run it again later, or slower",
    StopReason.UNCLEAR_RESPONSES: "the responses do not say who was sent to; find out why before it goes on",
    StopReason.DEAD_SERVICE: "the service does not respond; run it again once it does",
}


def action_of(error: BaseException) -> ErrorAction:
    """Return what to do after an error of a whole request."""
    if isinstance(error, (UnknownOutcomeError, ServiceError)):
        return ErrorAction.UNKNOWN
    if isinstance(error, (RateLimitError, ConnectionFailedError)):
        return ErrorAction.NOT_SENT
    if _may_be_for_one(error):
        return ErrorAction.REFUSED
    if isinstance(error, APIError):
        return ErrorAction.STOP
    return ErrorAction.OURS if isinstance(error, NotSentError) else ErrorAction.UNKNOWN


def _may_be_for_one(error: BaseException) -> bool:
    """Whether a request with fewer recipients, or with others, may be taken."""
    if not isinstance(error, APIError):
        return False
    if error.code in _CONCERNS:
        return _CONCERNS[error.code] != "request"
    return isinstance(error, InvalidRequestError) and error.code is not None


def reason_of(error: JSMSError) -> StopReason:
    """Why a campaign stops that stops because of an error."""
    if isinstance(error, NoCreditError):
        return StopReason.NO_CREDIT
    if isinstance(error, RateLimitError):
        return StopReason.TOO_OFTEN
    if is_unclear(error):
        return StopReason.UNCLEAR_RESPONSES
    if isinstance(error, (UnknownOutcomeError, ConnectionFailedError)):
        return StopReason.DEAD_SERVICE
    if isinstance(error, (AuthenticationError, PermissionDeniedError)) and error.code not in FOR_ONE_RECIPIENT:
        return StopReason.REFUSED_CREDENTIALS
    return StopReason.REFUSED_CAMPAIGN


def is_unclear(error: JSMSError) -> bool:
    """Whether a definite response does not prove what happened: the next one will not either."""
    return isinstance(error, (UnconfirmedAPIError, UnconfirmedRedirectError))


def stop_for(error: JSMSError) -> Stop:
    """Return the stop that an error makes."""
    reason = reason_of(error)
    words = error.message if isinstance(error, APIError) else str(error)
    return Stop(reason, f"{_ADVICE[reason]} ({words}).", error)
