"""Arguments for every operation of the contract, made from the contract's own demonstration."""

from __future__ import annotations

import demonstration

from .contract import load_document

PNG = b"\x89PNG\r\n\x1a\n\x00\r\n--+++\r\n\x00"


def arguments_of(operation: str) -> dict[str, object]:
    """Return the arguments of the first example of an operation, in the order of its method; a file is a small PNG."""
    return demonstration.arguments_of(load_document(), operation, PNG)


def body_of(operation: str) -> object:
    """Return the body of that example; None where the operation has none."""
    return demonstration.body_of(load_document(), operation)
