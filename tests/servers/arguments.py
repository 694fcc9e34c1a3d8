"""Arguments for every operation of the contract, as scripts/demo takes them from its examples."""

from __future__ import annotations

import local_sandbox

from .contract import load_document

PNG = b"\x89PNG\r\n\x1a\n\x00\r\n--+++\r\n\x00"


def arguments_of(operation: str) -> dict[str, object]:
    """Return the arguments of the first example of an operation, in the order of its method; a file is a small PNG."""
    return local_sandbox.arguments_of(load_document(), operation, PNG)


def body_of(operation: str) -> object:
    """Return the body of that example; None where the operation has none."""
    return local_sandbox.body_of(load_document(), operation)
