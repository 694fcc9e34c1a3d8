"""Parse the multipart form of a signature. Only size, type and SHA-256 of its images are kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from jsms_contract.codes import INVALID_BODY, INVALID_IMAGE, MEDIA_NOT_SUPPORTED
from jsms_runtime.service import Property
from jsms_sandbox.service.fields import from_text, full_match
from jsms_sandbox.service.request import AuthorizedRequest, Leniency, Refusal, Request
from jsms_sandbox.state.entities import UploadedFile

PLAIN_BOUNDARY = full_match(r"multipart/form-data;[ ]?boundary=(\"[^\"]{1,70}\"|[!#$%&'*+.^_`|~0-9A-Za-z-]{1,70})")
BOUNDARY = re.compile(r"""boundary\s*=\s*("(?P<quoted>[^"]+)"|(?P<plain>[^;\s]+))""", re.IGNORECASE | re.ASCII)
OLD_IMAGE = full_match(r"image[0-9]?|images(\[[0-9]?\])?")
OLD_FIELDS = frozenset({"sign", "type", "remark"})
NUMBER = full_match("[0-9]{1,9}")
MOST_PARTS, LARGEST_HEAD = 100, 8 * 1024
"""How many parts of a form are read, and how many bytes of headers each may have."""
NOT_A_FORM = "The body is not the multipart form that its Content-Type announces."


class Part:
    """One part of a form while it is read."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.filename: str | None = None
        self.headers: dict[str, str] = {}
        self.head_size = 0
        self.content = bytearray()


def boundary_of(request: Request, content_type: str) -> bytes:
    """Find the boundary in the Content-Type.

    Raises:
        Refusal: It names none (50017).
    """
    match = BOUNDARY.search(content_type)
    if match is None:
        raise Refusal(MEDIA_NOT_SUPPORTED, "media type", "The multipart Content-Type names no boundary.")
    if not PLAIN_BOUNDARY(content_type):
        request.tolerate(Leniency.MULTIPART_SPACING, MEDIA_NOT_SUPPORTED, "media type")
    boundary: str = match["quoted"] or match["plain"]
    return boundary.encode("latin-1")


def read_form(authorized: AuthorizedRequest, boundary: bytes) -> tuple[dict[str, Any], frozenset[str]]:
    """Take the known fields of a form, and its files into ``request.files``.

    Returns:
        The fields, and the names of those that may be missing because the form is an older one.

    Raises:
        Refusal: The form cannot be read (50007), or an image is no image or too large (50101).
    """
    request = authorized.raw
    fields = {field.name: field for field in authorized.operation.fields}
    old_images: list[Part] = []
    values: dict[str, Any] = {}
    for part in _parts(request.body, boundary):
        name = part.name or ""
        field = fields.get(name)
        if field is None and OLD_IMAGE(name) and fields.keys() >= OLD_FIELDS:
            old_images.append(part)
        elif field is None:
            request.warn("The field %r is not in the contract; it was ignored.", name[:50])
        elif name in values:
            raise Refusal(INVALID_BODY, f"field {name}", "%s occurs twice in the form.", name)
        elif field.is_file:
            values[name] = _file(request, part, field, field.invalid or INVALID_BODY)
        else:
            values[name] = _form_value(part, field)
    request.form = values
    if not old_images:
        _check_type(fields, values)
        return values, frozenset()
    request.tolerate(Leniency.OLD_SIGN_FORM, INVALID_BODY, "form")
    image = next(field for field in fields.values() if field.is_file)
    images = [_file(request, part, image, INVALID_IMAGE) for part in old_images]
    if not any(images):
        raise Refusal(INVALID_IMAGE, f"field {old_images[0].name}", "The image is empty.")
    return values, frozenset(fields) - OLD_FIELDS


def _check_type(fields: Mapping[str, Property], values: dict[str, Any]) -> None:
    """Check that the type is one that the newer form has papers for."""
    types = {
        value
        for field in fields.values()
        if field.needed_when is not None and field.needed_when[0] == "type"
        for value in field.needed_when[1]
    }
    if types and isinstance(values.get("type"), int) and values["type"] not in types:
        known = ", ".join(str(each) for each in sorted(types, key=str))
        raise Refusal(
            fields["type"].invalid or INVALID_BODY,
            "field type",
            "The form of September 2025 takes the types %s.",
            known,
        )


def _form_value(part: Part, field: Property) -> object:
    try:
        text = bytes(part.content).decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(INVALID_BODY, f"field {part.name}", "%s is not UTF-8.", part.name) from None
    if text == "":
        return text
    value = from_text(field, text)
    if value is None or (field.type == "integer" and not NUMBER(text)):
        raise Refusal(field.invalid or INVALID_BODY, f"field {part.name}", "%s must be a number.", part.name)
    return value


def _file(request: Request, part: Part, field: Property, invalid: int) -> UploadedFile | None:
    content = bytes(part.content)
    if not content:
        return None
    media_type = _media_type(content)
    if field.media_types and media_type not in field.media_types:
        raise Refusal(invalid, f"field {part.name}", "%s must be a PNG or JPEG image.", part.name)
    most = field.max_bytes
    if most is not None and len(content) > most:
        raise Refusal(invalid, f"field {part.name}", "%s has %s bytes, more than %s.", part.name, len(content), most)
    file = UploadedFile(part.name or "", len(content), media_type, hashlib.sha256(content).hexdigest())
    request.files.append(file)
    return file


def _media_type(content: bytes) -> str:
    """Detect the type of an image by its first and last bytes, not by its name or declared type."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24 and content[12:16] == b"IHDR":
        return "image/png"
    if content.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in content[-64:]:
        return "image/jpeg"
    return "application/octet-stream"


def _parts(body: bytes, boundary: bytes) -> list[Part]:
    parts: list[Part] = []
    ended = False
    name, value = bytearray(), bytearray()

    def begin() -> None:
        if len(parts) == MOST_PARTS:
            raise Refusal(INVALID_BODY, "body", "The form has more than %s parts.", MOST_PARTS)
        parts.append(Part())

    def header_field(data: bytes, start: int, end: int) -> None:
        extend_head(name, data[start:end])

    def header_value(data: bytes, start: int, end: int) -> None:
        extend_head(value, data[start:end])

    def extend_head(text: bytearray, more: bytes) -> None:
        parts[-1].head_size += len(more)
        if parts[-1].head_size > LARGEST_HEAD:
            raise Refusal(INVALID_BODY, "body", "The headers of a part are larger than %s bytes.", LARGEST_HEAD)
        text.extend(more)

    def header_end() -> None:
        parts[-1].headers[bytes(name).decode("latin-1").lower()] = bytes(value).decode("latin-1")
        name.clear()
        value.clear()

    def headers_finished() -> None:
        _, options = parse_options_header(parts[-1].headers.get("content-disposition"))
        if b"name" in options:
            parts[-1].name = options[b"name"].decode("utf-8", "replace")
        if b"filename" in options:
            parts[-1].filename = options[b"filename"].decode("utf-8", "replace")

    def data(content: bytes, start: int, end: int) -> None:
        parts[-1].content += content[start:end]

    def finish() -> None:
        nonlocal ended
        ended = True

    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": begin,
                "on_header_field": header_field,
                "on_header_value": header_value,
                "on_header_end": header_end,
                "on_headers_finished": headers_finished,
                "on_part_data": data,
                "on_end": finish,
            },
        )
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError, IndexError) as error:
        raise Refusal(INVALID_BODY, "body", NOT_A_FORM) from error
    if not ended or any(part.name is None for part in parts):
        raise Refusal(INVALID_BODY, "body", NOT_A_FORM)
    return parts
