"""The operations: one synchronous function each, from a checked request to its response."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jsms_sandbox.service.operations import accounts, codes, messages, receipts, schedules, signs, templates
from jsms_sandbox.service.request import CheckedRequest
from jsms_sandbox.service.response import Response
from jsms_sandbox.state.state import State

OPERATIONS: Mapping[str, Callable[[State, CheckedRequest], Response]] = {
    "sendCode": codes.send_code,
    "sendVoiceCode": codes.send_voice_code,
    "verifyCode": codes.verify_code,
    "sendMessage": messages.send_message,
    "sendMessageBatch": messages.send_message_batch,
    "createSchedule": schedules.create_schedule,
    "createScheduleBatch": schedules.create_schedule_batch,
    "updateSchedule": schedules.update_schedule,
    "updateScheduleBatch": schedules.update_schedule_batch,
    "getSchedule": schedules.get_schedule,
    "deleteSchedule": schedules.delete_schedule,
    "getDevBalance": accounts.get_dev_balance,
    "getAppBalance": accounts.get_app_balance,
    "createTemplate": templates.create_template,
    "updateTemplate": templates.update_template,
    "getTemplate": templates.get_template,
    "deleteTemplate": templates.delete_template,
    "createSign": signs.create_sign,
    "updateSign": signs.update_sign,
    "getSign": signs.get_sign,
    "deleteSign": signs.delete_sign,
    "pollReports": receipts.poll_reports,
    "pollReplies": receipts.poll_replies,
}
