"""What a template's text may hold: 50052, 50044, 50053, 50037, 50043."""

from __future__ import annotations

import re

from ..contract import text_limit
from ..refusal import Refusal
from ..segments import full_text, length
from ..state.entities import CODE, MARKETING, App, Sign
from .content import RESERVED, check_words
from .parameters import VARIABLE

TEMPLATE_TOO_LONG, TEMPLATE_PARAMETER_INVALID = 50043, 50044
TEMPLATE_CONTAINS_SPECIAL_SYMBOL, LINK_NEEDS_REMARK = 50052, 50053
LINK_VARIABLE = "url"
LINK = re.compile(r"https?://|[0-9a-z-]+\.[a-z]{2,}", re.IGNORECASE | re.ASCII)


def check_template_text(app: App, sign: Sign, text: str, kind: int, remark: str) -> None:
    """Check a template that is to be reviewed.

    Raises:
        Refusal: It breaks a rule.
    """
    if not RESERVED.isdisjoint(text):
        raise Refusal(
            TEMPLATE_CONTAINS_SPECIAL_SYMBOL,
            "template text",
            "【 and 】 are kept for the signature, which is put in front.",
        )
    names = _variables(text)
    if kind == CODE and names != ["code"]:
        raise Refusal(
            TEMPLATE_PARAMETER_INVALID, "template text", "A code template has exactly one variable, {{code}}."
        )
    if LINK_VARIABLE in names and not LINK.search(remark):
        raise Refusal(LINK_NEEDS_REMARK, "template text", "The template has {{url}}: write the link into remark.")
    check_words(app, text)
    size = length(full_text(sign.sign, text, marketing=kind == MARKETING))
    if size > text_limit():
        raise Refusal(
            TEMPLATE_TOO_LONG,
            "template text",
            "With signature and opt-out text it has %s characters, more than %s.",
            size,
            text_limit(),
        )


def _variables(text: str) -> list[str]:
    rest = VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Refusal(
            TEMPLATE_PARAMETER_INVALID,
            "template text",
            "Write variables as {{name}}, names of Latin letters and digits.",
        )
    return VARIABLE.findall(text)
