"""The contract's operations by method and path, with their rules."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from jsms_contract.errors import ERRORS
from jsms_contract.operations import OPERATIONS
from jsms_contract.service import KNOWN_VALUES, RULES
from jsms_runtime.errors import ErrorInfo
from jsms_runtime.operation import Shape
from jsms_runtime.service import KnownValue, Property, Rules

JSON_TYPE, FORM_TYPE = "application/json", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract.

    Attributes:
        codes: Every error code of its responses.
        recipient_codes: Every error code of a single recipient in a success.
        media_type: That of its body; None if it has none.
        status: The HTTP status of a success.
        response: The shape of a success; None for an empty body.
        rules: What is checked of its requests.
        fields: The fields of its body; a body that is no object is a field of its own.
    """

    id: str
    method: str
    path: str
    tag: str
    credentials: Literal["app", "dev"]
    codes: frozenset[int]
    recipient_codes: frozenset[int]
    media_type: str | None
    status: int
    response: Shape | None
    rules: Rules
    fields: tuple[Property, ...]

    @property
    def recipient(self) -> tuple[Property, ...]:
        """The fields of one recipient of a batch."""
        return next((field.of.fields for field in self.fields if field.kind == "recipients" and field.of), ())


@functools.cache
def operations() -> Mapping[tuple[str, str], Operation]:
    """Index the operations by method and path, ids written ``{name}``."""
    media_types = {"json": JSON_TYPE, "multipart": FORM_TYPE, None: None}
    return {
        (each.method, each.path): Operation(
            each.id,
            each.method,
            each.path,
            each.tag,
            each.credentials,
            each.error_codes,
            each.recipient_error_codes,
            media_types[each.body],
            each.statuses[0],
            each.response,
            RULES[each.id],
            _fields(RULES[each.id]),
        )
        for each in OPERATIONS.values()
    }


def _fields(rules: Rules) -> tuple[Property, ...]:
    if rules.body is None:
        return ()
    return rules.body.fields if rules.body.type == "record" else (rules.body._replace(name="body"),)


def info(code: int) -> ErrorInfo:
    """Look up an error code of the contract."""
    return cast("ErrorInfo", ERRORS[code].info)  # each class of an error code has one


@functools.cache
def delivery_statuses() -> Mapping[int, KnownValue]:
    """Index the delivery statuses of the contract."""
    return {int(known.value): known for known in KNOWN_VALUES["DeliveryStatus"]}
