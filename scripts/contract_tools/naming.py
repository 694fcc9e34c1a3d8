"""Names in the contract, and the names they get in Python."""

from __future__ import annotations

import re

_INITIALISMS = frozenset({"API", "HTTP", "ID", "IP", "SMS", "TTL", "URL"})
# PermissionError is a builtin, and means a file that may not be opened.
_FAMILY_WORDS = {"permission": "PermissionDenied"}
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")


def error_class_name(code_name: str) -> str:
    """The exception of an error code: ``MISSING_AUTH`` gives ``MissingAuthError``, ``SERVER_ERROR`` ``ServerError``."""
    words = [word.upper() for word in re.split(r"[^A-Za-z0-9]+", code_name) if word]
    if len(words) > 1 and words[-1] == "ERROR":
        words.pop()
    return "".join(word if word in _INITIALISMS else word.capitalize() for word in words) + "Error"


def family_class_name(family: str) -> str:
    """The exception of a family of codes: ``rate_limit`` gives ``RateLimitError``."""
    if family in _FAMILY_WORDS:
        return f"{_FAMILY_WORDS[family]}Error"
    return error_class_name(family)


def constant_name(*parts: str) -> str:
    """Words of any style as one constant: ``SignForm``, ``sign``, ``maxLength`` give ``SIGN_FORM_SIGN_MAX_LENGTH``."""
    words = [word for part in parts for word in _WORD_STARTS.split(part) if word]
    return "_".join(words).upper()
