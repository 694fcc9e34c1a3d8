"""What the test API answers when a call is wrong: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

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


class Problem(Exception):  # noqa: N818  # what a caller is told
    """A call cannot be carried out.

    Attributes:
        type: What kind of problem it is.
        error: What is wrong, in a sentence.
        remedy: What to do, in a sentence.
        where: The part of the call, such as ``body.seconds``; None for the call as a whole.
        headers: Headers of the answer.
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
    """Something that is named is not there."""
    return Problem("not_found", what, remedy, where)


def wrong(where: str, error: str, remedy: str) -> Problem:
    """A value cannot be used."""
    return Problem("invalid", error, remedy, where)


def conflict(error: str, remedy: str, where: str | None = None) -> Problem:
    """What is asked for does not fit the state."""
    return Problem("conflict", error, remedy, where)
