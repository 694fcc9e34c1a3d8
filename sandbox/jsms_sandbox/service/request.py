"""A request in its stages (raw, routed, authorized, checked), its refusal, and what is tolerated in it."""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from importlib import resources
from typing import Any, cast

from jsms_sandbox.contract import Operation
from jsms_sandbox.state.entities import App, UploadedFile


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence, or a part of one.

    Attributes:
        text: It in English, with % conversions for the values.
        values: What goes into it; a Hint among them is translated too.
    """

    text: str
    values: tuple[object, ...] = ()

    def english(self) -> str:
        """Return the English sentence."""
        return self._filled(self.text, tuple(v.english() if isinstance(v, Hint) else v for v in self.values))

    def chinese(self) -> str:
        """Return the Chinese sentence."""
        text = chinese().get(self.text, self.text)
        return self._filled(text, tuple(v.chinese() if isinstance(v, Hint) else v for v in self.values))

    def _filled(self, text: str, values: tuple[object, ...]) -> str:
        return text % values if values else text


@functools.cache
def chinese() -> Mapping[str, str]:
    """Load the Chinese sentence of each English one; both take the same values in the same order."""
    content = resources.files("jsms_sandbox.service").joinpath("hints.zh-CN.json").read_bytes()
    return cast("Mapping[str, str]", json.loads(content))


def hint(text: str, *values: object) -> Hint:
    """Make a sentence with its values."""
    return Hint(text, values)


MOST_WARNINGS = 100
"""How many warnings of one request are kept: a request with thousands of unknown fields must not hold up the others."""
MORE_WARNINGS = Hint("Further warnings were left out.")


class Refusal(Exception):  # noqa: N818 - it refuses, nothing failed
    """A request is refused with one of the contract's codes.

    Args:
        code: The error code of the response.
        check: The name of the check that failed, as the journal shows it.
        hint: What to change, for the person who reads the journal; with % conversions for the values.
        values: What goes into the hint.
        allow: The methods for the Allow header of a 405, which may be none; None for no such header.

    Attributes:
        said: The hint, in both languages.
    """

    def __init__(
        self, code: int, check: str, hint: str | Hint, *values: object, allow: tuple[str, ...] | None = None
    ) -> None:
        said = hint if isinstance(hint, Hint) else Hint(hint, values)
        super().__init__(code, check, said)
        self.said = said
        self.code = code
        self.check = check
        self.allow = allow


class Leniency(Enum):
    """What existing clients send although the service does not document it, with its warning.

    By default each of these is accepted, with the warning in the journal; ``--strict`` refuses it.
    """

    CONTENT_TYPE = "The Content-Type of a JSON body should be application/json."
    INTEGER_TEXT = "An integer, such as temp_id or ttl, should be a JSON number, not a text."
    TEXT_NUMBER = "A text, such as mobile or code, should be a JSON text, not a number."
    TEMP_PARA_LIST = "temp_para should be an object; an empty list was read as an empty one."
    TEMP_PARA_NUMBER = "The values of temp_para should be texts, not numbers."
    NULL_FIELD = "A field that is not given should be left out, not null or empty."
    SIGN_SLASH = "The path should be /v1/sign, without a slash at its end."
    UNUSED_FIELD = "ttl counts for a code template alone; out of range, it should be left out of any other."
    MULTIPART_SPACING = "The multipart Content-Type has a space before its semicolon, or a boundary that needs quotes."
    OLD_SIGN_FORM = (
        "The form is from before September 2025 (images as image0 or images); newer fields were not asked for."
    )
    HEAD_ROOT = "HEAD / is not part of the API; some clients send it first."
    BODY_WITHOUT_NEED = "A GET or DELETE should have no body; it was ignored."


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
        form: The fields of a multipart form, for the journal.
        files: What is kept of its files.
        warnings: What a strict service would have refused, or a person should know.
        msg_ids: The messages that the request made.
        fault: The injected fault that hit the request.
        modelled: Whether the sandbox has behaviour for the operation; otherwise the response is the contract's example.
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
    form: dict[str, Any] = field(default_factory=dict[str, Any])
    files: list[UploadedFile] = field(default_factory=list[UploadedFile])
    warnings: list[Hint] = field(default_factory=list[Hint])
    msg_ids: list[str] = field(default_factory=list[str])
    fault: str | None = None
    modelled: bool = True

    @property
    def path_id(self) -> str:
        """The id in the path, decoded; empty where the path has none."""
        return next(iter(self.path_values.values()), "")

    def header(self, name: str) -> str | None:
        """Find the first header of this name (in lower case)."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def claimed(self) -> tuple[str, str] | None:
        """Read key and secret of the Authorization header, not checked; None where there is no readable one."""
        scheme, _, encoded = (self.header("authorization") or "").strip().partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            key, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return (key, secret) if colon else None

    def warn(self, text: str, *values: object) -> None:
        """Add a warning for the reader of the journal, once; with % conversions for the values."""
        warning = Hint(text, values)
        if len(self.warnings) < MOST_WARNINGS and warning not in self.warnings:
            self.warnings.append(warning if len(self.warnings) < MOST_WARNINGS - 1 else MORE_WARNINGS)

    def tolerate(self, leniency: Leniency, code: int, check: str, *, allow: tuple[str, ...] | None = None) -> None:
        """Warn of a leniency, or refuse it where the sandbox is strict.

        Args:
            leniency: What has to be tolerated.
            code: The code of the refusal.
            check: The check that refuses it.
            allow: The methods that a refusal with 405 names.

        Raises:
            Refusal: The sandbox is strict.
        """
        if self.strict:
            said = Hint("%s Refused because the sandbox runs with --strict.", (Hint(leniency.value),))
            raise Refusal(code, check, said, allow=allow)
        self.warn(leniency.value)


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
        """Add a warning for the reader of the journal, as Request.warn does."""
        self.raw.warn(text, *values)


@dataclass(frozen=True, slots=True)
class AuthorizedRequest(RoutedRequest):
    """A request that came with the credentials of an app.

    Attributes:
        app: The app.
    """

    app: App


@dataclass(frozen=True, slots=True)
class CheckedRequest(AuthorizedRequest):
    """A request whose body, path and query are valid.

    Attributes:
        fields: The fields of the body, each of the type in the contract.
    """

    fields: dict[str, Any]


def refusal_body(request: Request, code: int, message: str) -> dict[str, object]:
    """Make the body of a refusal, with the fields that the operation's refusals have beside the error."""
    beside = request.operation.rules.beside_error if request.operation is not None else ""
    return {**(json.loads(beside) if beside else {}), "error": {"code": code, "message": message}}
