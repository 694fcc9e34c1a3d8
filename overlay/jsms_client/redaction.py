"""What may be shown of a number, a code or a secret: in logs, in reprs and in exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterable

# In this order: the first that fits at a place is what is masked there.
_PATTERNS = (
    r"(?P<scheme>\b(?:Basic|Bearer)) +[^\s\"',;<>]+",
    # A mainland number, written together or in the usual groups, with or without the country code.
    r"(?<!\d)(?:\+?86[ -]?)?(?P<first>1\d{2})[ -]?\d{4}[ -]?(?P<last>\d{4})(?!\d)",
    # Keys and secrets of JSMS: 24 hexadecimal characters in every published example.
    r"\b[0-9A-Fa-f]{20,}\b",
)
_PERSONAL = re.compile("|".join(_PATTERNS), re.IGNORECASE)
# And anything else that could be a code, an identity number or a number of another country.
_ANY = re.compile("|".join((*_PATTERNS, r"\d{4,}[\dX]*")), re.IGNORECASE)
_MOBILE = re.compile(_PATTERNS[1])
# Shorter values would be found inside ordinary words; a Chinese name is often no longer than two characters.
_SHORTEST_ASCII = 3

MASK = "****"


def mask_mobile(number: str) -> str:
    """Keep the first three and last four digits of a phone number.

    Args:
        number: The number, in any writing.

    Returns:
        ``138****8000``; only stars where the number is too short to keep anything.
    """
    digits = [character for character in number if character.isdigit()]
    if len(digits) < 11:
        return MASK
    return f"{''.join(digits[:3])}{MASK}{''.join(digits[-4:])}"


def mask_text(text: str, secrets: Iterable[str] = (), *, digits: bool = True) -> str:
    """Mask everything in a text that could identify a person or open an account.

    Args:
        text: A text that came from outside, such as the service's own message.
        secrets: Values that must not be shown, such as those of the request.
        digits: Whether to mask every other longer number too; not where dates and lengths are what matters.

    Returns:
        The text, with phone numbers as ``138****8000`` and the rest as stars.
    """
    # The longest first: one secret may be part of another. Numbers are left to their own pattern.
    for secret in sorted(filter(_is_telling, set(secrets)), key=len, reverse=True):
        if secret in text and not _MOBILE.fullmatch(secret):
            text = text.replace(secret, MASK)
    return (_ANY if digits else _PERSONAL).sub(_mask, text)


def _is_telling(secret: str) -> bool:
    return len(secret) >= _SHORTEST_ASCII or not secret.isascii()


def _mask(found: re.Match[str]) -> str:
    if found["scheme"]:
        return f"{found['scheme']} {MASK}"
    return f"{found['first']}{MASK}{found['last']}" if found["first"] else MASK


def shorten(text: str, limit: int = 200) -> str:
    """Cut a text to a line that fits into a message.

    Args:
        text: Any text.
        limit: The number of characters to keep.

    Returns:
        One line; what was cut is marked with an ellipsis.
    """
    line = " ".join(text[: limit * 2].split())
    return line if len(line) <= limit and len(text) <= limit * 2 else f"{line[:limit]}…"


__all__ = ["MASK", "mask_mobile", "mask_text", "shorten"]
