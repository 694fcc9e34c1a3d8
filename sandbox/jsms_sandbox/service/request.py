"""One request on its way through the checks."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from jsms_sandbox.contract import Operation
from jsms_sandbox.service.refusal import Hint
from jsms_sandbox.state.entities import App, UploadedFile

MOST_WARNINGS = 100
"""How many warnings of one request are kept: a request with thousands of unknown fields must not hold up the others."""
MORE_WARNINGS = Hint("Further warnings were left out.")


@dataclass(slots=True)
class Request:
    """One request to ``/v1``, and what the checks found out about it.

    Attributes:
        method: The HTTP method.
        path: The path as it was sent, still percent-encoded, without the query.
        headers: Names in lower case, in the order sent.
        body: The whole body, unless it was too large.
        client: The caller's address.
        too_large: Whether the body was larger than the sandbox reads.
        strict: Whether leniencies are refused.
        operation: The operation, once the path and method are known.
        allowed: The methods of the path, once it is known.
        query: The query as it was sent.
        path_values: The ids in the path by their names in the contract, decoded.
        app: The app, once the credentials are checked.
        fields: The fields of the body, once checked.
        files: What is kept of uploaded files.
        waived: Fields that an older form need not have.
        warnings: What a strict service would have refused, or a person should know.
        msg_ids: The messages that the request made.
        fault: The injected fault that hit the request.
        modelled: Whether the sandbox has behaviour for the operation; otherwise it answers the contract's example.
    """

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    client: str
    too_large: bool = False
    strict: bool = False
    operation: Operation | None = None
    allowed: tuple[str, ...] = ()
    query: str = ""
    path_values: dict[str, str] = field(default_factory=dict[str, str])
    app: App | None = None
    fields: dict[str, Any] = field(default_factory=dict[str, Any])
    files: list[UploadedFile] = field(default_factory=list[UploadedFile])
    waived: frozenset[str] = frozenset()
    warnings: list[Hint] = field(default_factory=list[Hint])
    msg_ids: list[str] = field(default_factory=list[str])
    fault: str | None = None
    modelled: bool = True

    @property
    def path_id(self) -> str:
        """The id in the path, decoded; empty where the path has none."""
        return next(iter(self.path_values.values()), "")

    def header(self, name: str) -> str | None:
        """The first header of this name (in lower case)."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def claimed(self) -> tuple[str, str] | None:
        """Key and secret of the Authorization header, not checked; None where there is no readable one."""
        scheme, _, encoded = (self.header("authorization") or "").strip().partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return (key, secret) if colon else None

    def warn(self, text: str, *values: object) -> None:
        """Note something for the person who reads the journal, once; with % conversions for the values."""
        warning = Hint(text, values)
        if len(self.warnings) < MOST_WARNINGS and warning not in self.warnings:
            self.warnings.append(warning if len(self.warnings) < MOST_WARNINGS - 1 else MORE_WARNINGS)


@dataclass(frozen=True, slots=True)
class RoutedRequest:
    """A request whose operation is known.

    Attributes:
        raw: The request itself, which the journal shows.
        operation: What it asks for.
    """

    raw: Request
    operation: Operation

    @property
    def path_id(self) -> str:
        """The id in the path, decoded; empty where the path has none."""
        return self.raw.path_id

    def warn(self, text: str, *values: object) -> None:
        """Note something for the person who reads the journal, as Request.warn does."""
        self.raw.warn(text, *values)


@dataclass(frozen=True, slots=True)
class AuthorizedRequest(RoutedRequest):
    """A request that came with the credentials of an app.

    Attributes:
        app: The app.
    """

    app: App

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the body, once checked."""
        return self.raw.fields

    @property
    def files(self) -> list[UploadedFile]:
        """What is kept of uploaded files."""
        return self.raw.files

    @property
    def msg_ids(self) -> list[str]:
        """The messages that the request made."""
        return self.raw.msg_ids


def refusal_body(request: Request, code: int, message: str) -> dict[str, object]:
    """The body of a refusal, with what the operation's refusals have beside the error."""
    beside = request.operation.rules.beside_error if request.operation is not None else ""
    return {**(json.loads(beside) if beside else {}), "error": {"code": code, "message": message}}
