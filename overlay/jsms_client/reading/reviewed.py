"""Results of templates and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jsms_api.models.review_status import ReviewStatus
from jsms_api.models.template_type import TemplateType
from jsms_client.reading.fields import known, present
from jsms_client.results.reviewed import SavedSign, SavedTemplate, SignDetails, TemplateDetails

if TYPE_CHECKING:
    from jsms_api import models


def saved_template(parsed: object) -> SavedTemplate:
    """The result of saving a template."""
    model = cast("models.SavedTemplate", parsed)
    return SavedTemplate(model.temp_id, model.additional_properties)


def template_details(parsed: object) -> TemplateDetails:
    """A template with the state of its review."""
    model = cast("models.TemplateDetails", parsed)
    return TemplateDetails(
        model.temp_id,
        model.template,
        known(TemplateType, model.type_),
        known(ReviewStatus, model.status),
        present(model.ttl),
        present(model.remark),
        model.additional_properties,
    )


def saved_sign(parsed: object) -> SavedSign:
    """The result of saving a signature."""
    model = cast("models.SavedSign", parsed)
    return SavedSign(model.sign_id, model.additional_properties)


def sign_details(parsed: object) -> SignDetails:
    """A signature with the state of its review."""
    model = cast("models.SignDetails", parsed)
    return SignDetails(
        model.sign_id,
        model.sign,
        known(ReviewStatus, model.status),
        bool(model.is_default),
        model.use_status,
        model.additional_properties,
    )


__all__ = ["saved_sign", "saved_template", "sign_details", "template_details"]
