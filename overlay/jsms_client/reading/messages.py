"""Results of batches.

Read from the checked JSON, not from the generated models: those would cost a batch of a thousand more than everything
else about it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any, cast

from jsms_client.reading.fields import error_code
from jsms_client.results.messages import BatchRecipient, BatchResult

_OURS = ("mobile", "msg_id", "error_code", "error_message", "temp_para")
_USUAL = {"mobile", "msg_id"}


def batch_result(checked: object) -> BatchResult:
    """The result of a batch.

    Args:
        checked: The body, of the shape that the contract gives.
    """
    body = dict(cast("dict[str, Any]", checked))
    recipients: list[dict[str, Any]] = body.pop("recipients")
    usual = set(chain.from_iterable(recipients)) == _USUAL and set(map(len, recipients)) == {len(_USUAL)}
    # Some refused ones come with an empty id.
    usual = usual and all(recipient["msg_id"] for recipient in recipients)
    read = _accepted(recipients) if usual else map(_recipient, recipients)
    return BatchResult(body.pop("success_count"), body.pop("failure_count"), tuple(read), body)


def _recipient(body: dict[str, Any]) -> BatchRecipient:
    code, unread = error_code(body.get("error_code", ""))
    msg_id = body.get("msg_id") or None
    accepted = msg_id is not None and code is None and unread is None
    extra: dict[str, object] = {name: value for name, value in body.items() if name not in _OURS}
    if unread is not None:
        extra["error_code"] = unread
    return BatchRecipient(
        body["mobile"],
        accepted,
        msg_id,
        code,
        None if accepted else body.get("error_message"),
        body.get("temp_para"),
        extra,
    )


def _accepted(recipients: list[dict[str, Any]]) -> list[BatchRecipient]:
    """The same for recipients with nothing but a number and an id, all at once.

    What a frozen dataclass does with each field takes three times as long.
    """
    made = [*map(object.__new__, repeat(BatchRecipient, len(recipients)))]
    columns: dict[str, Iterable[object]] = {
        "mobile": [recipient["mobile"] for recipient in recipients],
        "accepted": repeat(True),
        "msg_id": [recipient["msg_id"] for recipient in recipients],
        "error_code": repeat(None),
        "error_message": repeat(None),
        "temp_para": repeat(None),
        "extra": [{} for _ in recipients],
    }
    for name, values in columns.items():
        put: Callable[[BatchRecipient, object], None] = vars(BatchRecipient)[name].__set__
        deque(map(put, made, values), maxlen=0)
    return made


__all__ = ["batch_result"]
