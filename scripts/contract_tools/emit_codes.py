"""The error codes as constants."""

from __future__ import annotations

from collections.abc import Mapping

from .python_source import docstring, literal, module
from .reading import mapping, text


def emit_codes(data: Mapping[str, object]) -> str:
    """The module ``codes``: every code of the catalogue under its name."""
    entries = {
        text(mapping(entry).get("name")): (int(code), text(mapping(entry).get("meaning")))
        for code, entry in mapping(data.get("x-error-codes")).items()
        if code.isdecimal()
    }
    constants = "".join(
        f"{name}: Final = {literal(code)}\n{docstring(meaning, indent=0)}" for name, (code, meaning) in entries.items()
    )
    return module(
        "Every error code of the contract, by its name.",
        constants,
        imports=["from typing import Final"],
        exports=entries,
    )
