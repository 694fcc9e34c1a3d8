"""The form of a signature: texts checked, images read."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from jsms_api.models.sign_form import SignForm
from jsms_api.models.sign_type import SignType
from jsms_api.types import UNSET, File, Unset
from jsms_client.arguments import refusal
from jsms_client.images import read_image
from jsms_client.values import read_choice, read_text
from jsms_contract import limits


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignPapers:
    """What a caller hands in, not looked at yet; names as in the methods of the resource."""

    sign: object
    type: object
    legal_person_name: object
    legal_person_id_number: object
    id_card_image: object
    social_credit_code: object
    business_license_image: object
    icp_app_screenshot: object
    trademark_image: object
    third_party_auth_image: object
    third_party_company_name: object
    other_image: object
    remark: object

    def read(self) -> SignForm:
        """Check everything: the texts first, which costs nothing, then each image.

        Raises:
            ArgumentError: Something that the service would refuse, or an image that cannot be read.
        """
        kind = read_choice(
            self.type, "type", SignType, smallest=limits.SIGN_FORM_TYPE_MINIMUM, largest=limits.SIGN_FORM_TYPE_MAXIMUM
        )
        self._demand_proof(kind)
        return SignForm(
            sign=read_text(
                self.sign,
                "sign",
                shortest=limits.SIGN_FORM_SIGN_MIN_LENGTH,
                longest=limits.SIGN_FORM_SIGN_MAX_LENGTH,
                pattern=limits.SIGN_FORM_SIGN_PATTERN,
                advice="it takes Chinese and Latin letters and digits, without brackets",
            ),
            type_=kind,
            legal_person_name=read_text(
                self.legal_person_name, "legal_person_name", shortest=limits.SIGN_FORM_LEGAL_PERSON_NAME_MIN_LENGTH
            ),
            legal_person_id_number=read_text(
                self.legal_person_id_number,
                "legal_person_id_number",
                shortest=limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MIN_LENGTH,
                longest=limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_MAX_LENGTH,
                pattern=limits.SIGN_FORM_LEGAL_PERSON_ID_NUMBER_PATTERN,
                advice="it takes digits, of which the last may be an X",
            ),
            social_credit_code=read_text(
                self.social_credit_code,
                "social_credit_code",
                shortest=limits.SIGN_FORM_SOCIAL_CREDIT_CODE_MIN_LENGTH,
                longest=limits.SIGN_FORM_SOCIAL_CREDIT_CODE_MAX_LENGTH,
                pattern=limits.SIGN_FORM_SOCIAL_CREDIT_CODE_PATTERN,
                advice="it takes digits and Latin letters",
            ),
            third_party_company_name=UNSET
            if self.third_party_company_name is None
            else read_text(self.third_party_company_name, "third_party_company_name"),
            remark=UNSET
            if self.remark is None
            else read_text(self.remark, "remark", longest=limits.SIGN_FORM_REMARK_MAX_LENGTH),
            id_card_image=_file(
                self.id_card_image,
                "id_card_image",
                "idCardImage",
                limits.SIGN_FORM_ID_CARD_IMAGE_MAX_BYTES,
                limits.SIGN_FORM_ID_CARD_IMAGE_MEDIA_TYPES,
            ),
            business_license_image=_file_or_unset(
                self.business_license_image,
                "business_license_image",
                "businessLicenseImage",
                limits.SIGN_FORM_BUSINESS_LICENSE_IMAGE_MAX_BYTES,
                limits.SIGN_FORM_BUSINESS_LICENSE_IMAGE_MEDIA_TYPES,
            ),
            icp_app_screenshot=_file_or_unset(
                self.icp_app_screenshot,
                "icp_app_screenshot",
                "icpAppScreenshot",
                limits.SIGN_FORM_ICP_APP_SCREENSHOT_MAX_BYTES,
                limits.SIGN_FORM_ICP_APP_SCREENSHOT_MEDIA_TYPES,
            ),
            trademark_image=_file_or_unset(
                self.trademark_image,
                "trademark_image",
                "trademarkImage",
                limits.SIGN_FORM_TRADEMARK_IMAGE_MAX_BYTES,
                limits.SIGN_FORM_TRADEMARK_IMAGE_MEDIA_TYPES,
            ),
            third_party_auth_image=_file_or_unset(
                self.third_party_auth_image,
                "third_party_auth_image",
                "thirdPartyAuthImage",
                limits.SIGN_FORM_THIRD_PARTY_AUTH_IMAGE_MAX_BYTES,
                limits.SIGN_FORM_THIRD_PARTY_AUTH_IMAGE_MEDIA_TYPES,
            ),
            other_image=_file_or_unset(
                self.other_image,
                "other_image",
                "otherImage",
                limits.SIGN_FORM_OTHER_IMAGE_MAX_BYTES,
                limits.SIGN_FORM_OTHER_IMAGE_MEDIA_TYPES,
            ),
        )

    def _demand_proof(self, kind: int) -> None:
        proofs = (
            (
                "business_license_image",
                self.business_license_image,
                limits.SIGN_FORM_BUSINESS_LICENSE_IMAGE_NEEDED_WHEN_TYPE,
            ),
            ("icp_app_screenshot", self.icp_app_screenshot, limits.SIGN_FORM_ICP_APP_SCREENSHOT_NEEDED_WHEN_TYPE),
            ("trademark_image", self.trademark_image, limits.SIGN_FORM_TRADEMARK_IMAGE_NEEDED_WHEN_TYPE),
            (
                "third_party_auth_image",
                self.third_party_auth_image,
                limits.SIGN_FORM_THIRD_PARTY_AUTH_IMAGE_NEEDED_WHEN_TYPE,
            ),
        )
        for argument, image, kinds in proofs:
            if image is None and kind in kinds:
                raise refusal(
                    argument,
                    f"is missing, and a signature of type {kind} ({SignType(kind).name}) needs it",
                    "give the image",
                )


def _file(image: object, argument: str, field: str, max_bytes: int, media_types: tuple[str, ...]) -> File:
    upload = read_image(image, argument, field=field, max_bytes=max_bytes, media_types=media_types)
    return File(BytesIO(upload.content), upload.file_name, upload.media_type)


def _file_or_unset(
    image: object, argument: str, field: str, max_bytes: int, media_types: tuple[str, ...]
) -> File | Unset:
    return UNSET if image is None else _file(image, argument, field, max_bytes, media_types)


__all__ = ["SignPapers"]
