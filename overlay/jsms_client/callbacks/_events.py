"""Read the ``data`` of a callback into typed events."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from jsms_callbacks import SignReview, TemplateReview, models
from jsms_client.callbacks._form import callback_error, printable
from jsms_client.errors import CallbackReason
from jsms_client.results import DeliveryReport, MalformedRecord, ReviewStatus, UserReply
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Items, Record, Time
from jsms_runtime.redaction import mask_line, shorten
from jsms_runtime.results import TEXT, Result, known
from jsms_surface.results.receipts import read_delivery_report, read_user_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jsms_client.callbacks._form import Form


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
    refuse_reason: str | None = field(default=None, metadata=TEXT)
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
    refuse_reason: str | None = field(default=None, metadata=TEXT)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


Event: TypeAlias = DeliveryReport | UserReply | TemplateReviewed | SignReviewed
"""What a callback can tell: use it with ``match``."""


@dataclass(frozen=True, slots=True, repr=False)
class Callback(Result):
    """One posted callback.

    Attributes:
        type: Its kind, such as ``SMS_REPORT``.
        events: Its records, usually one: ``data`` is an object, or a list of them.
        nonce: Its number; the same in a retried attempt only if the service sends it again.
        signed_at: When the service signed it.
        extra: Fields of the form that this version does not know.
        malformed: Records of a list that cannot be read, as they came; nearly always empty.
    """

    type: str
    events: tuple[Event, ...]
    nonce: str
    signed_at: datetime
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)
    malformed: tuple[MalformedRecord, ...] = ()


_EXACT = 2**53
_log = logging.getLogger("jsms_client.callbacks")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


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


class _Report(_Record, models.DeliveryReport):
    pass


class _Reply(_Record, models.UserReply):
    pass


class _TemplateReview(_Record, TemplateReview):
    # Null where it passed, says the contract; leaving it out would say the same.
    refuse_reason: Annotated[str | None, Field(alias="refuseReason")] = None


class _SignReview(_Record, SignReview):
    refuse_reason: Annotated[str | None, Field(alias="refuseReason")] = None


def _body(read: BaseModel) -> dict[str, Any]:
    """Return a record by the names of the service, as the readers of results take it; unknown fields included."""
    fields = {name: each.alias or name for name, each in type(read).model_fields.items()}
    given = {alias: _plain(getattr(read, name)) for name, alias in fields.items() if name in read.model_fields_set}
    return given | (read.model_extra or {})


def _plain(value: object) -> object:
    items = [_plain(each) for each in cast("list[object]", value)] if isinstance(value, list) else value
    return _body(value) if isinstance(value, BaseModel) else items


def _object(item: object) -> dict[str, object]:
    return cast("dict[str, object]", item) if isinstance(item, dict) else {}


def _times(operation: str) -> Iterator[str]:
    """Yield the fields of the records of a poll that are times."""
    response = OPERATIONS[operation].response
    record = response.of if isinstance(response, Items) else response
    yield from (each.name for each in (record.fields if isinstance(record, Record) else ()) if type(each.shape) is Time)


def _polled(item: object, model: type[BaseModel], operation: str) -> dict[str, Any]:
    """Return a record that is polled too, ready for the reader of its result, with its times as they came.

    A report gives the outcome of a message whether or not its time can be read: a number that does not exist has none.
    """
    record = _object(item)
    times = {name: record.get(name) for name in _times(operation)}
    times = {name: value for name, value in times.items() if not isinstance(value, (bool, list, dict))}
    return _body(model.model_validate(record | dict.fromkeys(times, 0) if record else item)) | times


def _report(item: object) -> DeliveryReport:
    return read_delivery_report(_polled(item, _Report, "pollReports"))


def _reply(item: object) -> UserReply:
    record = _object(item)
    if record.get("content", ...) is None:
        # An empty SMS is still a reply: it must not be refused at every attempt.
        reply = _reply(record | {"content": ""})
        return replace(reply, extra={**reply.extra, "content": None})
    return read_user_reply(_polled(item, _Reply, "pollReplies"))


def _template_review(item: object) -> TemplateReviewed:
    body = _body(_TemplateReview.model_validate(item))
    status = known(ReviewStatus, body.pop("status"))
    return TemplateReviewed(body.pop("tempId"), status, body.pop("refuseReason", None), body)


def _sign_review(item: object) -> SignReviewed:
    body = _body(_SignReview.model_validate(item))
    status = known(ReviewStatus, body.pop("status"))
    return SignReviewed(body.pop("signId"), status, body.pop("refuseReason", None), body)


_READERS: Mapping[str, Callable[[object], Event]] = {
    "SMS_REPORT": _report,
    "SMS_REPLY": _reply,
    "SMS_TEMPLATE": _template_review,
    "SMS_SIGN": _sign_review,
}


def read_callback(form: Form) -> Callback:
    """Read the events of a form.

    Raises:
        CallbackError: UNKNOWN_TYPE, or MALFORMED where ``data`` holds no record of the type.
    """
    read = _READERS.get(form.type)
    if read is None:
        shown = shorten(mask_line(form.type), 40)
        raise callback_error(CallbackReason.UNKNOWN_TYPE, f"this version does not know the type {shown!a}")
    items = _items(form.data)
    events: list[Event] = []
    malformed: list[MalformedRecord] = []
    for item in items:
        try:
            events.append(read(item))
        except ValidationError as error:
            malformed.append(MalformedRecord(_problem(error), item))
    if not items or (malformed and not events):
        # Nothing to handle: the service's next attempt may meet a version that can read it.
        raise callback_error(CallbackReason.MALFORMED, f"data is not the JSON that {form.type} promises")
    for record in malformed:
        _log.error("a record of a callback cannot be read: %s, %s", form.type, record.problem)
    return Callback(form.type, tuple(events), form.nonce, form.signed_at, form.extra, tuple(malformed))


def _items(data: str) -> list[object]:
    """Return the records of ``data``; none where it is not JSON."""
    try:
        value = _without_lone_surrogates(cast("object", _DECODER.decode(data)))
    except (ValueError, RecursionError):
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _without_lone_surrogates(value: object) -> object:
    """Replace half of an emoji with U+FFFD: it can be decoded, but not encoded again."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_without_lone_surrogates(item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {printable(name): _without_lone_surrogates(item) for name, item in items}
    return value


def _problem(error: ValidationError) -> str:
    """Return what is wrong with a record: names of the contract, and nothing of what was posted."""
    (first, *_) = error.errors(include_url=False, include_context=False, include_input=False)
    known = str(first["loc"][0]) if first["loc"] else "the record"
    return f"{known}: {first['type']}"
