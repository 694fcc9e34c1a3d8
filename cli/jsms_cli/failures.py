"""What a person is told when something goes wrong: what happened, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jsms_cli.exit_codes import exit_code_of


class UsageProblemError(Exception):
    """What was asked for cannot be; nothing was sent."""


class NotConfirmedError(Exception):
    """Nobody said yes; nothing was sent."""


class StoppedByHandError(Exception):
    """Ctrl-C, with something to say about it."""


class CampaignBrokenOffError(Exception):
    """A campaign's journal failed after something was sent."""


def explain(error: Exception) -> str:
    """The sentence for an error.

    Args:
        error: The error.
    """
    from jsms_client.errors import JSMSError, UnknownOutcomeError

    if isinstance(error, UnknownOutcomeError):
        return f"{_stopped(str(error))} {unknown(error.operation)}"
    if isinstance(error, (JSMSError, UsageProblemError, NotConfirmedError, StoppedByHandError, CampaignBrokenOffError)):
        return _stopped(str(error))
    if isinstance(error, OSError):
        what = error.strerror or str(error) or type(error).__name__
        return _stopped(f"{error.filename}: {what}" if error.filename else what)
    return (
        f"something went wrong that should not have, {type(error).__name__}: {error}. "
        "With JSMS_TRACEBACK=1 the command shows where."
    )


def facts_of(error: Exception, sentence: str) -> dict[str, object]:
    """What a program is told of an error.

    Args:
        error: The error.
        sentence: What a person is told.
    """
    from jsms_client.errors import APIError, JSMSError

    facts: dict[str, object] = {
        "type": type(error).__name__,
        "message": sentence,
        "exit_code": exit_code_of(error),
    }
    if isinstance(error, JSMSError):
        names = ("operation", "sent", "code", "name", "http_status", "attempts")
        facts |= {name: getattr(error, name) for name in names}
    if isinstance(error, APIError) and error.info is not None:
        facts |= {name: getattr(error.info, name) for name in ("family", "remedy", "remedy_zh", "repeat")}
    return facts


def in_options(text: str, options: Mapping[str, str]) -> str:
    """A sentence that speaks of the command's options, where the client and the service speak of their arguments.

    Args:
        text: The sentence.
        options: The command's options, by the names of the arguments.
    """
    if "recipients" not in options:
        text = re.sub(r"^recipients\[([0-9]+)\](\.mobile)?", lambda found: f"MOBILE {int(found[1]) + 1}", text)
    # A name of one word may be an ordinary word, but where a sentence begins with it.
    words = [rf"^{name}(?=[ .\[])" if "_" not in name else rf"\b{name}\b" for name in options]
    return re.sub("|".join(words), lambda found: options[found[0]], text) if words else text


def unknown(operation: str | None) -> str:
    """What to do when nobody knows what became of a request.

    Args:
        operation: The operation in the contract.
    """
    from jsms_client.contract import OPERATIONS

    known = OPERATIONS.get(operation or "")
    effect = "changes" if known is None else known.effect
    return _UNKNOWN.get(effect, "It may have been carried out: look before you do it again.")


_UNKNOWN = {
    "sends": 'It may have been sent: do not send again before "jsms report watch" or the console has told.',
    "schedules": "It may have been scheduled: do not schedule it again before the console has told.",
    "polls": "Records may have been handed out and lost; the service does not hand them out again.",
}


def explain_usage(error: Exception) -> str:
    """The sentence for arguments that Typer does not take; its help, where there are none at all.

    Args:
        error: What Typer raised.
    """
    said = getattr(error, "format_message", error.__str__)()
    if "\n" in said:
        return f"no command was given.\n{said}"
    context = getattr(error, "ctx", None)
    where = getattr(context, "command_path", "jsms")
    return f"{_stopped(_lower(said))} Try: {where} --help"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."


__all__ = [
    "CampaignBrokenOffError",
    "NotConfirmedError",
    "StoppedByHandError",
    "UsageProblemError",
    "exit_code_of",
    "explain",
    "explain_usage",
    "facts_of",
    "in_options",
    "unknown",
]
