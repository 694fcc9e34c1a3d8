"""Decode responses: parse the JSON, find the error in it, and make a success conform to the contract's types.

The generated models take whatever they are given; after this they are given what they were made for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple, cast

from jsms_contract.errors import SUCCESS_CODES
from jsms_runtime.operation import Anything, Boolean, Field, Integer, Items, Number, Record, Shape, Text, Time

# What the contract calls an integer fits into 64 bits everywhere, databases included.
_LARGEST = 2**63 - 1
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_DIGITS = re.compile(r"-?[0-9]{1,19}")
_IDS = ("msg_id", "schedule_id")
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BOM = b"\xef\xbb\xbf"


class InvalidResponse(Exception):  # noqa: N818 - never leaves the package: http.py turns it into a DecodeError
    """Why a response cannot be used, in words that fit behind "the response"."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.where = where

    def inside(self, where: str) -> InvalidResponse:
        """Return the same, seen from one level further out.

        Args:
            where: The property or index that leads here.
        """
        separator = "" if not self.where or self.where.startswith("[") else "."
        return InvalidResponse(self.reason, f"{where}{separator}{self.where}")

    def __str__(self) -> str:
        """Return the place and the reason."""
        return f"{self.where} {self.reason}" if self.where else self.reason


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parse(content: bytes) -> object:
    """Read JSON in UTF-8, as the service writes it; the charset of the headers is not asked.

    Args:
        content: The body.

    Raises:
        InvalidResponse: It is something else, or JSON that no honest service sends.
    """
    try:
        value = cast("object", _DECODER.decode(content.removeprefix(_BOM).decode("utf-8")))
        if b"\\" in content and _SURROGATE.search(content) is not None:
            # Half a character: it reads, but can never be written again.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        reason = "has half a character in it (a lone surrogate)"
    except UnicodeDecodeError:
        reason = "is not text in UTF-8"
    except json.JSONDecodeError as error:
        reason = f"is not JSON ({error.msg} at character {error.pos})" if content.strip() else "is empty"
    except RecursionError:
        reason = "is JSON nested too deeply"
    except ValueError:
        reason = "is JSON with a number that cannot be read"
    else:
        return value
    # Out here, so that no exception that holds the whole body hangs on this one.
    raise InvalidResponse(reason)


class StandardJSON:
    """JSON by Python's own module."""

    __slots__ = ()
    parse = staticmethod(parse)

    def encode(self, value: object) -> bytes:
        """Return a value as JSON in UTF-8."""
        return _ENCODER.encode(value).encode("utf-8")


def conform(value: object, shape: Shape) -> object:
    """Check a value against a shape, and give it the types of the contract.

    Args:
        value: What `parse` returned; changed in place.
        shape: What the contract says.

    Returns:
        The value: ids as text, numbers as int, properties that are null but must not be left out where they may be.

    Raises:
        InvalidResponse: A required property is missing, or something has the wrong type.
    """
    if value is None and shape.nullable:
        return None
    if isinstance(shape, Record):
        return _conform_record(value, shape)
    if isinstance(shape, Items):
        return _conform_items(value, shape)
    if isinstance(shape, Text):
        return _conform_text(value)
    if isinstance(shape, Integer):
        return _conform_integer(value)
    if isinstance(shape, Boolean):
        return _conform_boolean(value)
    if isinstance(shape, Number):
        return _conform_number(value)
    if isinstance(shape, Time):
        return _conform_time(value, shape)
    return value if isinstance(shape, Anything) else _conform_text_map(value)


MALFORMED = "malformed"
"""Where a response that lists recipients keeps the entries that cannot be read."""


def conform_recipients(value: object, shape: Shape) -> object:
    """Check a success, with the entries of its recipients that cannot be read set aside.

    One malformed entry must not make the outcome for all others unknown.

    Args:
        value: What `parse` returned; changed in place.
        shape: What the contract says.

    Raises:
        InvalidResponse: Something else does not fit.
    """
    try:
        return conform(value, shape)
    except InvalidResponse:
        lists = _lists_of_recipients(value, shape)
        if not lists:
            raise
    body = cast("dict[str, object]", value)
    malformed: list[object] = []
    for field in lists:
        readable: list[object] = []
        for item in cast("list[object]", body[field.name]):
            try:
                readable.append(conform(item, cast("Items", field.shape).of))
            except InvalidResponse:
                malformed.append(item)
        body[field.name] = readable
    return cast("dict[str, object]", conform(body, shape)) | ({MALFORMED: malformed} if malformed else {})


def _lists_of_recipients(value: object, shape: Shape) -> list[Field]:
    if not isinstance(shape, Record) or not isinstance(value, dict):
        return []
    body = cast("dict[str, object]", value)
    return [
        field
        for field in shape.fields
        if isinstance(field.shape, Items) and field.shape.recipients and isinstance(body.get(field.name), list)
    ]


# A code of success in an error: the service's own, and what such responses hold everywhere.
_SUCCESS_CODES = frozenset(("", "0", "200", *map(str, SUCCESS_CODES)))


_ERROR_NAMES = frozenset(("error", "errors", "error_code"))


def holds_error(value: object) -> bool:
    """Whether a response that looks like a success has an error beside it, in whatever form.

    Args:
        value: What `parse` returned.
    """
    body = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    return any(_is_error(body[name]) for name in _ERROR_NAMES & body.keys())


def _is_error(value: object) -> bool:
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return _is_error(fields["code"]) if "code" in fields else bool(fields)
    written = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return bool(value) and written.strip() not in _SUCCESS_CODES


def check_id(value: object) -> None:
    """Refuse an id that nothing can be looked up by: a response with such a one does not say what happened.

    Args:
        value: What `conform` returned.

    Raises:
        InvalidResponse: Its own id is empty, or no id.
    """
    record = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    for name in _IDS:
        found = record.get(name)
        if isinstance(found, str) and _ID.fullmatch(found) is None:
            raise InvalidResponse("is no id" if found else "is empty", name)


# What a response holds only where the request was carried out, whatever error is beside it; in any spelling.
_PROOFS = frozenset(("msgid", "msgids", "scheduleid", "tempid", "signid", "isvalid", "successcount"))


class ErrorDetail(NamedTuple):
    """What an error body says.

    Attributes:
        code: The service's code, where there is one that is a number.
        message: Its words, where there are any.
        in_error: Whether it stood in the body's ``error``, and not beside other properties.
    """

    code: int | None
    message: str
    in_error: bool


def has_proof(value: object) -> bool:
    """Whether a body holds what the service gives only to a request that it carried out.

    A list beside the error proves nothing about anybody only where it names refused recipients and nothing else.
    """
    left: list[object] = [value]
    while left:
        fields = left.pop()
        if not isinstance(fields, dict):
            continue
        for name, each in cast("dict[str, object]", fields).items():
            if name.replace("_", "").lower() in _PROOFS and _is_given(each):
                return True
            if isinstance(each, list):
                if name != "error" and not all(map(_is_refused, cast("list[object]", each))):
                    return True
            elif name != "temp_para":
                left.append(each)
    return False


def repeats_a_name(content: bytes) -> bool:
    """Whether an object of a body has a name twice: what was read of it is only the last."""
    repeated = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated = repeated or len({name for name, _ in pairs}) < len(pairs)

    json.loads(content, object_pairs_hook=look)
    return repeated


def _is_refused(entry: object) -> bool:
    """Whether an entry of a list is a refused recipient of a batch, who may have an id too."""
    fields = cast("dict[str, object]", entry) if isinstance(entry, dict) else {}
    if "error_code" not in fields:
        return False
    from jsms_runtime.results import error_code  # noqa: PLC0415 - only for responses with codes in them

    return error_code(fields["error_code"], SUCCESS_CODES) != (None, None)


def _is_given(value: object) -> bool:
    return bool(value.strip("0 ") if isinstance(value, str) else value)


def lists_recipients(value: object) -> bool:
    """Whether a body says of each recipient what happened to it, so that the error beside the list decides nothing."""
    return isinstance(value, dict) and bool(cast("dict[str, object]", value).get("recipients"))


def error_detail(value: object) -> ErrorDetail | None:
    """Return the error in a body: ``{"error": {"code": …, "message": …}}``, or the same without the outer object."""
    if not isinstance(value, dict):
        return None
    body = cast("dict[str, object]", value)
    inner = body.get("error")
    if isinstance(inner, dict):
        return _read_detail(cast("dict[str, object]", inner), in_error=True)
    if inner is not None:
        return _read_detail({"code": inner, "message": inner}, in_error=True)
    return _read_detail(body, in_error=False) if "code" in body else None


def _read_detail(body: Mapping[str, object], *, in_error: bool) -> ErrorDetail:
    message = body.get("message")
    return ErrorDetail(_code(body.get("code")), message if isinstance(message, str) else "", in_error)


def _code(value: object) -> int | None:
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _conform_record(value: object, shape: Record) -> object:
    if not isinstance(value, dict):
        raise _wrong("an object", value)
    record = cast("dict[str, object]", value)
    for field in shape.fields:
        name = field.name
        if name not in record:
            if field.required:
                raise InvalidResponse(f"has no {name}")
            continue
        item = record[name]
        # The usual case first: a thousand recipients pass through here one by one.
        if type(field.shape) is Text and type(item) is str:
            continue
        if item is None and not field.required and not field.shape.nullable:
            del record[name]
            continue
        try:
            record[name] = conform(item, field.shape)
        except InvalidResponse as unusable:
            raise unusable.inside(name) from None
    return record


def _conform_items(value: object, shape: Items) -> object:
    if not isinstance(value, list):
        raise _wrong("a list", value)
    items = cast("list[object]", value)
    if isinstance(shape.of, Record) and _are_plain(items, shape.of):
        return items
    for index, item in enumerate(items):
        try:
            items[index] = conform(item, shape.of)
        except InvalidResponse as unusable:
            raise unusable.inside(f"[{index}]") from None
    return items


def _are_plain(items: list[object], shape: Record) -> bool:
    """Fast path: check that a thousand records hold texts and nothing else, all at once."""
    if set(map(type, items)) != {dict}:
        return False
    records = cast("list[dict[str, object]]", items)
    if set(map(type, chain.from_iterable(map(dict[str, object].values, records)))) != {str}:
        return False
    needed = {field.name for field in shape.fields if field.required}
    others = {field.name for field in shape.fields if type(field.shape) is not Text}
    names = set[str]().union(*records)
    if not others.isdisjoint(names):
        return False
    # Where all have as many as there are, all have the same.
    all_have_all = set(map(len, records)) == {len(names)}
    return needed <= names if all_have_all else all(map(needed.issubset, records))


def _conform_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise _wrong("a text", value)


def _conform_integer(value: object) -> int:
    digits = isinstance(value, str) and _DIGITS.fullmatch(value) is not None
    whole = isinstance(value, float) and value.is_integer()
    if not digits and not whole and (not isinstance(value, int) or isinstance(value, bool)):
        raise _wrong("a whole number", value)
    number = int(cast("str | float", value))
    if not -_LARGEST <= number <= _LARGEST:
        raise InvalidResponse("is a number beyond 64 bits")
    return number


def _conform_number(value: object) -> float:
    if isinstance(value, str) and _DECIMAL.fullmatch(value) is not None:
        return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise _wrong("a number", value)


def _conform_time(value: object, shape: Time) -> object:
    """Return the value as it came: what reads it knows its forms. A time that must be one is tried."""
    if shape.strict:
        from jsms_runtime.times import parse_time  # noqa: PLC0415 - only for responses with times

        try:
            parse_time(value)
        except ValueError as error:
            raise InvalidResponse("is not a time") from error
    return value


def _conform_boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong("true or false", value)


def _conform_text_map(value: object) -> object:
    if not isinstance(value, dict):
        raise _wrong("an object", value)
    texts = cast("dict[str, object]", value)
    for name, item in list(texts.items()):
        if item is None:
            del texts[name]
        elif isinstance(item, (bool, int, float)):
            texts[name] = json.dumps(item)
        elif not isinstance(item, str):
            # The name is the app's own and may say something about a person: not shown.
            raise InvalidResponse("is an object that holds more than texts")
    return texts


_JSON_NAMES: Mapping[type[object], str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


def _wrong(expected: str, value: object) -> InvalidResponse:
    return InvalidResponse(f"is {_JSON_NAMES.get(type(value), 'a number')}, not {expected}")
