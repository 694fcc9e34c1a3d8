"""What the contract says, as data: operations with their arguments, error codes, and the OpenAPI document."""

from __future__ import annotations

from typing import Final, Literal

from jsms_contract.errors import ERRORS
from jsms_contract.fields import ARGUMENTS
from jsms_contract.limits import SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS, SERVER_URL
from jsms_contract.operations import OPERATIONS
from jsms_runtime.errors import ErrorInfo
from jsms_runtime.operation import Argument, Operation

BASE_URL: Final = SERVER_URL
"""The address of the service."""
MOST_RECIPIENTS: Final = SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS
"""How many recipients one request takes."""


def openapi(format: Literal["yaml", "json"] = "yaml") -> str:  # noqa: A002 - the word for it
    """Return the OpenAPI 3.1 document that the client is made from.

    Args:
        format: How it is written.
    """
    from importlib.resources import files  # noqa: PLC0415 - a program that sends needs none of it

    return (files("jsms_contract") / f"openapi.{format}").read_text(encoding="utf-8")


__all__ = [
    "ARGUMENTS",
    "BASE_URL",
    "ERRORS",
    "MOST_RECIPIENTS",
    "OPERATIONS",
    "Argument",
    "ErrorInfo",
    "Operation",
    "openapi",
]
