"""The client for generated functions: everything but sending, and how to find their operations."""

from __future__ import annotations

from typing import NoReturn

from jsms_api.client import AuthenticatedClient
from jsms_client.errors import ArgumentError, ConfigurationError
from jsms_contract.operations import OPERATIONS
from jsms_runtime.operation import Operation
from jsms_runtime.validation import parse_id


class APIClientBase(AuthenticatedClient):
    """A generated client that leaves credentials, timeouts and connections to the client it belongs to."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url=base_url, token="")

    def __repr__(self) -> str:
        """Return the address, and nothing that opens an account."""
        return f"<{type(self).__name__} {self._base_url}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, as the client does."""
        raise TypeError("the api of a client belongs to its connections and cannot be pickled; make a client there")

    def _refuse(self, *_given: object, **_named: object) -> NoReturn:
        """Not here: make a client with timeout or http_client."""
        raise ConfigurationError(
            "headers, cookies, timeouts and connections belong to the client: make one with timeout or http_client"
        )

    with_headers = with_cookies = with_timeout = set_httpx_client = set_async_httpx_client = _refuse


def wrong_kind() -> ConfigurationError:
    """Return the error for a generated function of the other kind."""
    return ConfigurationError(
        "functions named sync… take the api of a JSMS, functions named asyncio… that of an AsyncJSMS"
    )


def find_operation(method: str, path: str) -> Operation:
    """Return the operation of a request, from its method in capitals and its path with ids in it.

    Raises:
        ArgumentError: An id is empty or is not one, or the contract has no such operation.
    """
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
