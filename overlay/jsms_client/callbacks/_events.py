"""Read the ``data`` of a callback into typed events."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError, create_model, field_validator

from jsms_callbacks import models
from jsms_client.callbacks._form import callback_error, printable
from jsms_client.errors import CallbackReason
from jsms_client.results import MalformedRecord
from jsms_runtime.redaction import mask_line, shorten
from jsms_runtime.results import EventKind, Result
from jsms_surface.events import EVENTS, Event

if TYPE_CHECKING:
    from jsms_client.callbacks._form import Form


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


@cache
def _model(name: str) -> type[BaseModel]:
    """Return a model of the contract that is read as `_Record` says."""
    return create_model(name, __base__=(_Record, getattr(models, name)))


def _event(item: object, kind: EventKind[Event]) -> Event:
    """Read one record, with its times as they came and its texts of a person even where they are null."""
    record = _object(item)
    times = {name: record.get(name) for name in kind.times}
    times = {name: value for name, value in times.items() if not isinstance(value, (bool, list, dict))}
    nothing = [name for name in kind.empty if record.get(name, ...) is None]
    given = dict.fromkeys(kind.absent) | record | dict.fromkeys(times, 0) | dict.fromkeys(nothing, "")
    checked = _model(kind.model).model_validate(given if record else item)
    event = kind.read(_body(checked) | times)
    # An empty SMS is still a reply: it must not be refused at every attempt.
    return replace(event, extra={**event.extra, **dict.fromkeys(nothing)}) if nothing else event


def read_callback(form: Form) -> Callback:
    """Read the events of a form.

    Raises:
        CallbackError: UNKNOWN_TYPE, or MALFORMED where ``data`` holds no record of the type.
    """
    kind = EVENTS.get(form.type)
    if kind is None:
        shown = shorten(mask_line(form.type), 40)
        raise callback_error(CallbackReason.UNKNOWN_TYPE, f"this version does not know the type {shown!a}")
    items = _items(form.data)
    events: list[Event] = []
    malformed: list[MalformedRecord] = []
    for item in items:
        try:
            events.append(_event(item, kind))
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
