"""Records of a stream as people read them: one line each, in columns."""

from __future__ import annotations

from datetime import datetime

from jsms_cli.tables import cell
from jsms_runtime.redaction import mask_mobile

_NO_TIME = "-" * len("2030-07-01 09:00:00")


def line_of(record: object) -> str:
    """A record on one line, the number masked.

    Args:
        record: A delivery report, a reply, or a decision on a template or signature.
    """
    from jsms_client.results import DeliveryReport, UserReply

    if isinstance(record, DeliveryReport):
        return _joined(record.receive_time, "report", mask_mobile(record.phone), record.msg_id, cell(record.status))
    if isinstance(record, UserReply):
        return _joined(record.reply_time, "reply", mask_mobile(record.phone), record.content)
    for name, what in (("temp_id", "template"), ("sign_id", "signature")):
        number = getattr(record, name, None)
        if number is not None:
            status, reason = getattr(record, "status", None), getattr(record, "refuse_reason", None)
            return _joined(None, what, str(number), cell(status), reason or "")
    return repr(record)


def _joined(time: datetime | None, *parts: str) -> str:
    # In Beijing time, as the service has it.
    at = time.strftime("%Y-%m-%d %H:%M:%S") if time is not None else _NO_TIME
    return "  ".join((at, *(" ".join(cell(part).split()) for part in parts))).rstrip()


__all__ = ["line_of"]
