"""What a template is made of, checked."""

from __future__ import annotations

from typing import NamedTuple

from jsms_api.models.template_type import TemplateType
from jsms_client.arguments import refusal
from jsms_client.values import read_choice, read_number, read_text
from jsms_contract import limits


class TemplateText(NamedTuple):
    """The checked parts of a template.

    Attributes:
        template: The text.
        type: What it is for.
        ttl: How long a code lives, in seconds.
        remark: The note for the reviewers.
    """

    template: str
    type: int
    ttl: int | None
    remark: str | None


def read(template: object, type_: object, ttl: object, remark: object) -> TemplateText:
    """Check the parts of a template.

    Raises:
        ArgumentError: One of them is not what the contract allows, or ``ttl`` is missing where it is needed.
    """
    text = read_text(
        template,
        "template",
        shortest=limits.TEMPLATE_REQUEST_TEMPLATE_MIN_LENGTH,
        longest=limits.TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH,
    )
    kind = read_choice(
        type_,
        "type",
        TemplateType,
        smallest=limits.TEMPLATE_REQUEST_TYPE_MINIMUM,
        largest=limits.TEMPLATE_REQUEST_TYPE_MAXIMUM,
    )
    if ttl is None and kind in limits.TEMPLATE_REQUEST_TTL_NEEDED_WHEN_TYPE:
        raise refusal(
            "ttl",
            f"is missing, and a template of type {kind} ({TemplateType(kind).name}) needs it",
            "say how many seconds a code lives",
        )
    seconds = (
        None
        if ttl is None
        else read_number(
            ttl,
            "ttl",
            smallest=limits.TEMPLATE_REQUEST_TTL_MINIMUM,
            largest=limits.TEMPLATE_REQUEST_TTL_MAXIMUM,
            unit=" seconds",
        )
    )
    note = None if remark is None else read_text(remark, "remark", longest=limits.TEMPLATE_REQUEST_REMARK_MAX_LENGTH)
    return TemplateText(text, kind, seconds, note)


__all__ = ["TemplateText", "read"]
