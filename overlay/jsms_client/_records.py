"""Read records that the service hands out once: whatever can be read is kept.

One record that is not what the contract says must not cost the others, nor be lost itself.
"""

from __future__ import annotations

import json
import re
from typing import cast

from jsms_client._decode import InvalidResponse, conform
from jsms_runtime.operation import Items, Record, Time
from jsms_runtime.results import MALFORMED, MalformedRecord

_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def read_records(content: bytes, shape: Items) -> list[object] | None:
    """Every record of a list, those that cannot be read marked as such.

    Returns:
        The records as the generated models take them; None where the body is not the beginning of a list.
    """
    if not isinstance(shape.of, Record):
        return None
    # Half a character in one text (an emoji cut in two) is no reason to lose the rest.
    text = content.decode("utf-8-sig", "replace").strip()
    if not text.startswith("["):
        return None
    items, rest = _items(text)
    records = [_read(item, shape.of) for item in items]
    if rest:
        records.append(_marked("the response goes on with something that is no record, or is cut off", rest, shape.of))
    return records


def _items(text: str) -> tuple[list[object], str]:
    """Return the items of a list, and what follows the last one that is whole."""
    try:
        return cast("list[object]", _DECODER.decode(text)), ""
    except (ValueError, RecursionError):
        items: list[object] = []
        place = 1
    while True:
        gap = _BETWEEN.match(text, place)
        place = gap.end() if gap is not None else place
        try:
            item, place = cast("tuple[object, int]", _DECODER.raw_decode(text, place))
        except (ValueError, RecursionError):
            return items, text[place:].removeprefix("]").strip()
        items.append(item)


def _read(item: object, shape: Record) -> object:
    if not isinstance(item, dict):
        return _marked("it is no object", item, shape)
    raw = cast("dict[str, object]", item)
    record = {_whole(name): value for name, value in raw.items()}
    for field in shape.fields:
        value = record.get(field.name)
        if isinstance(field.shape, Time):
            # Read, or kept as it came, where the result is made.
            record[field.name] = value
            continue
        if value is None and not field.required:
            record.pop(field.name, None)
            continue
        if field.name not in record:
            return _marked(f"{field.name} is missing", raw, shape)
        try:
            fitted = conform(value, field.shape)
        except InvalidResponse as unusable:
            return _marked(f"{field.name} {unusable}", raw, shape)
        record[field.name] = _whole(fitted) if isinstance(fitted, str) else fitted
    return record


def _whole(text: str) -> str:
    """Return the text without halves of characters, which could never be written again."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _marked(problem: str, raw: object, shape: Record) -> dict[str, object]:
    return {**dict.fromkeys(field.name for field in shape.fields), MALFORMED: MalformedRecord(problem, raw)}
