"""Errors of the command: a message that says what to do, and an exit code for each kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class ExitCode(NamedTuple):
    """One exit code.

    Attributes:
        number: What the shell sees.
        meaning: What happened, in a few words.
        kinds: The names of the exceptions that end so, with everything below them.
    """

    number: int
    meaning: str
    kinds: tuple[str, ...] = ()


SUCCESS = 0
FAILURE = 1
USAGE = 2
CONFIGURATION = 3
NO_CREDIT = 8
INVALID_CODE = 12
UNKNOWN = 15
SOME_REFUSED = 19
STOPPED = 21
INTERRUPTED = 130

# In this order: an error that belongs to two of them ends with the first, so that whatever may have been sent says so.
EXIT_CODES = (
    ExitCode(SUCCESS, "done"),
    ExitCode(
        UNKNOWN, "unknown outcome: it may have been sent; find out before you run it again", ("UnknownOutcomeError",)
    ),
    ExitCode(USAGE, "a wrong argument, found before anything was sent", ("ArgumentError", "UsageProblemError")),
    ExitCode(
        CONFIGURATION,
        "configuration: a setting, a package or the clock",
        ("ConfigurationError", "MissingDependencyError"),
    ),
    ExitCode(4, "credentials are missing or refused", ("AuthenticationError",)),
    ExitCode(5, "the app, the address or the number may not do this", ("PermissionDeniedError",)),
    ExitCode(6, "the request itself must change", ("InvalidRequestError",)),
    ExitCode(7, "too often: wait", ("RateLimitError",)),
    ExitCode(NO_CREDIT, "no credit", ("NoCreditError",)),
    ExitCode(9, "the template does not exist, is not approved or breaks a rule", ("TemplateError",)),
    ExitCode(10, "the signature does not exist, is not approved or breaks a rule", ("SignatureError",)),
    ExitCode(11, "the schedule does not exist or can no longer change", ("ScheduleError",)),
    ExitCode(INVALID_CODE, "the code is wrong, expired or used, or its msg_id unknown", ("VerificationError",)),
    ExitCode(13, "the service failed", ("ServiceError",)),
    ExitCode(14, "the service was not reached, nothing was sent: run it again", ("ConnectionFailedError",)),
    ExitCode(16, "no response to an operation that is safe to retry: run it again", ("LostResponseError",)),
    ExitCode(
        17,
        "a response that is not from JSMS: check the address",
        ("DecodeError", "RedirectError", "UnexpectedStatusError"),
    ),
    ExitCode(18, "not a callback of JSMS", ("CallbackError",)),
    ExitCode(SOME_REFUSED, "done, but some recipients were refused"),
    ExitCode(20, "the list or the journal of a campaign cannot be used, nothing was sent", ("CampaignError",)),
    ExitCode(
        STOPPED,
        "the campaign stopped by itself, or as its journal failed on the way, and can go on later",
        ("CampaignBrokenOffError",),
    ),
    ExitCode(22, "not confirmed, nothing was sent", ("NotConfirmedError",)),
    ExitCode(23, "a file or an address of this machine cannot be used", ("OSError",)),
    ExitCode(24, "the store that processes share cannot be used, nothing was sent", ("StoreError",)),
    ExitCode(INTERRUPTED, "interrupted by Ctrl-C", ("StoppedByHandError",)),
    ExitCode(141, "broken pipe: the program that reads the output has ended", ("OutputClosedError",)),
    ExitCode(FAILURE, "anything else", ("Exception",)),
)


def exit_code_of(error: BaseException) -> int:
    """Return the exit code for an error.

    Args:
        error: The error. Known by its name, so that no module has to be loaded for the table.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    return next((row.number for row in EXIT_CODES if names.intersection(row.kinds)), FAILURE)


def as_markdown() -> str:
    """Return the table of the documentation."""
    rows = (f"| {row.number} | {row.meaning} |" for row in sorted(EXIT_CODES))
    return "\n".join(("| code | meaning |", "| --- | --- |", *rows))


class UsageProblemError(Exception):
    """What was asked for cannot be; nothing was sent."""


class NotConfirmedError(Exception):
    """The send was not confirmed; nothing was sent."""


class StoppedByHandError(Exception):
    """Ctrl-C, with something to say about it."""


class CampaignBrokenOffError(Exception):
    """A campaign's journal failed after something was sent."""


def explain(error: Exception) -> str:
    """Return the sentence for an error."""
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
    """Return an error as data for programs."""
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
    """Replace the client's arguments in a sentence by the command's options.

    Args:
        text: The sentence.
        options: The command's options, by the names of the arguments.
    """
    if "recipients" not in options:
        text = re.sub(r"^recipients\[([0-9]+)\](\.mobile)?", lambda found: f"MOBILE {int(found[1]) + 1}", text)
    if "mobile_column" not in options:
        text = re.sub(", or (?:say which it is, by mobile_column|give its encoding)", "", text)
    # A name of one word may be an ordinary word, but where a sentence begins with it.
    words = [rf"^{name}(?=[ .\[])" if "_" not in name else rf"\b{name}\b" for name in options]
    return re.sub("|".join(words), lambda found: options[found[0]], text) if words else text


def unknown(operation: str | None) -> str:
    """Say what to do when the outcome of a request is unknown."""
    from jsms_client.contract import OPERATIONS

    known = OPERATIONS.get(operation or "")
    effect = "changes" if known is None else known.effect
    return _UNKNOWN.get(effect, "It may have been carried out: look before you do it again.")


_UNKNOWN = {
    "sends": 'It may have been sent: do not send again before you have checked "jsms report watch" or the console.',
    "schedules": "It may have been scheduled: do not schedule it again before you have checked the console.",
    "polls": "Records may have been handed out and lost; the service does not hand them out again.",
}


def explain_usage(error: Exception) -> str:
    """Return the sentence for arguments that Typer does not take; its help, where there are none at all."""
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
