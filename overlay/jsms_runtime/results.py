"""What the repr of a result shows: numbers masked, and nothing of what was written to or by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, fields
from datetime import datetime
from typing import ClassVar, Final, cast

from jsms_runtime.redaction import mask_mobile, mask_text

NUMBER: Final = {"show": "number"}
"""Metadata of a field that holds a phone number."""

HIDDEN: Final = {"show": "nothing"}
"""Metadata of a field that holds message parameters or a text of a person's."""

WORDS: Final = {"show": "words"}
"""Metadata of a field that holds the service's own words, which may name a number."""

_SHOWN_ITEMS = 3


class Result:
    """The base of every result: a repr that can be logged."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    def __repr__(self) -> str:
        """The fields, with numbers masked and texts left out."""
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
    """A text, or every text in a list or a map, with what must not be shown masked."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, tuple):
        return tuple(_masked(item, mask) for item in cast("tuple[object, ...]", value))
    if isinstance(value, Mapping):
        return {name: _masked(item, mask) for name, item in cast("Mapping[str, object]", value).items()}
    return value


def _hidden(result: Result) -> Iterator[str]:
    """What the service's words may not repeat: the texts of the fields that are left out."""
    for field in fields(result):
        value: object = getattr(result, field.name)
        if field.metadata.get("show") == "nothing" and isinstance(value, Mapping):
            yield from cast("Mapping[str, str]", value).values()


def _some(items: tuple[object, ...]) -> str:
    """A batch has up to a thousand."""
    if len(items) == 1:
        return f"{items[0]!r},"
    more = len(items) - _SHOWN_ITEMS
    return ", ".join((*map(repr, items[:_SHOWN_ITEMS]), *([f"… {more} more"] if more > 0 else [])))


__all__ = ["HIDDEN", "NUMBER", "WORDS", "Result"]
