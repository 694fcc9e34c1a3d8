"""Parse a multipart form, and check it against its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP

from contract_tools.openapi import mapping, sequence, text, whole

from .routes import Schema, read_text


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form, or one file."""

    name: str
    filename: str | None
    media_type: str
    content: bytes


def read_form(content_type: str, body: bytes) -> tuple[Part, ...]:
    """Return the parts of a multipart body.

    Raises:
        ValueError: The body is not a multipart form.
    """
    boundary = re.fullmatch(
        r"multipart/form-data; *boundary=\"?([0-9A-Za-z'()+_,./:=?-]{1,70})\"?",
        content_type,
    )
    if boundary is None:
        raise ValueError(f"the content type {content_type!r} names no boundary")
    delimiter = b"\r\n--" + boundary[1].encode()
    opening, *pieces = (b"\r\n" + body).split(delimiter)
    ending = pieces.pop() if pieces else b""
    if opening or not pieces or ending.strip() != b"--":
        raise ValueError("the body does not begin and end with its boundary")
    return tuple(_part(piece) for piece in pieces)


def check_form(schema: Schema, parts: tuple[Part, ...]) -> tuple[dict[str, object], list[str]]:
    """Return the form as an object that the schema can be checked against, and what is wrong with its parts."""
    properties = mapping(schema.get("properties"))
    form: dict[str, object] = {}
    wrong: list[str] = []
    for part in parts:
        if part.name in form:
            wrong.append(f"the field {part.name} comes twice")
        known = mapping(properties.get(part.name))
        if known.get("format") == "binary":
            wrong.extend(_wrong_file(part, known))
            form[part.name] = f"<{len(part.content)} bytes>"
            continue
        if part.filename is not None:
            wrong.append(f"the field {part.name} comes as a file")
        form[part.name] = read_text(known, part.content.decode())
    wrong.extend(_missing(properties, form))
    return form, wrong


def _part(piece: bytes) -> Part:
    head, blank, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers = BytesParser(policy=HTTP).parsebytes(head, headersonly=True)
    disposition = headers["content-disposition"]
    if not blank or disposition is None or disposition.content_disposition != "form-data":
        raise ValueError("a part has no Content-Disposition of form-data")
    names: Mapping[str, str] = disposition.params
    return Part(
        names.get("name", ""),
        names.get("filename"),
        headers.get_content_type(),
        content,
    )


def _wrong_file(part: Part, schema: Schema) -> Iterator[str]:
    if not part.filename:
        yield f"the file {part.name} has no filename"
    allowed = [text(each) for each in sequence(schema.get("x-media-types"))]
    if allowed and part.media_type not in allowed:
        yield f"the file {part.name} is {part.media_type}, not one of {allowed}"
    limit = whole(schema.get("x-max-bytes"))
    if limit and len(part.content) > limit:
        yield f"the file {part.name} has {len(part.content)} bytes, more than {limit}"


def _missing(properties: Mapping[str, object], form: Mapping[str, object]) -> Iterator[str]:
    for name, schema in properties.items():
        conditions = mapping(mapping(schema).get("x-needed-when"))
        needed = conditions and all(form.get(other) in sequence(values) for other, values in conditions.items())
        if needed and name not in form:
            yield f"{name} is missing, which is needed when {dict(conditions)}"
