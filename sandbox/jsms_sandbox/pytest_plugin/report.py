"""Text of failed assertions: what was accepted and refused, with numbers and codes masked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jsms_sandbox.admin.resources.messages import Message
from jsms_sandbox.admin.resources.requests import Request

MOST_LINES = 20
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a test asks of messages; None for any.

    Attributes:
        mobile: The number, exactly.
        text: A part of the text, in any case.
        kind: code, voice, notice or marketing.
        temp_id: The template.
        tag: The tag, exactly.
    """

    mobile: str | None = None
    text: str | None = None
    kind: str | None = None
    temp_id: int | None = None
    tag: str | None = None

    def query(self) -> dict[str, object]:
        """Make a query of the test API."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __str__(self) -> str:
        wanted = {**self.query(), "mobile": None if self.mobile is None else masked(self.mobile)}
        return ", ".join(f"{name}={value!r}" for name, value in wanted.items() if value is not None) or "any"


def summary(messages: Sequence[Message], refused: Sequence[Request]) -> str:
    """List the messages of an app and its refused requests, newest first, numbers and codes masked."""
    return "\n".join(
        [
            *_some("accepted", [_message(each) for each in messages]),
            *_some("refused", [_request(each) for each in refused]),
        ]
    )


def _some(what: str, lines: list[str]) -> list[str]:
    if not lines:
        return [f"{what}: nothing"]
    more = [f"  … and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return [f"{what}: {len(lines)}", *(f"  {line}" for line in lines[:MOST_LINES]), *more]


def _message(message: Message) -> str:
    text = message.text if message.code is None else code_masked(message.text, message.code.code)
    return f"{message.kind} to {masked(message.mobile)}: {_shortened(text)} (msg_id {message.msg_id})"


def _request(request: Request) -> str:
    what = request.operation or numbers_masked(f"{request.method} {request.path}")
    if request.refusal is None:
        return f"{what}: HTTP {request.status}" + (f", fault: {request.fault}" if request.fault else "")
    refusal = request.refusal
    return f"{what}: {refusal.code} {refusal.name}: {_shortened(refusal.hint)}"


def _shortened(text: str) -> str:
    line = numbers_masked(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


MOBILE = re.compile(r"(?<![0-9])((?:86)?1[0-9]{2})[0-9]{4}([0-9]{4})(?![0-9])", re.ASCII)
SHOWN = len("1234567")
"""A shorter text is masked whole: its ends would show all of it."""


def masked(mobile: str) -> str:
    """Mask a mobile number."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) > SHOWN else "****"


def numbers_masked(text: str) -> str:
    """Mask every mobile number in a text."""
    return MOBILE.sub(r"\1****\2", text)


def code_masked(text: str, code: str) -> str:
    """Mask the code in a message's text, written or spoken."""
    for shown in (code, " ".join(code)):
        text = text.replace(shown, "*" * len(code))
    return text
