"""Results of schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jsms_client.results.refused import refused_error
from jsms_client.results.shown import HIDDEN, NUMBER, WORDS, Result
from jsms_runtime.errors import APIError


@dataclass(frozen=True, slots=True, repr=False)
class ScheduledMessage(Result):
    """A schedule that was saved.

    Attributes:
        schedule_id: Id of the schedule, a UUID as a text.
        extra: Fields that this version does not know.
    """

    schedule_id: str
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class RefusedRecipient(Result):
    """A recipient that a scheduled batch leaves out.

    Attributes:
        mobile: The number as it was sent.
        error_code: Why it was refused; None where the service's code is no number.
        error_message: The service's words.
        temp_para: The recipient's parameters as the service repeats them; None where it does not.
        extra: Fields that this version does not know.
    """

    mobile: str = field(metadata=NUMBER)
    error_code: int | None
    error_message: str = field(metadata=WORDS)
    temp_para: Mapping[str, str] | None = field(default=None, hash=False, metadata=HIDDEN)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)

    @property
    def error(self) -> APIError:
        """The exception that says why it was refused, not raised."""
        return refused_error(self.error_code, self.error_message, self.temp_para)


@dataclass(frozen=True, slots=True, repr=False)
class ScheduleBatchResult(Result):
    """A scheduled batch that was saved.

    Attributes:
        schedule_id: Id of the schedule, a UUID as a text.
        success_count: How many recipients were accepted, as the service counts.
        failure_count: How many were refused, as the service counts.
        failure_recipients: The refused ones; empty where there are none.
        extra: Fields that this version does not know.
    """

    schedule_id: str
    success_count: int
    failure_count: int
    failure_recipients: tuple[RefusedRecipient, ...]
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class ScheduledRecipient(Result):
    """One recipient of a schedule.

    Attributes:
        mobile: The number, 11 digits.
        msg_id: Id of the SMS to come, a text of digits.
        temp_para: The recipient's parameters; None where there are none.
        extra: Fields that this version does not know.
    """

    mobile: str = field(metadata=NUMBER)
    msg_id: str
    temp_para: Mapping[str, str] | None = field(default=None, hash=False, metadata=HIDDEN)
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class Schedule(Result):
    """A schedule as it stands.

    Attributes:
        schedule_id: Id of the schedule, a UUID as a text.
        send_time: When it goes out, an aware datetime in Beijing time (UTC+8).
        temp_id: The template.
        recipients: Everyone it goes to.
        extra: Fields that this version does not know.
    """

    schedule_id: str
    send_time: datetime
    temp_id: int
    recipients: tuple[ScheduledRecipient, ...]
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


__all__ = ["RefusedRecipient", "Schedule", "ScheduleBatchResult", "ScheduledMessage", "ScheduledRecipient"]
