"""What existing clients send although the service does not document it.

By default each of these works and leaves a warning on the request's entry in the journal; ``--strict`` refuses it.
"""

from __future__ import annotations

from enum import Enum

from jsms_sandbox.service.refusal import Hint, Refusal
from jsms_sandbox.service.request import Request


class Leniency(Enum):
    """Everything that is tolerated, with the warning it leaves."""

    CONTENT_TYPE = "The Content-Type of a JSON body should be application/json."
    INTEGER_TEXT = "An integer, such as temp_id or ttl, should be a JSON number, not a text."
    TEXT_NUMBER = "A text, such as mobile or code, should be a JSON text, not a number."
    TEMP_PARA_LIST = "temp_para should be an object; an empty list was read as an empty one."
    TEMP_PARA_NUMBER = "The values of temp_para should be texts, not numbers."
    NULL_FIELD = "A field that is not given should be left out, not null or empty."
    SIGN_SLASH = "The path should be /v1/sign, without a slash at its end."
    UNUSED_FIELD = "ttl counts for a code template alone; out of range, it should be left out of any other."
    MULTIPART_SPACING = "The multipart Content-Type has a space before its semicolon, or a boundary that needs quotes."
    OLD_SIGN_FORM = (
        "The form is from before September 2025 (images as image0 or images); newer fields were not asked for."
    )
    HEAD_ROOT = "HEAD / is not part of the API; some clients send it first."
    BODY_WITHOUT_NEED = "A GET or DELETE should have no body; it was ignored."


def tolerate(
    request: Request, leniency: Leniency, code: int, check: str, *, allow: tuple[str, ...] | None = None
) -> None:
    """Warn of a leniency, or refuse it where the sandbox is strict.

    Args:
        request: The request.
        leniency: What it needs to be let through.
        code: The code of the refusal.
        check: The check that refuses it.
        allow: The methods that a refusal with 405 names.

    Raises:
        Refusal: The sandbox is strict.
    """
    if request.strict:
        raise Refusal(
            code, check, "%s Refused because the sandbox runs with --strict.", Hint(leniency.value), allow=allow
        )
    request.warn(leniency.value)
