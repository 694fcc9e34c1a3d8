"""The contract's example as the response of an operation that the sandbox does not model."""

from __future__ import annotations

import json

from jsms_sandbox.service.limits import check_magic_number
from jsms_sandbox.service.request import AuthorizedRequest
from jsms_sandbox.service.response import JSON_HEADERS, Answer, json_bytes
from jsms_sandbox.state.state import State


def answer_with_example(_state: State, request: AuthorizedRequest) -> Answer:
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
        return Answer(operation.status)
    return Answer(operation.status, json_bytes(json.loads(success)), JSON_HEADERS)
