"""Texts: fill templates, check words and lengths, count billed SMS, and validate the text of a template."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from jsms_contract.billing import OPT_OUT_SUFFIX, PART_CHARACTERS, SMS_CHARACTERS
from jsms_contract.codes import (
    CONTENT_CONTAINS_SPECIAL_SYMBOL,
    HAS_BLACK_WORD,
    INVALID_CODE_LENGTH,
    PARAMETERS_IS_EMPTY,
    PARAMETERS_NOT_ALL_REPLACED,
    SPECIAL_TEMPLATE_PARAMETER_NEEDS_REMARK,
    TEMPLATE_CONTAINS_SPECIAL_SYMBOL,
    TEMPLATE_PARAMETER_INVALID,
    TEMPLATE_TOO_LONG,
)
from jsms_contract.limits import TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH
from jsms_contract.values import TEMPLATE_TYPE_MARKETING, TEMPLATE_TYPE_VERIFICATION_CODE
from jsms_sandbox.service.request import Refusal
from jsms_sandbox.state.entities import App, Sign

RESERVED = frozenset("【】")


def check_values(values: Iterable[str]) -> None:
    """Check that no value holds a reserved symbol.

    Raises:
        Refusal: One does (50054).
    """
    for value in values:
        if not RESERVED.isdisjoint(value):
            raise Refusal(
                CONTENT_CONTAINS_SPECIAL_SYMBOL,
                "content",
                "【 and 】 are kept for the signature; take them out of temp_para.",
            )


def check_words(app: App, text: str) -> None:
    """Check that a text holds no blocked word.

    Raises:
        Refusal: It does (50037).
    """
    for word in app.words:
        if word in text:
            raise Refusal(HAS_BLACK_WORD, "content", "The text holds the blocked word %s.", word)


def check_length(text: str) -> None:
    """Check that a whole text is not too long.

    Raises:
        Refusal: It is (50038).
    """
    size = length(text)
    if size > TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH:
        raise Refusal(
            INVALID_CODE_LENGTH,
            "content",
            "With signature and opt-out text it has %s characters, more than %s.",
            size,
            TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH,
        )


VARIABLE = re.compile(r"\{\{([0-9A-Za-z]+)\}\}", re.ASCII)


@functools.lru_cache(maxsize=1024)
def variables(template: str) -> tuple[str, ...]:
    """Find the names of a template's variables, each once, in order."""
    return tuple(dict.fromkeys(VARIABLE.findall(template)))


def fill(template: str, parameters: Mapping[str, str] | None) -> str:
    """Fill in the variables of a template.

    Raises:
        Refusal: There are no parameters or an empty value (50023), or one is missing (50022).
    """
    names = variables(template)
    if not names:
        return template
    if not parameters:
        raise Refusal(PARAMETERS_IS_EMPTY, "parameters", "The template needs temp_para with %s.", ", ".join(names))
    for name in names:
        if parameters.get(name) == "":
            raise Refusal(PARAMETERS_IS_EMPTY, "parameters", "The value of %s in temp_para is empty.", name)
    for name in names:
        if name not in parameters:
            raise Refusal(PARAMETERS_NOT_ALL_REPLACED, "parameters", "temp_para has no value for %s.", name)
    return VARIABLE.sub(lambda match: parameters[match[1]], template)


def full_text(sign: str, body: str, *, marketing: bool) -> str:
    """Make the text as a phone shows it: signature in front, opt-out text at the end of marketing."""
    return f"【{sign}】{body}{OPT_OUT_SUFFIX if marketing else ''}"


def length(text: str) -> int:
    """Count UTF-16 units, as carriers do: an emoji is two or more, and a line break two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + text.count("\n")


def segments(text: str) -> int:
    """Count the SMS that a text is billed as: one for a short text, above that one for each part of it."""
    size = length(text)
    return 1 if size <= SMS_CHARACTERS else -(-size // PART_CHARACTERS)


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
    if kind == TEMPLATE_TYPE_VERIFICATION_CODE and names != ["code"]:
        raise Refusal(
            TEMPLATE_PARAMETER_INVALID, "template text", "A code template has exactly one variable, {{code}}."
        )
    if LINK_VARIABLE in names and not LINK.search(remark):
        raise Refusal(
            SPECIAL_TEMPLATE_PARAMETER_NEEDS_REMARK,
            "template text",
            "The template has {{url}}: write the link into remark.",
        )
    check_words(app, text)
    size = length(full_text(sign.sign, text, marketing=kind == TEMPLATE_TYPE_MARKETING))
    if size > TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH:
        raise Refusal(
            TEMPLATE_TOO_LONG,
            "template text",
            "With signature and opt-out text it has %s characters, more than %s.",
            size,
            TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH,
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
