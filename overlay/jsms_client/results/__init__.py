"""What the client answers with: frozen, typed, and safe to log.

Names are the service's in snake_case. What is absent is None; what the contract does not know stands in ``extra``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsms_api.models.delivery_status import DeliveryStatus
    from jsms_api.models.review_status import ReviewStatus
    from jsms_api.models.sign_type import SignType
    from jsms_api.models.template_type import TemplateType
    from jsms_api.models.voice_language import VoiceLanguage
    from jsms_client.results.accounts import ApplicationBalance, DeveloperBalance
    from jsms_client.results.codes import SentMessage, Verification, VerificationReason
    from jsms_client.results.messages import BatchRecipient, BatchResult
    from jsms_client.results.receipts import DeliveryReport, MalformedRecord, Records, UserReply
    from jsms_client.results.reviewed import SavedSign, SavedTemplate, SignDetails, TemplateDetails
    from jsms_client.results.schedules import (
        RefusedRecipient,
        Schedule,
        ScheduleBatchResult,
        ScheduledMessage,
        ScheduledRecipient,
    )

# Where each is found when it is first asked for: a program loads the results of what it calls.
_HOMES = {
    "ApplicationBalance": "jsms_client.results.accounts",
    "BatchRecipient": "jsms_client.results.messages",
    "BatchResult": "jsms_client.results.messages",
    "DeliveryReport": "jsms_client.results.receipts",
    "DeliveryStatus": "jsms_api.models.delivery_status",
    "DeveloperBalance": "jsms_client.results.accounts",
    "MalformedRecord": "jsms_client.results.receipts",
    "Records": "jsms_client.results.receipts",
    "RefusedRecipient": "jsms_client.results.schedules",
    "ReviewStatus": "jsms_api.models.review_status",
    "SavedSign": "jsms_client.results.reviewed",
    "SavedTemplate": "jsms_client.results.reviewed",
    "Schedule": "jsms_client.results.schedules",
    "ScheduleBatchResult": "jsms_client.results.schedules",
    "ScheduledMessage": "jsms_client.results.schedules",
    "ScheduledRecipient": "jsms_client.results.schedules",
    "SentMessage": "jsms_client.results.codes",
    "SignDetails": "jsms_client.results.reviewed",
    "SignType": "jsms_api.models.sign_type",
    "TemplateDetails": "jsms_client.results.reviewed",
    "TemplateType": "jsms_api.models.template_type",
    "UserReply": "jsms_client.results.receipts",
    "Verification": "jsms_client.results.codes",
    "VerificationReason": "jsms_client.results.codes",
    "VoiceLanguage": "jsms_api.models.voice_language",
}


if not TYPE_CHECKING:  # pragma: no branch
    # Out of sight of type checkers, for which a module with this function has every name there is.
    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - nothing at import time

        value: object = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*_HOMES, *(name for name in globals() if name not in _HOMES)]


__all__ = [
    "ApplicationBalance",
    "BatchRecipient",
    "BatchResult",
    "DeliveryReport",
    "DeliveryStatus",
    "DeveloperBalance",
    "MalformedRecord",
    "Records",
    "RefusedRecipient",
    "ReviewStatus",
    "SavedSign",
    "SavedTemplate",
    "Schedule",
    "ScheduleBatchResult",
    "ScheduledMessage",
    "ScheduledRecipient",
    "SentMessage",
    "SignDetails",
    "SignType",
    "TemplateDetails",
    "TemplateType",
    "UserReply",
    "Verification",
    "VerificationReason",
    "VoiceLanguage",
]
