"""What the client answers with: frozen, typed, and safe to log.

Names are the service's in snake_case. What is absent is None; what the contract does not know stands in ``extra``.
"""

from __future__ import annotations

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
