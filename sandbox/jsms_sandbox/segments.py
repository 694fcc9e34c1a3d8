"""How an SMS reads, how long it is and how many are billed."""

from __future__ import annotations

from jsms_contract.billing import OPT_OUT_SUFFIX, PART_CHARACTERS, SMS_CHARACTERS


def full_text(sign: str, body: str, *, marketing: bool) -> str:
    """The text as a phone shows it: signature in front, opt-out text at the end of marketing."""
    return f"【{sign}】{body}{OPT_OUT_SUFFIX if marketing else ''}"


def length(text: str) -> int:
    """UTF-16 units, as carriers count: an emoji is two or more, and a line break two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + text.count("\n")


def segments(text: str) -> int:
    """How many SMS a text is billed as: one for a short text, above that one for each part of it."""
    size = length(text)
    return 1 if size <= SMS_CHARACTERS else -(-size // PART_CHARACTERS)
