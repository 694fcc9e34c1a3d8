"""Results: the values of a checked response, and a repr that can be logged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import datetime
from enum import Enum
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NamedTuple, TypeVar, cast

from jsms_runtime.errors import APIError
from jsms_runtime.redaction import mask_mobile, mask_text
from jsms_runtime.times import parse_time

MOBILE: Final = {"show": "number"}
"""Metadata of a field that holds a phone number."""

SECRET: Final = {"show": "nothing"}
"""Metadata of a field that holds message parameters or a text of a person's."""

TEXT: Final = {"show": "words"}
"""Metadata of a field that holds the service's own words, which may name a number."""

_SHOWN_ITEMS = 3


class Result:
    """The base of every result: a repr that can be logged."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    if not TYPE_CHECKING:  # pragma: no branch
        # Out of sight of type checkers, for which a class with this method has every attribute there is.
        def __getattr__(self, name: str) -> object:
            """Return a field that has its default: results of a batch do not keep it a thousand times."""
            found = self.__dataclass_fields__.get(name)
            if found is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return found.default if found.default_factory is MISSING else found.default_factory()

    def __repr__(self) -> str:
        """Return the fields, with numbers masked and texts left out."""
        shown = (_show(self, field, getattr(self, field.name)) for field in fields(self))
        return f"{type(self).__name__}({', '.join(text for text in shown if text)})"


def _show(result: Result, field: Field[object], value: object) -> str:
    if field.name == "extra":
        # The service's newest fields may hold anything: their names only.
        names = cast("Mapping[str, object]", value)
        return f"extra={{{', '.join(f'{name!r}: …' for name in names)}}}" if names else ""
    how = field.metadata.get("show")
    if how == "nothing" and value is not None:
        return f"{field.name}=…"
    if how == "number":
        value = _masked(value, mask_mobile)
    if how == "words":
        value = _masked(value, lambda text: mask_text(text, _hidden(result)))
    if isinstance(value, datetime):
        return f"{field.name}={value.isoformat()}"
    if isinstance(value, tuple):
        return f"{field.name}=({_some(cast('tuple[object, ...]', value))})"
    return f"{field.name}={value!r}"


def _masked(value: object, mask: Callable[[str], str]) -> object:
    """Return a text, or every text in a list or a map, with what must not be shown masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, tuple):
        return tuple(_masked(item, mask) for item in cast("tuple[object, ...]", value))
    if isinstance(value, Mapping):
        return {name: _masked(item, mask) for name, item in cast("Mapping[str, object]", value).items()}
    return value


def _hidden(result: Result) -> Iterator[str]:
    """Yield what the service's words may not repeat: the texts of the fields that are left out."""
    for each in fields(result):
        value: object = getattr(result, each.name)
        if each.metadata.get("show") == "nothing" and isinstance(value, Mapping):
            yield from cast("Mapping[str, str]", value).values()


def _some(items: tuple[object, ...]) -> str:
    """Show the first items: a batch has up to a thousand."""
    if len(items) == 1:
        return f"{items[0]!r},"
    more = len(items) - _SHOWN_ITEMS
    return ", ".join((*map(repr, items[:_SHOWN_ITEMS]), *([f"… {more} more"] if more > 0 else [])))


T = TypeVar("T")
E = TypeVar("E", bound=Enum)
R = TypeVar("R", bound=Result)
R_co = TypeVar("R_co", bound=Result, covariant=True)
# Of any digits, so that a code that comes one day is read too.
_LONGEST_CODE = 9


def known(kind: type[E], value: Any) -> Any:
    """Return the member of an open set, or the value that this version does not know."""
    try:
        return kind(value)
    except ValueError:
        return value


def error_code(value: object, success: Container[int]) -> tuple[int | None, str | None]:
    """Return the code of a refused recipient, or what is there instead of one; neither for an accepted one."""
    text = "" if value is None else str(value).strip()
    if text in ("", "0"):
        return None, None
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_CODE):
        return None, str(value)
    code = int(text)
    return (None, None) if code in success else (code, None)


def take_error_code(body: dict[str, Any], name: str, success: Container[int]) -> int | None:
    """Return the error code of a recipient; one that is no number stays in the body, for ``extra``."""
    code, unread = error_code(body.pop(name, None), success)
    if unread is not None:
        body[name] = unread
    return code


def take_times(body: dict[str, Any], name: str, read: Callable[[Any], T]) -> T | None:
    """Return what is read of a list or map of times; where one is none, all stays in the body, for ``extra``."""
    value: object = body.pop(name, None)
    if value is None:
        return None
    try:
        return read(value)
    except ValueError:
        body[name] = value
        return None


def take_time(body: dict[str, Any], name: str) -> datetime | None:
    """Return a time; a value that is none stays in the body, for ``extra``."""
    return take_times(body, name, parse_time)


def read_outcomes(
    items: list[dict[str, Any]], kind: type[R], read: Callable[[dict[str, Any]], R], names: dict[str, str]
) -> tuple[R, ...]:
    """Return what happened to each recipient of a batch; all at once where every one was accepted.

    Args:
        items: The checked JSON of each.
        kind: The class of a result.
        read: Reads one.
        names: What an accepted recipient has and nothing else: names in the response, each to its attribute. The last
            one is the id, which some refused recipients have, but empty.
    """
    usual = set[str]().union(*items) == names.keys() and set(map(len, items)) == {len(names)}
    values = {attribute: [*map(itemgetter(name), items)] for name, attribute in names.items()} if usual else {}
    usual = usual and all([*values.values()][-1])
    return tuple(_accepted(len(items), kind, values) if usual else map(read, items))


def _accepted(number: int, kind: type[R], values: Mapping[str, list[Any]]) -> list[R]:
    """Return the same as reading each by itself, without what a frozen dataclass does with each field."""
    made = [*map(cast("Callable[[type[R]], R]", object.__new__), repeat(kind, number))]
    for each in fields(kind):
        if each.name in values or (each.default is MISSING and each.default_factory is MISSING):
            put: Callable[[R, object], None] = getattr(kind, each.name).__set__
            deque(map(put, made, values.get(each.name, repeat(True))), maxlen=0)
    return made


MALFORMED: Final = ""
"""The name under which a record that cannot be read carries its `MalformedRecord`."""


@dataclass(frozen=True, slots=True, repr=False)
class MalformedRecord(Result):
    """A record that is not what the contract says.

    The service hands out each record once, so it is kept as it came rather than lost, and costs none of the others.

    Attributes:
        problem: What is wrong with it.
        raw: What the service sent.
    """

    problem: str
    raw: object = field(hash=False, metadata=SECRET)


class Records(list[T]):
    """What one poll handed out: a list, and beside it whatever could not be read.

    Attributes:
        malformed: The records that are not what the contract says; nearly always empty.
    """

    malformed: tuple[MalformedRecord, ...]

    def __init__(self, records: Iterable[T] = (), malformed: Iterable[MalformedRecord] = ()) -> None:
        super().__init__(records)
        self.malformed = tuple(malformed)


def read_records(response: object, read: Callable[[dict[str, Any]], T]) -> Records[T]:
    """Return what one poll handed out."""
    whole: list[T] = []
    malformed: list[MalformedRecord] = []
    for record in cast("list[dict[str, Any]]", response):
        mark: object = record.get(MALFORMED)
        if isinstance(mark, MalformedRecord):
            malformed.append(mark)
        else:
            whole.append(read(record))
    return Records(whole, malformed)


class EventKind(NamedTuple, Generic[R_co]):
    """How the records of one type of callback are read.

    Attributes:
        model: The name of their model in ``jsms_callbacks``.
        read: Makes the event of a checked record.
        times: Fields that are times: an event counts whether or not its time can be read.
        absent: Fields that may be null, and may be left out as well.
        empty: Texts of a person; null is an empty one.
    """

    model: str
    read: Callable[[dict[str, Any]], R_co]
    times: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()


def refused_error(
    kind: type[APIError], code: int | None, message: str | None, temp_para: Mapping[str, str] | None = None
) -> APIError:
    """Return the exception for a refused recipient; the service's words may repeat the recipient's parameters."""
    name = kind.info.name if kind.info is not None else None
    words = (
        mask_text(message, (temp_para or {}).values())
        if message
        else (kind.info.message if kind.info is not None else "refused")
    )
    return kind(words, code=code, name=name)
