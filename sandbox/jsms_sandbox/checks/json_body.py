"""JSON as the service can only have meant it: UTF-8, an object, no name twice, nothing that Python alone would read."""

from __future__ import annotations

import json
from typing import Any, NoReturn, cast

from ..refusal import Refusal

INVALID_BODY = 50007


def read_json(body: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        Refusal: The body is something else (50007).
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        _refuse("The body is not UTF-8.")
    except UnicodeEncodeError:
        _refuse("A text holds half of a surrogate pair.")
    except RecursionError:
        _refuse("The JSON is nested too deep.")
    except ValueError as error:
        _refuse("The body is not JSON: %s.", error)
    if not isinstance(value, dict):
        _refuse("The body must be a JSON object.")
    return cast("dict[str, Any]", value)


def _refuse(hint: str, *values: object) -> NoReturn:
    raise Refusal(INVALID_BODY, "body", hint, *values) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in an object")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)
