"""What a campaign sends, apart from the list: what must be the same when it goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from jsms_contract import limits
from jsms_runtime.times import parse_send_time, parse_time
from jsms_runtime.validation import parse_number, parse_text


class Service(NamedTuple):
    """Which service sends a campaign, and for which app.

    Attributes:
        url: The service's address.
        app: A hash of the app's key.
    """

    url: str
    app: str


@dataclass(frozen=True, slots=True)
class CampaignSettings:
    """What every request of a campaign has in common.

    Attributes:
        temp_id: The template.
        sign_id: The signature; None for the app's default signature.
        tag: A label for your own statistics.
        send_time: When the service is to send, ``yyyy-MM-dd HH:mm:ss`` in Beijing time; None for at once.
    """

    temp_id: int
    sign_id: int | None = None
    tag: str | None = None
    send_time: str | None = None

    @classmethod
    def read(cls, temp_id: object, sign_id: object, tag: object, send_time: object) -> CampaignSettings:
        """Check them.

        Raises:
            ArgumentError: One of them is not what the contract allows.
        """
        return cls(
            parse_number(temp_id, "temp_id", smallest=limits.SEND_MESSAGE_BATCH_REQUEST_TEMP_ID_MINIMUM),
            None
            if sign_id is None
            else parse_number(sign_id, "sign_id", smallest=limits.SEND_MESSAGE_BATCH_REQUEST_SIGN_ID_MINIMUM),
            None if tag is None else parse_text(tag, "tag", longest=limits.SEND_MESSAGE_BATCH_REQUEST_TAG_MAX_LENGTH),
            None if send_time is None else parse_send_time(send_time),
        )

    @classmethod
    def from_text(cls, text: str) -> CampaignSettings:
        """The settings that a journal keeps."""
        return cls(**json.loads(text))

    def to_text(self) -> str:
        """The same settings are the same text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @property
    def operation(self) -> str:
        """The operation that sends it."""
        return "sendMessageBatch" if self.send_time is None else "createScheduleBatch"

    @property
    def largest_batch(self) -> int:
        """How many recipients a request may have."""
        if self.send_time is None:
            return limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS
        return limits.SCHEDULE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS

    def goes_on_as(self, other: CampaignSettings, now: float) -> bool:
        """Whether these are those of the same campaign, at another time, as its own has passed.

        Args:
            other: The settings that it is to go on with.
            now: The time, in seconds since 1970.
        """
        if self.send_time is None or other.send_time is None or parse_time(self.send_time).timestamp() > now:
            return False
        return replace(self, send_time=other.send_time) == other

    def body(self) -> dict[str, object]:
        """The body of every request, without the recipients."""
        return {name: value for name, value in asdict(self).items() if value is not None}


__all__ = ["CampaignSettings", "Service"]
