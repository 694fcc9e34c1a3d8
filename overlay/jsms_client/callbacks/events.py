"""From the ``data`` of a callback to typed events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar, cast

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field, field_validator

from jsms_callbacks import SignReview, SmsReply, SmsReport, TemplateReview
from jsms_client.callbacks.refusals import refusal
from jsms_client.errors import CallbackReason
from jsms_client.redaction import mask_line, shorten
from jsms_client.results import DeliveryReport, DeliveryStatus, ReviewStatus, UserReply
from jsms_client.results.shown import WORDS, Result
from jsms_client.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsms_client.callbacks.form import Form


@dataclass(frozen=True, slots=True, repr=False)
class TemplateReviewed(Result):
    """A template passed review or was rejected.

    Attributes:
        temp_id: The template.
        status: The decision; a plain number where it is one that this version does not know.
        refuse_reason: Why it was rejected, None where it passed.
        extra: Fields that this version does not know.
    """

    temp_id: int
    status: ReviewStatus | int
    refuse_reason: str | None = field(default=None, metadata=WORDS)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class SignReviewed(Result):
    """A signature passed review or was rejected.

    Attributes:
        sign_id: The signature.
        status: The decision; a plain number where it is one that this version does not know.
        refuse_reason: Why it was rejected, None where it passed.
        extra: Fields that this version does not know.
    """

    sign_id: int
    status: ReviewStatus | int
    refuse_reason: str | None = field(default=None, metadata=WORDS)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


_Number = TypeVar("_Number", bound=IntEnum)

Event: TypeAlias = DeliveryReport | UserReply | TemplateReviewed | SignReviewed
"""What a callback can tell: use it with ``match``."""


@dataclass(frozen=True, slots=True, repr=False)
class Callback(Result):
    """One posted callback.

    Attributes:
        type: What it tells, such as ``SMS_REPORT``.
        events: Its records, usually one: ``data`` is an object, and where it is a list of them, none is lost.
        nonce: Its number, the same text in a repeated attempt only if the service repeats it.
        signed_at: When the service signed it.
        extra: Fields of the form that this version does not know.
    """

    type: str
    events: tuple[Event, ...]
    nonce: str
    signed_at: datetime
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


_EXACT = 2**53


class _Record(BaseModel):
    """How the models of the contract are read: unknown fields kept, numbers where texts should be and back again."""

    # Without the input: it would be phone numbers and texts, in tracebacks.
    model_config = ConfigDict(hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _whole(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("true or false where a number or a text should be")  # noqa: TRY004 - what pydantic expects
        # 4.001E3, as some writers of JSON put it; beyond this size a float is no longer the number that was meant.
        if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
            return int(value)
        if isinstance(value, float):
            raise ValueError("a fraction where a whole number should be")  # noqa: TRY004 - as above
        return value


class _Report(_Record, SmsReport):
    pass


class _Reply(_Record, SmsReply):
    pass


class _TemplateReview(_Record, TemplateReview):
    # Null where it passed, says the contract; leaving it out would say the same.
    refuse_reason: Annotated[str | None, Field(alias="refuseReason")] = None


class _SignReview(_Record, SignReview):
    refuse_reason: Annotated[str | None, Field(alias="refuseReason")] = None


def _known(kind: type[_Number], number: int) -> _Number | int:
    try:
        return kind(number)
    except ValueError:
        return number


def _extra(read: BaseModel) -> Mapping[str, object]:
    return read.model_extra or {}


def _apart(item: object, name: str) -> tuple[datetime | None, dict[str, object], object]:
    """The time of a record, what of it cannot be read, and the record with a time that the contract allows.

    A report says what became of a message whether or not its time can be read: a number that does not exist has none.
    """
    if not isinstance(item, dict):
        return None, {}, item
    record = cast("dict[str, object]", item)
    value = record.get(name, ...)
    if isinstance(value, bool) or not (value is None or isinstance(value, (str, int, float))):
        return None, {}, record
    try:
        time = None if value is None else parse_time(value)
    except ValueError:
        return None, {name: value}, record | {name: 0}
    return time, {}, record | {name: 0}


def _report(item: object) -> DeliveryReport:
    time, unread, record = _apart(item, "receiveTime")
    read = _Report.model_validate(record)
    status = _known(DeliveryStatus, read.status)
    return DeliveryReport(read.msg_id, read.phone, time, status, {**_extra(read), **unread})


def _reply(item: object) -> UserReply:
    time, unread, record = _apart(item, "replyTime")
    read = _Reply.model_validate(record)
    return UserReply(read.phone, time, read.content, {**_extra(read), **unread})


def _template_review(item: object) -> TemplateReviewed:
    read = _TemplateReview.model_validate(item)
    return TemplateReviewed(read.temp_id, _known(ReviewStatus, read.status), read.refuse_reason, _extra(read))


def _sign_review(item: object) -> SignReviewed:
    read = _SignReview.model_validate(item)
    return SignReviewed(read.sign_id, _known(ReviewStatus, read.status), read.refuse_reason, _extra(read))


_READERS: Mapping[str, Callable[[object], Event]] = {
    "SMS_REPORT": _report,
    "SMS_REPLY": _reply,
    "SMS_TEMPLATE": _template_review,
    "SMS_SIGN": _sign_review,
}


def read_callback(form: Form) -> Callback:
    """Read what a form tells.

    Raises:
        CallbackError: UNKNOWN_TYPE, or MALFORMED where ``data`` is not what the type promises.
    """
    read = _READERS.get(form.type)
    if read is None:
        shown = shorten(mask_line(form.type), 40)
        raise refusal(CallbackReason.UNKNOWN_TYPE, f"this version does not know the type {shown!a}")
    try:
        data: object = pydantic_core.from_json(form.data, allow_inf_nan=False)
        items = cast("list[object]", data) if isinstance(data, list) else [data]
        return Callback(form.type, tuple(map(read, items)), form.nonce, form.signed_at, form.extra)
    except (ValueError, OverflowError):
        problem = f"data is not the JSON that {form.type} promises"
    # Out here, so that no exception that holds what was posted hangs on this one.
    raise refusal(CallbackReason.MALFORMED, problem)


__all__ = ["Callback", "Event", "SignReviewed", "TemplateReviewed", "read_callback"]
