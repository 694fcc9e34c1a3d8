"""Which operation of the contract a request is: from what the generated functions hand to their HTTP client."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jsms_client.errors import ArgumentError
from jsms_runtime.operation import Operation

# What an id is made of. Anything else, quoted or not, could lead to another path on the way to the service.
_ID = re.compile(r"[A-Za-z0-9._~-]+")


class Routes:
    """The operations of a contract, found by method and path.

    Args:
        operations: The contract's operations.
    """

    __slots__ = ("_fixed", "_templates")

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._templates: list[tuple[str, list[str], Operation]] = []
        for operation in operations.values():
            if "{" in operation.path:
                self._templates.append((operation.method, operation.path.split("/"), operation))
            else:
                self._fixed[operation.method, operation.path] = operation

    def find(self, method: str, path: str) -> Operation:
        """Return the operation of a request.

        Args:
            method: The HTTP method, in capitals.
            path: The path below the base URL, with ids in it.

        Raises:
            ArgumentError: An id is empty or is not one, or the contract has no such operation.
        """
        operation = self._fixed.get((method, path))
        if operation is not None:
            return operation
        pieces = path.split("/")
        for allowed, template, candidate in self._templates:
            if allowed == method and len(template) == len(pieces):
                ids = {name: piece for name, piece in zip(template, pieces, strict=True) if name != piece}
                if all(name.startswith("{") for name in ids):
                    for name, piece in ids.items():
                        self._check_id(name.strip("{}"), piece, path, candidate)
                    return candidate
        raise ArgumentError("the contract has no operation with this method and path")

    def _check_id(self, name: str, piece: str, path: str, operation: Operation) -> None:
        if not piece:
            raise ArgumentError(f"{name} is empty", operation=operation.id)
        # "/schedule/batch" is the path of another operation, whatever the method.
        taken = any(path == fixed for _, fixed in self._fixed)
        if taken or piece.strip(".") == "" or not _ID.fullmatch(piece):
            raise ArgumentError(f"{name} is not an id: it may have letters, digits and hyphens", operation=operation.id)
