"""Why a recipient was refused, as the exception that the same refusal would raise for a single send."""

from __future__ import annotations

from jsms_client.redaction import mask_text
from jsms_contract.base import APIError
from jsms_contract.errors import error_class

_SUCCESS_STATUS = 200


def refused_error(code: int | None, message: str | None) -> APIError:
    """The exception for a refused recipient, ready to be raised, logged or compared by class.

    Args:
        code: The error code; None where the service gave none that can be read.
        message: The service's words; None where there are none.
    """
    kind = error_class(code, _SUCCESS_STATUS)
    name = kind.info.name if kind.info is not None else None
    words = mask_text(message) if message else (kind.info.message if kind.info is not None else "refused")
    return kind(words, code=code, name=name)


__all__ = ["refused_error"]
