"""Why a recipient was refused, as the exception that the same refusal would raise for a single send."""

from __future__ import annotations

from collections.abc import Mapping

from jsms_runtime.errors import APIError
from jsms_runtime.redaction import mask_text


def refused_error(
    kind: type[APIError], code: int | None, message: str | None, temp_para: Mapping[str, str] | None = None
) -> APIError:
    """The exception for a refused recipient, ready to be raised, logged or compared by class.

    Args:
        kind: The class of the code.
        code: The error code; None where the service gave none that can be read.
        message: The service's words; None where there are none.
        temp_para: The recipient's parameters, which the words may repeat; None where they are not known.
    """
    name = kind.info.name if kind.info is not None else None
    words = (
        mask_text(message, (temp_para or {}).values())
        if message
        else (kind.info.message if kind.info is not None else "refused")
    )
    return kind(words, code=code, name=name)


__all__ = ["refused_error"]
