"""The contract's examples as responses, or parts of one, that the sandbox does not model."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, cast

from jsms_runtime.operation import Shape
from jsms_sandbox.service.request import CheckedRequest
from jsms_sandbox.service.response import JSON_HEADERS, Response, json_bytes
from jsms_sandbox.service.send_checks import check_magic_number
from jsms_sandbox.state.state import State


def respond_with_example(_state: State, request: CheckedRequest) -> Response:
    """Respond with the contract's example to a request that passed every check.

    Raises:
        Refusal: A magic number asks for a code of the operation.
    """
    operation = request.operation
    for field in operation.fields:
        mobile = request.fields.get(field.name)
        if field.kind == "mobile" and isinstance(mobile, str):
            check_magic_number(request, mobile, operation.codes)
    request.warn(
        "The sandbox does not model %s: the response is the contract's example, and nothing was changed.", operation.id
    )
    success = operation.rules.success
    if success is None:
        return Response(operation.status)
    return Response(operation.status, json_bytes(json.loads(success)), JSON_HEADERS)


def with_required_fields(request: CheckedRequest, response: Response) -> Response:
    """Add what the contract requires of a response and the sandbox does not know, from the contract's example."""
    operation = request.operation
    if response.value is None or operation.response is None:
        return response
    added: list[str] = []
    _add(operation.response, response.value, _example(operation.rules.success or "null"), "", added)
    if not added:
        return response
    for name in dict.fromkeys(added):
        request.warn(
            "The sandbox does not model the field %s of the response: its value is the contract's example.", name
        )
    return Response(response.status, json_bytes(response.value), response.headers)


@functools.lru_cache(maxsize=256)
def _example(success: str) -> object:
    return json.loads(success)


def _add(shape: Shape, value: object, example: object, place: str, added: list[str]) -> None:
    if shape.type == "object" and isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        shown: Mapping[str, object] = cast("Any", example) if isinstance(example, dict) else {}
        for field in shape.fields:
            if field.name in fields:
                _add(field.shape, fields[field.name], shown.get(field.name), f"{place}{field.name}.", added)
            elif field.required and field.name in shown:
                fields[field.name] = shown[field.name]
                added.append(f"{place}{field.name}")
    elif shape.type == "array" and shape.of is not None and isinstance(value, list):
        shown_items: list[object] = cast("Any", example) if isinstance(example, list) else []
        for item in cast("list[object]", value):
            _add(shape.of, item, shown_items[0] if shown_items else None, place, added)
