"""Numbers and codes without what identifies: reports of tests are kept and passed on."""

from __future__ import annotations

import re

MOBILE = re.compile(r"(?<![0-9])((?:86)?1[0-9]{2})[0-9]{4}([0-9]{4})(?![0-9])", re.ASCII)
SHOWN = len("1234567")
"""Of a text that short nothing would stay hidden."""


def masked(mobile: str) -> str:
    """What should be a number, without its middle."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) > SHOWN else "****"


def numbers_masked(text: str) -> str:
    """A text in which every mobile number lacks its middle."""
    return MOBILE.sub(r"\1****\2", text)


def code_masked(text: str, code: str) -> str:
    """The text of a message without its code, written or spoken."""
    for shown in (code, " ".join(code)):
        text = text.replace(shown, "*" * len(code))
    return text
