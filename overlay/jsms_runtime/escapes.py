"""Texts in which some characters are written in another way: by JSON, by HTML, in a URL, or by one of them in another.

Whatever echoes a request does so in one of these ways, and what is secret in it stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BYTE = r"(?:%|\\x)"
_LATER = rf"{_BYTE}[89ABab][0-9A-Fa-f]"
# The bytes of UTF-8, as a URL or a literal of Python has them.
_BYTES = (
    rf"{_BYTE}[0-7][0-9A-Fa-f]",
    rf"{_BYTE}[CDcd][0-9A-Fa-f]{_LATER}",
    rf"{_BYTE}[Ee][0-9A-Fa-f](?:{_LATER}){{2}}",
    rf"{_BYTE}[Ff][0-7](?:{_LATER}){{3}}",
)
_ESCAPES = (
    # One character outside the first plane is two for JSON.
    r"(?P<pair>\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})",
    r"\\u(?P<unit>[0-9A-Fa-f]{4})",
    rf"(?P<bytes>{'|'.join(_BYTES)})",
    r"\\(?P<mark>[\"'\\/bfnrt])",
    r"(?P<entity>&(?:#[0-9]{1,7}|#[Xx][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)",
)
_ESCAPE = re.compile("|".join(_ESCAPES))
_MARKS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# An echo of an echo of an echo.
_DEEPEST = 4


def unescape(text: str) -> tuple[str, Sequence[int]]:
    """What a text says once nothing in it is written in another way; a plus is a blank in a form, so both are one.

    Args:
        text: The text.

    Returns:
        The text, and where each of its characters began in the one that was given; its end is in there too.
    """
    places: Sequence[int] = range(len(text) + 1)
    for _ in range(_DEEPEST):
        parts: list[str] = []
        kept: list[int] = []
        done = 0
        for found in _ESCAPE.finditer(text):
            character = _character(found)
            if character is not None:
                parts += (text[done : found.start()], character)
                kept += places[done : found.start() + 1]
                done = found.end()
        if not parts:
            break
        places = [*kept, *places[done:]]
        text = "".join((*parts, text[done:]))
    return text.replace("+", " "), places


def _character(found: re.Match[str]) -> str | None:
    """The one character that is meant; None where it is none."""
    if found["unit"]:
        return chr(int(found["unit"], 16))
    if found["mark"]:
        return _MARKS.get(found["mark"], found["mark"])
    if found["entity"]:
        import html  # noqa: PLC0415 - it brings the names of two thousand characters

        meant = html.unescape(found["entity"])
    elif found["pair"]:
        units = found["pair"].split("\\u")[1:]
        meant = bytes.fromhex("".join(units)).decode("utf-16-be")
    else:
        meant = bytes.fromhex(re.sub(_BYTE, "", found["bytes"])).decode("utf-8", "ignore")
    return meant if len(meant) == 1 else None


__all__ = ["unescape"]
