"""JSON lines: an object in each line, or a number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import cast

from jsms_client.campaigns._errors import BadLine, CampaignInputError
from jsms_client.campaigns._inputs.delimited import Entry, find_mobile
from jsms_runtime.recipients import RecipientLike

_PARAMETERS = "temp_para"


def read_json_lines(lines: Iterator[tuple[int, str | BadLine]], mobile_key: str | None) -> Iterator[Entry]:
    """Every entry: ``{"mobile": …, "temp_para": {…}}``, ``{"mobile": …, "name": …}`` or a number alone.

    Args:
        lines: The lines, each with its number.
        mobile_key: The name of the field with the number; None to find out.
    """
    for number, line in lines:
        if isinstance(line, BadLine):
            yield number, line
        elif line.strip():
            yield number, _read(number, line, mobile_key)


class _RepeatedFieldError(ValueError):
    """A field is in an object more than once."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _RepeatedFieldError
    return fields


def _read(number: int, line: str, mobile_key: str | None) -> RecipientLike | BadLine:
    try:
        value: object = json.loads(line, object_pairs_hook=_object)
    except _RepeatedFieldError:
        return BadLine(number, "a field is in it more than once")
    except ValueError as error:
        # Only its words: the error itself holds the line.
        return BadLine(number, f"it is not JSON ({getattr(error, 'msg', 'a number too long')})")
    except RecursionError:
        return BadLine(number, "it is not JSON that can be read: nested too deep")
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return (cast("str", value), None)
    if not isinstance(value, dict):
        return BadLine(number, "it is neither an object nor a number")
    fields = cast("dict[str, object]", value)
    names = list(fields)
    try:
        place = find_mobile(names, mobile_key)
    except CampaignInputError as error:
        return BadLine(number, error.message)
    if place is None:
        return BadLine(number, "no field of it is known to have the number: call it mobile")
    mobile = fields.pop(names[place])
    if _PARAMETERS not in fields:
        return {"mobile": mobile, "temp_para": fields or None}
    parameters = fields.pop(_PARAMETERS)
    if fields:
        return BadLine(number, "it has temp_para and other fields beside it; put all parameters into one place")
    return {"mobile": mobile, "temp_para": parameters}
