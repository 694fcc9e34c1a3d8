"""Which operation a request of the generated calls belongs to, from its method and path."""

from __future__ import annotations

from jsms_client.errors import ArgumentError
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Operation
from jsms_runtime.validation import parse_id


def find_operation(method: str, path: str) -> Operation:
    """Return the operation of a request, from its method in capitals and its path with ids in it."""
    pieces = path.split("/")
    # Those without ids first: "/schedule/batch" is no schedule.
    for operation in sorted(OPERATIONS.values(), key=lambda each: "{" in each.path):
        template = operation.path.split("/")
        if operation.method == method and len(template) == len(pieces):
            ids = {name: piece for name, piece in zip(template, pieces, strict=True) if name != piece}
            if all(name.startswith("{") for name in ids):
                for name, piece in ids.items():
                    _check_id(name.strip("{}"), piece, path, operation)
                return operation
    raise ArgumentError("the contract has no operation with this method and path")


def _check_id(name: str, piece: str, path: str, operation: Operation) -> None:
    if any(path == each.path for each in OPERATIONS.values()):
        raise ArgumentError(f"{name} is not an id: {path} is another operation", operation=operation.id)
    try:
        parse_id(piece, name)
    except ArgumentError as error:
        error.operation = operation.id
        raise
