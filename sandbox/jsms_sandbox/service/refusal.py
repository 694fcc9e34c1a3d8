"""How a check says no."""

from __future__ import annotations

from jsms_sandbox.service.hints import Hint


class Refusal(Exception):  # noqa: N818  # it refuses, nothing failed
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
