"""Results of batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jsms_api.types import Unset
from jsms_client.reading.fields import error_code, present
from jsms_client.results.messages import BatchRecipient, BatchResult

if TYPE_CHECKING:
    from jsms_api import models


def batch_result(parsed: object) -> BatchResult:
    """The result of a batch."""
    model = cast("models.BatchResult", parsed)
    return BatchResult(
        model.success_count,
        model.failure_count,
        tuple(_batch_recipient(recipient) for recipient in model.recipients),
        model.additional_properties,
    )


def _batch_recipient(model: models.BatchRecipient) -> BatchRecipient:
    msg_id = present(model.msg_id)
    code, unread = error_code(model.error_code)
    accepted = code is None and unread is None
    return BatchRecipient(
        model.mobile,
        accepted,
        # Some refused ones come with an empty one.
        msg_id or None,
        code,
        None if accepted else present(model.error_message),
        None if isinstance(model.temp_para, Unset) else model.temp_para.additional_properties,
        model.additional_properties if unread is None else {**model.additional_properties, "error_code": unread},
    )


__all__ = ["batch_result"]
