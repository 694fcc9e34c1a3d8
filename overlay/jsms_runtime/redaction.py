"""Mask secrets, numbers and texts in what is shown, in whatever way they are escaped."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

# In this order: the first that fits at a place is what is masked there. Compiled when something is masked.
_PATTERNS = (
    r"(?P<scheme>\b(?:Basic|Bearer)) +[^\s\"',;<>]+",
    # A mainland number, written together or in the usual groups, with or without the country code.
    r"(?<!\d)(?:\+?86[ -]?)?(?P<first>1\d{2})[ -]?\d{4}[ -]?(?P<last>\d{4})(?!\d)",
    # Keys and secrets of JSMS: 24 hexadecimal characters in every published example.
    r"\b[0-9A-Fa-f]{20,}\b",
)
_PERSONAL = "|".join(_PATTERNS)
# And anything else that could be a code, an identity number or a number of another country.
_ANY = "|".join((*_PATTERNS, r"\d{4,}[\dX]*"))
# Shorter values would be found inside ordinary words; a Chinese name is often no longer than two characters.
_SHORTEST_ASCII = 3
# How a character begins that is written in another way.
_SIGNS = frozenset("\\%&+")
# No character takes more than this, however it is written.
_LONGEST_CHARACTER = 64
MASK = "****"
LONGEST_READ = 8192
"""How many characters of a text are read for a line of it."""


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
    return printable(_masked(text, secrets, digits=digits, cut=False), keep="\n\t")


def mask_line(text: str, secrets: Iterable[str] = (), *, digits: bool = True) -> str:
    """Make a line that fits into a message of a text of any length: masked first, and then cut."""
    cut = len(text) > LONGEST_READ
    if cut:
        text = _up_to_a_whole_character(text[:LONGEST_READ])
    return shorten(_masked(text, secrets, digits=digits, cut=cut))


def _up_to_a_whole_character(text: str) -> str:
    """Without the end, which may be a part of a character that is written in another way."""
    _, places = unescape(text)
    return text[: places[bisect_left(places, len(text) - _LONGEST_CHARACTER)]]


def _masked(text: str, secrets: Iterable[str], *, digits: bool, cut: bool) -> str:
    known = {secret for secret in secrets if _is_telling(secret)}
    # Numbers are left to their own pattern, which keeps their ends.
    numbers = {secret for secret in known if re.fullmatch(_PATTERNS[1], secret)}
    masked = partial(re.sub, _ANY if digits else _PERSONAL, _mask, flags=re.IGNORECASE)
    parts: list[str] = []
    done = 0
    for start, end in _places(text, known - numbers, cut=cut):
        parts += (masked(text[done:start]), MASK)
        done = end
    shown = "".join((*parts, masked(text[done:])))
    for number in numbers:
        # One that follows another digit, or the two of an escaped blank.
        shown = shown.replace(number, mask_mobile(number))
    return shown


def _places(text: str, secrets: Iterable[str], *, cut: bool) -> list[tuple[int, int]]:
    """Where secrets are in a text, in whatever way they are written; in order, without overlaps."""
    found = [place for secret in secrets for place in _occurrences(text, secret, cut=cut)]
    if not _SIGNS.isdisjoint(text):
        plain, places = unescape(text)
        meant = {unescape(secret)[0] for secret in secrets}
        found += [
            (places[start], places[end])
            for secret in filter(_is_telling, meant)
            for start, end in _occurrences(plain, secret, cut=cut)
        ]
    found.sort()
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _occurrences(text: str, secret: str, *, cut: bool) -> Iterator[tuple[int, int]]:
    """Where a secret is; and where the beginning of one is, at the end of a text that was cut."""
    start = text.find(secret)
    while start >= 0:
        yield start, start + len(secret)
        start = text.find(secret, start + len(secret))
    if not cut:
        return
    beginning = secret[: _SHORTEST_ASCII if secret.isascii() else 1]
    start = text.find(beginning, max(0, len(text) - len(secret) + 1))
    while start >= 0:
        if secret.startswith(text[start:]):
            yield start, len(text)
            return
        start = text.find(beginning, start + 1)


def _is_telling(secret: str) -> bool:
    return len(secret) >= _SHORTEST_ASCII or not secret.isascii()


def _mask(found: re.Match[str]) -> str:
    if found["scheme"]:
        return f"{found['scheme']} {MASK}"
    return f"{found['first']}{MASK}{found['last']}" if found["first"] else MASK


def shorten(text: str, limit: int = 200) -> str:
    """Cut a text to a line that fits into a message; what was cut is marked with an ellipsis."""
    line = printable(" ".join(text[: limit * 2].split()))
    return line if len(line) <= limit and len(text) <= limit * 2 else f"{line[:limit]}…"


def printable(text: str, keep: str = "") -> str:
    """Replace what moves a terminal's cursor, changes its colours, ends a line of a log or turns the writing direction.

    Args:
        text: Any text that came from outside.
        keep: Control characters that may stay.

    Returns:
        The text, with U+FFFD for each such character.
    """
    if text.isprintable():
        return text
    return "".join("\ufffd" if is_control(one) and one not in keep else one for one in text)


def is_control(character: str) -> bool:
    """Whether a character is a control, a format mark (bidi overrides), a separator of lines or a lone surrogate.

    Args:
        character: One character.
    """
    import unicodedata  # noqa: PLC0415 - most texts are printable

    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


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
_ESCAPE = "|".join(_ESCAPES)
_MARKS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
# An echo of an echo of an echo.
_DEEPEST = 4


def unescape(text: str) -> tuple[str, Sequence[int]]:
    """Return a text with every escape undone; a plus is a blank in a form, so both are one.

    Beside it is where each of its characters began in the text that was given, and where that ended.
    """
    places: Sequence[int] = range(len(text) + 1)
    for _ in range(_DEEPEST):
        parts: list[str] = []
        kept: list[int] = []
        done = 0
        for found in re.finditer(_ESCAPE, text):
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
    """Return the one character that is meant; None where it is none."""
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
