"""How a request is refused: the code, and a hint in two languages."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import cast


class Refusal(Exception):  # noqa: N818 - it refuses, nothing failed
    """A request is refused with one of the contract's codes.

    Args:
        code: The error code of the response.
        check: The name of the check that failed, as the journal shows it.
        hint: What to change, for the person who reads the journal; with % conversions for the values.
        values: What goes into the hint.
        allow: The methods for the Allow header of a 405, which may be none; None for no such header.

    Attributes:
        said: The hint, in both languages.
    """

    def __init__(
        self, code: int, check: str, hint: str | Hint, *values: object, allow: tuple[str, ...] | None = None
    ) -> None:
        said = hint if isinstance(hint, Hint) else Hint(hint, values)
        super().__init__(code, check, said)
        self.said = said
        self.code = code
        self.check = check
        self.allow = allow


@dataclass(frozen=True, slots=True)
class Hint:
    """One sentence, or a part of one.

    Attributes:
        text: It in English, with % conversions for the values.
        values: What goes into it; a Hint among them is translated too.
    """

    text: str
    values: tuple[object, ...] = ()

    def english(self) -> str:
        """It in English."""
        return self._filled(self.text, tuple(v.english() if isinstance(v, Hint) else v for v in self.values))

    def chinese(self) -> str:
        """It in Chinese."""
        text = chinese().get(self.text, self.text)
        return self._filled(text, tuple(v.chinese() if isinstance(v, Hint) else v for v in self.values))

    def _filled(self, text: str, values: tuple[object, ...]) -> str:
        return text % values if values else text


@functools.cache
def chinese() -> Mapping[str, str]:
    """The Chinese sentence of each English one; both take the same values in the same order."""
    content = resources.files("jsms_sandbox.service").joinpath("chinese.json").read_bytes()
    return cast("Mapping[str, str]", json.loads(content))


def hint(text: str, *values: object) -> Hint:
    """A sentence with its values."""
    return Hint(text, values)
