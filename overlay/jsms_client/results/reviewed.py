"""Results of what the service's staff review: templates and signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jsms_api.models.review_status import ReviewStatus
from jsms_api.models.template_type import TemplateType
from jsms_client.results.shown import Result


@dataclass(frozen=True, slots=True, repr=False)
class SavedTemplate(Result):
    """A template that was saved and goes to review.

    Attributes:
        temp_id: The template's id.
        extra: Fields that this version does not know.
    """

    temp_id: int
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class TemplateDetails(Result):
    """A template with the state of its review.

    Attributes:
        temp_id: The template's id.
        template: The text without signature, variables written ``{{name}}``.
        type: What the template is for; a plain number where this version does not know it.
        status: State of the review; a plain number where this version does not know it.
        ttl: How long a code lives, in seconds; None for templates of other types.
        remark: The note for the reviewers; None where there is none.
        extra: Fields that this version does not know.
    """

    temp_id: int
    template: str
    type: TemplateType | int
    status: ReviewStatus | int
    ttl: int | None = None
    remark: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class SavedSign(Result):
    """A signature that was saved and goes to review.

    Attributes:
        sign_id: The signature's id.
        extra: Fields that this version does not know.
    """

    sign_id: int
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


@dataclass(frozen=True, slots=True, repr=False)
class SignDetails(Result):
    """A signature with the state of its review.

    Attributes:
        sign_id: The signature's id.
        sign: The name.
        status: State of the review; a plain number where this version does not know it.
        is_default: Whether it is the app's default signature.
        use_status: 1 where it is in use, otherwise 0.
        extra: Fields that this version does not know.
    """

    sign_id: int
    sign: str
    status: ReviewStatus | int
    is_default: bool
    use_status: int
    extra: Mapping[str, object] = field(default_factory=dict[str, object], hash=False)


__all__ = ["SavedSign", "SavedTemplate", "SignDetails", "TemplateDetails"]
