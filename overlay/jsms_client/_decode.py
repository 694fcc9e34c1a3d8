"""Decode responses: parse the JSON, find the error in it, and make a success conform to the contract's types.

The generated models take whatever they are given; after this they are given what they were made for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import chain
from typing import NamedTuple, cast

from jsms_contract.errors import ERRORS, SUCCESS_CODES
from jsms_contract.operations import ERROR_CODES_IN, ERRORS_IN, IDS, MAPS, OUTCOMES_IN, PROOFS
from jsms_runtime.operation import ANYTHING, Field, Shape

# What the contract calls an integer fits into 64 bits everywhere, databases included.
_LARGEST = 2**63 - 1
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_DIGITS = re.compile(r"-?[0-9]{1,19}")
_IDS = tuple(sorted(IDS))
# What is in between names a list of errors so.
_ERROR_NAMES = frozenset(("errors", *ERRORS_IN, *ERROR_CODES_IN))
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_BOM = b"\xef\xbb\xbf"


class InvalidResponse(Exception):  # noqa: N818 - never leaves the package: _response turns it into a DecodeError
    """Why a response cannot be used, in words that fit behind "the response"."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{where} {reason}" if where else reason)
        self.reason = reason
        self.where = where

    def inside(self, where: str) -> InvalidResponse:
        """Return the same, seen from one level further out: where the property or index is that leads here."""
        separator = "" if not self.where or self.where.startswith("[") else "."
        return InvalidResponse(self.reason, f"{where}{separator}{self.where}")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parse(content: bytes) -> object:
    """Read JSON in UTF-8, as the service writes it, whatever charset the headers say; raises `InvalidResponse`."""
    try:
        value = cast("object", _DECODER.decode(content.removeprefix(_BOM).decode("utf-8")))
        if b"\\" in content and _SURROGATE.search(content) is not None:
            # A lone surrogate decodes but cannot be encoded.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        reason = "has a lone surrogate in it, which is no character"
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


class JSON:
    """Writes and reads JSON in UTF-8, by Python's own module."""

    __slots__ = ()
    parse = staticmethod(parse)

    def encode(self, value: object) -> bytes:
        """Return a value as JSON; raises TypeError, ValueError or RecursionError for one that cannot be written."""
        return _ENCODER.encode(value).encode("utf-8")


def conform(value: object, shape: Shape) -> object:
    """Give a parsed value the contract's types in place; what may not be null, but is, is left out where it may be."""
    if value is None and shape.nullable:
        return None
    scalar = _SCALARS.get(shape.type)
    return _STRUCTURES[shape.type](value, shape) if scalar is None else scalar(value)


MALFORMED = "malformed"
"""Where a response that lists recipients keeps the entries that cannot be read."""


def conform_recipients(value: object, shape: Shape) -> object:
    """Check a success, with the entries of its recipients that cannot be read set aside.

    One malformed entry must not make the outcome for all others unknown.
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
                readable.append(conform(item, field.shape.of or ANYTHING))
            except InvalidResponse:
                malformed.append(item)
        body[field.name] = readable
    return cast("dict[str, object]", conform(body, shape)) | ({MALFORMED: malformed} if malformed else {})


def _lists_of_recipients(value: object, shape: Shape) -> list[Field]:
    body = _object(value)
    return [field for field in shape.fields if field.shape.recipients and isinstance(body.get(field.name), list)]


def _object(value: object) -> dict[str, object]:
    """Return an object of JSON; an empty one in place of anything else."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


# A code of success in an error: the service's own, and what such responses hold everywhere.
_SUCCESS_CODES = frozenset(("", "0", "200", *map(str, SUCCESS_CODES)))


def holds_error(value: object) -> bool:
    """Whether a response that looks like a success has an error beside it, in whatever form."""
    body = _object(value)
    return any(_is_error(body[name]) for name in _ERROR_NAMES & body.keys())


def _is_error(value: object) -> bool:
    if fields := _object(value):
        return "code" not in fields or _is_error(fields["code"])
    code = _code(value)
    return bool(value) and str(value if code is None else code).strip() not in _SUCCESS_CODES


def check_id(value: object) -> None:
    """Refuse an id that nothing can be looked up by: a response with such a one does not say what happened."""
    record = _object(value)
    for name in _IDS:
        found = record.get(name)
        if isinstance(found, str) and _ID.fullmatch(found) is None:
            raise InvalidResponse("is no id" if found else "is empty", name)


def _plain(name: str) -> str:
    """Return the name of a field in the one spelling of all that mean it."""
    return name.replace("_", "").lower()


# In any spelling, and in the plural.
_PROOFS = frozenset(spelling for name in map(_plain, PROOFS) for spelling in (name, f"{name}s"))


class ErrorDetail(NamedTuple):
    """What an error body says: the service's code, where that is a number, and its words."""

    code: int | None
    message: str
    in_error: bool  # whether it stood in the body's "error", and not beside other properties

    @property
    def has_code(self) -> bool:
        """Whether it has a code that is none of success."""
        return _is_error(self.code)

    @property
    def is_refusal(self) -> bool:
        """Whether it is one beside a success: known to the contract, or in the place of errors."""
        return self.code in ERRORS or (self.in_error and self.has_code)


def has_proof(value: object) -> bool:
    """Whether a body holds what the service gives only to a request that it carried out.

    So does any list, but one of refused recipients and nothing else.
    """
    left: list[object] = [value]
    while left:
        for name, each in _object(left.pop()).items():
            if _plain(name) in _PROOFS and _is_given(each):
                return True
            if isinstance(each, list):
                if name not in ERRORS_IN and not all(map(_is_refused, cast("list[object]", each))):
                    return True
            elif name not in MAPS:
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
    fields = _object(entry)
    return any(_is_error(fields[name]) for name in ERROR_CODES_IN & fields.keys())


def _is_given(value: object) -> bool:
    return bool(value.strip("0 ") if isinstance(value, str) else value)


def lists_recipients(value: object) -> bool:
    """Whether a body says of each recipient what happened to it, so that the error beside the list decides nothing."""
    body = _object(value)
    return any(body.get(name) for name in OUTCOMES_IN)


def error_detail(value: object) -> ErrorDetail | None:
    """Return the error in a body: ``{"error": {"code": …, "message": …}}``, or the same without the outer object."""
    body = _object(value)
    inner = body.get("error")
    if inner is None and "code" not in body:
        return None
    detail = body if inner is None else _object(inner) or {"code": inner, "message": inner}
    message = detail.get("message")
    return ErrorDetail(_code(detail.get("code")), message if isinstance(message, str) else "", inner is not None)


def _code(value: object) -> int | None:
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _conform_record(value: object, shape: Shape) -> object:
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
        if field.shape.type == "string" and type(item) is str:
            continue
        if item is None and not field.required and not field.shape.nullable:
            del record[name]
            continue
        try:
            record[name] = conform(item, field.shape)
        except InvalidResponse as unusable:
            raise unusable.inside(name) from None
    return record


def _conform_items(value: object, shape: Shape) -> object:
    if not isinstance(value, list):
        raise _wrong("a list", value)
    items = cast("list[object]", value)
    inner = shape.of or ANYTHING
    if inner.type == "object" and _are_plain(items, inner):
        return items
    for index, item in enumerate(items):
        try:
            items[index] = conform(item, inner)
        except InvalidResponse as unusable:
            raise unusable.inside(f"[{index}]") from None
    return items


def _are_plain(items: list[object], shape: Shape) -> bool:
    """Fast path: check that a thousand records hold texts and nothing else, all at once."""
    if set(map(type, items)) != {dict}:
        return False
    records = cast("list[dict[str, object]]", items)
    if set(map(type, chain.from_iterable(map(dict[str, object].values, records)))) != {str}:
        return False
    needed = {field.name for field in shape.fields if field.required}
    others = {field.name for field in shape.fields if field.shape.type != "string"}
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


def _conform_time(value: object, shape: Shape) -> object:
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


def _conform_map(value: object, shape: Shape) -> object:
    if not isinstance(value, dict):
        raise _wrong("an object", value)
    inner = shape.of or ANYTHING
    entries = cast("dict[str, object]", value)
    for name, item in list(entries.items()):
        if item is None and not inner.nullable:
            del entries[name]
            continue
        try:
            entries[name] = conform(item, inner)
        except InvalidResponse as unusable:
            # The names may say something about a person: not shown.
            raise unusable.inside("[…]") from None
    return entries


_SCALARS: Mapping[str, Callable[[object], object]] = {
    "string": _conform_text,
    "integer": _conform_integer,
    "boolean": _conform_boolean,
    "number": _conform_number,
    "texts": _conform_text_map,
    "anything": lambda value: value,
}
_STRUCTURES: Mapping[str, Callable[[object, Shape], object]] = {
    "array": _conform_items,
    "object": _conform_record,
    "map": _conform_map,
    "time": _conform_time,
}
_JSON_NAMES: Mapping[type[object], str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}


def _wrong(expected: str, value: object) -> InvalidResponse:
    return InvalidResponse(f"is {_JSON_NAMES.get(type(value), 'a number')}, not {expected}")
