"""Every exit code: one for each family of failures, in one table that the documentation is checked against."""

from __future__ import annotations

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
        UNKNOWN, "unknown outcome: it may have been sent; do not repeat it before you know", ("UnknownOutcomeError",)
    ),
    ExitCode(USAGE, "a wrong argument, found before anything was sent", ("ArgumentError", "UsageProblemError")),
    ExitCode(
        CONFIGURATION,
        "configuration: a setting, a package or the clock",
        ("ConfigurationError", "MissingDependencyError"),
    ),
    ExitCode(4, "credentials are refused (50001, 50002)", ("AuthenticationError",)),
    ExitCode(5, "the app, the address or the number may not do this", ("PermissionDeniedError",)),
    ExitCode(6, "the request itself must change", ("InvalidRequestError",)),
    ExitCode(7, "too often: wait", ("RateLimitError",)),
    ExitCode(NO_CREDIT, "no credit", ("NoCreditError",)),
    ExitCode(9, "the template does not exist, is not approved or breaks a rule", ("TemplateError",)),
    ExitCode(10, "the signature does not exist, is not approved or breaks a rule", ("SignatureError",)),
    ExitCode(11, "the schedule does not exist or can no longer change", ("ScheduleError",)),
    ExitCode(INVALID_CODE, "the code is wrong, expired or used, or its msg_id unknown", ("VerificationError",)),
    ExitCode(13, "the service failed", ("ServiceError",)),
    ExitCode(14, "the service was not reached, nothing was sent: repeat it", ("ConnectionFailedError",)),
    ExitCode(16, "no answer came to what may be repeated: repeat it", ("LostAnswerError",)),
    ExitCode(
        17,
        "an answer that is none of JSMS: check the address",
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
    ExitCode(141, "whoever read the output went away", ("OutputClosedError",)),
    ExitCode(FAILURE, "anything else", ("Exception",)),
)


def exit_code_of(error: BaseException) -> int:
    """The exit code for an error.

    Args:
        error: The error. Known by its name, so that no module has to be loaded for the table.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    return next((row.number for row in EXIT_CODES if names.intersection(row.kinds)), FAILURE)


def as_markdown() -> str:
    """The table as the documentation has it."""
    rows = (f"| {row.number} | {row.meaning} |" for row in sorted(EXIT_CODES))
    return "\n".join(("| code | meaning |", "| --- | --- |", *rows))


__all__ = [
    "CONFIGURATION",
    "EXIT_CODES",
    "FAILURE",
    "INTERRUPTED",
    "INVALID_CODE",
    "NO_CREDIT",
    "SOME_REFUSED",
    "STOPPED",
    "SUCCESS",
    "UNKNOWN",
    "USAGE",
    "ExitCode",
    "as_markdown",
    "exit_code_of",
]
