"""Results of a batch: what became of each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jsms_client.results.refused import refused_error
from jsms_client.results.shown import HIDDEN, NUMBER, WORDS, Result
from jsms_runtime.errors import APIError


@dataclass(frozen=True, slots=True, repr=False)
class BatchRecipient(Result):
    """What became of one recipient of a batch.

    Attributes:
        mobile: The number, 11 digits.
        accepted: Whether the service took it, and gave it an id; whether it arrives is told by a delivery report.
        msg_id: Id of the SMS, a text of digits; a refused one may have one too. None where there is none.
        error_code: Why it was refused; None where it was accepted, or there is no code or none that is a number.
        error_message: The service's words; None where it was accepted.
        temp_para: The parameters of a refused recipient as the service repeats them; None where it does not.
        extra: Fields that this version does not know.
    """

    mobile: str = field(metadata=NUMBER)
    accepted: bool
    msg_id: str | None = None
    error_code: int | None = None
    error_message: str | None = field(default=None, metadata=WORDS)
    temp_para: Mapping[str, str] | None = field(default=None, hash=False, metadata=HIDDEN)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)

    @property
    def error(self) -> APIError | None:
        """The exception that says why it was refused, not raised; None where it was accepted."""
        return None if self.accepted else refused_error(self.error_code, self.error_message, self.temp_para)


@dataclass(frozen=True, slots=True, repr=False)
class BatchResult(Result):
    """What became of a batch.

    Attributes:
        success_count: How many recipients were accepted, as the service counts.
        failure_count: How many were refused, as the service counts.
        recipients: Every recipient, accepted or refused.
        extra: Fields that this version does not know.
    """

    success_count: int
    failure_count: int
    recipients: tuple[BatchRecipient, ...]
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)

    @property
    def accepted(self) -> tuple[BatchRecipient, ...]:
        """Those that were accepted, each with its msg_id."""
        return tuple(recipient for recipient in self.recipients if recipient.accepted)

    @property
    def refused(self) -> tuple[BatchRecipient, ...]:
        """Those that were refused, each with its error; not those that another entry calls accepted."""
        accepted = {recipient.mobile for recipient in self.recipients if recipient.accepted}
        return tuple(recipient for recipient in self.recipients if recipient.mobile not in accepted)


__all__ = ["BatchRecipient", "BatchResult"]
