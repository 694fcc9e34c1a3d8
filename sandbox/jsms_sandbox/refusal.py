"""The one exception by which a check refuses a request."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818  # it refuses, nothing failed
    """A request is refused with one of the contract's codes.

    Attributes:
        code: The error code of the answer.
        check: The name of the check that failed, as the journal shows it.
        hint: What to change, for the person who reads the journal.
        allow: The methods for the Allow header of a 405, which may be none; None for no such header.
    """

    def __init__(self, code: int, check: str, hint: str, *, allow: tuple[str, ...] | None = None) -> None:
        super().__init__(code, check, hint)
        self.code = code
        self.check = check
        self.hint = hint
        self.allow = allow
