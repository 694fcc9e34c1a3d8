"""Base models of bodies, queries and responses, and problems; the OpenAPI document is made from them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Literal, Self, overload

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from jsms_contract.limits import SEND_CODE_REQUEST_MOBILE_PATTERN
from jsms_sandbox.contract import delivery_statuses

ProblemType = Literal[
    "invalid",
    "refused_host",
    "refused_origin",
    "not_found",
    "wrong_method",
    "conflict",
    "too_large",
    "storage",
    "internal",
]
STATUSES: Mapping[ProblemType, HTTPStatus] = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "refused_host": HTTPStatus.FORBIDDEN,
    "refused_origin": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "wrong_method": HTTPStatus.METHOD_NOT_ALLOWED,
    "conflict": HTTPStatus.CONFLICT,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "storage": HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
}


class Problem(Exception):  # noqa: N818 - the body of an error response
    """A call cannot be carried out.

    Attributes:
        type: What kind of problem it is.
        error: What is wrong, in a sentence.
        remedy: What to do, in a sentence.
        where: The part of the call, such as ``body.seconds``; None for the call as a whole.
        headers: Headers of the response.
    """

    def __init__(
        self,
        type: ProblemType,
        error: str,
        remedy: str,
        where: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.type: ProblemType = type
        self.error = error
        self.remedy = remedy
        self.where = where
        self.headers = dict(headers or {})

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status."""
        return STATUSES[self.type]


def not_found(what: str, remedy: str, where: str | None = None) -> Problem:
    """Make the problem of something that does not exist."""
    return Problem("not_found", what, remedy, where)


def wrong(where: str, error: str, remedy: str) -> Problem:
    """Make the problem of an invalid value."""
    return Problem("invalid", error, remedy, where)


def conflict(error: str, remedy: str, where: str | None = None) -> Problem:
    """Make the problem of a call that does not fit the state."""
    return Problem("conflict", error, remedy, where)


class Body(BaseModel):
    """A JSON body: nothing but its fields, each of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Query(BaseModel):
    """The query of a call: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)

    app: Annotated[
        str | None,
        Field(description="The appKey of the app that the call is about; the header X-Sandbox-App does too."),
    ] = None


class ResponseModel(BaseModel):
    """A response, or a part of one."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True
    )

    @classmethod
    def of(cls, entity: object, **others: object) -> Self:
        """Make one from an entity's fields of the same names, and from others."""
        copied = {name: getattr(entity, name) for name in cls.model_fields if name not in others}
        return cls.model_validate(copied | others)


class NoBody(Body):
    """A body without fields; it may be empty."""


class ProblemResponse(ResponseModel):
    """What is wrong with a call, where, and what to do."""

    type: ProblemType
    error: str
    where: str | None
    remedy: str


def _known_status(status: int) -> int:
    known = delivery_statuses()
    if status not in known:
        raise ValueError(f"there is no delivery status {status}; there are {', '.join(map(str, sorted(known)))}")
    return status


def _from_entity(at: object) -> object:
    """Convert from an entity, which has times in seconds, the test API in milliseconds."""
    return milliseconds(at) if isinstance(at, float) else at


def _list_statuses(schema: JsonDict) -> None:
    schema["enum"] = [*sorted(delivery_statuses())]


Mobile = Annotated[str, Field(pattern=SEND_CODE_REQUEST_MOBILE_PATTERN)]
At = Annotated[
    int, BeforeValidator(_from_entity), Field(description="Milliseconds since the epoch, on the sandbox's clock.")
]
Status = Annotated[int, AfterValidator(_known_status), Field(json_schema_extra=_list_statuses)]
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


@overload
def milliseconds(seconds: float) -> int: ...
@overload
def milliseconds(seconds: float | None) -> int | None: ...
def milliseconds(seconds: float | None) -> int | None:
    """Convert a time to the milliseconds that the contract uses."""
    return None if seconds is None else int(seconds * 1000)
