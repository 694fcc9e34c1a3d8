"""How an SMS reads, how long it is and how many are billed."""

from __future__ import annotations

OPT_OUT = "，拒收请回复R"
"""What stands at the end of marketing."""
ONE_SMS, ONE_PART = 70, 67


def full_text(sign: str, body: str, *, marketing: bool) -> str:
    """The text as a phone shows it: signature in front, opt-out text at the end of marketing."""
    return f"【{sign}】{body}{OPT_OUT if marketing else ''}"


def length(text: str) -> int:
    """UTF-16 units, as carriers count: an emoji is two or more, and a line break two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 + text.count("\n")


def segments(text: str) -> int:
    """How many SMS a text is billed as: one up to 70 characters, above that one per 67."""
    size = length(text)
    return 1 if size <= ONE_SMS else -(-size // ONE_PART)
