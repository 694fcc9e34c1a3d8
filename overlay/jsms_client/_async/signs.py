"""Signatures: create, change, look at, delete."""

from __future__ import annotations

from jsms_api.api.signs import create_sign, delete_sign, get_sign, update_sign
from jsms_api.models.sign_type import SignType
from jsms_client import values
from jsms_client._async.resource import AsyncResource
from jsms_client._concurrency import run_in_thread
from jsms_client.images import Image
from jsms_client.reading.reviewed import saved_sign, sign_details
from jsms_client.results.reviewed import SavedSign, SignDetails
from jsms_client.sign_forms import SignPapers


class AsyncSigns(AsyncResource):
    """Signatures: create, change, look at, delete. People at the service review each before it can be used."""

    __slots__ = ()

    async def create(
        self,
        sign: str,
        *,
        type: SignType | int,
        legal_person_name: str,
        legal_person_id_number: str,
        id_card_image: Image,
        social_credit_code: str,
        business_license_image: Image | None = None,
        icp_app_screenshot: Image | None = None,
        trademark_image: Image | None = None,
        third_party_auth_image: Image | None = None,
        third_party_company_name: str | None = None,
        other_image: Image | None = None,
        remark: str | None = None,
    ) -> SavedSign:
        """Hand in a signature for review, with the papers that prove the right to it.

        Every image is a PNG or JPEG of at most 2 MB, given as a path, as bytes, or as a file opened in binary mode,
        which is read from where it stands and left open. All are checked before anything is sent. Only their content
        is sent, under names of the form's own.

        JSMS operation: createSign, POST /sign

        Args:
            sign: The name, 2 to 8 Chinese or Latin letters or digits, without brackets.
            type: What the name is: 1 company, 3 app, 6 brand, 7 another one.
            legal_person_name: Name of the legal representative.
            legal_person_id_number: Identity number of the legal representative, 18 characters.
            id_card_image: The identity card of the legal representative.
            social_credit_code: The company's unified social credit code, 18 characters.
            business_license_image: The business licence; needed for type 1.
            icp_app_screenshot: A screenshot of the app's ICP record; needed for type 3.
            trademark_image: The trademark certificate; needed for type 6.
            third_party_auth_image: The authorisation by a third party; needed for type 7.
            third_party_company_name: Name of the third party.
            other_image: Any other proof.
            remark: A note for the reviewers, at most 100 characters.

        Returns:
            The signature's id.

        Raises:
            ArgumentError: An argument that the service would refuse, or an image that cannot be read; nothing was
                sent.
            UnknownOutcomeError: No answer came, and the signature may have been saved. It was not repeated.
            JSMSError: Anything else.
        """
        papers = SignPapers(
            sign=sign,
            type=type,
            legal_person_name=legal_person_name,
            legal_person_id_number=legal_person_id_number,
            id_card_image=id_card_image,
            social_credit_code=social_credit_code,
            business_license_image=business_license_image,
            icp_app_screenshot=icp_app_screenshot,
            trademark_image=trademark_image,
            third_party_auth_image=third_party_auth_image,
            third_party_company_name=third_party_company_name,
            other_image=other_image,
            remark=remark,
        )
        body = await run_in_thread(papers.read)
        return saved_sign((await create_sign.asyncio_detailed(client=self._api, body=body)).parsed)

    async def update(
        self,
        sign_id: int,
        sign: str,
        *,
        type: SignType | int,
        legal_person_name: str,
        legal_person_id_number: str,
        id_card_image: Image,
        social_credit_code: str,
        business_license_image: Image | None = None,
        icp_app_screenshot: Image | None = None,
        trademark_image: Image | None = None,
        third_party_auth_image: Image | None = None,
        third_party_company_name: str | None = None,
        other_image: Image | None = None,
        remark: str | None = None,
    ) -> SavedSign:
        """Change a signature that was rejected in review, and hand it in again, with all of its papers.

        Every image is a PNG or JPEG of at most 2 MB, given as a path, as bytes, or as a file opened in binary mode,
        which is read from where it stands and left open. All are checked before anything is sent.

        JSMS operation: updateSign, POST /sign/{sign_id}

        Args:
            sign_id: The signature's id.
            sign: The name, 2 to 8 Chinese or Latin letters or digits, without brackets.
            type: What the name is: 1 company, 3 app, 6 brand, 7 another one.
            legal_person_name: Name of the legal representative.
            legal_person_id_number: Identity number of the legal representative, 18 characters.
            id_card_image: The identity card of the legal representative.
            social_credit_code: The company's unified social credit code, 18 characters.
            business_license_image: The business licence; needed for type 1.
            icp_app_screenshot: A screenshot of the app's ICP record; needed for type 3.
            trademark_image: The trademark certificate; needed for type 6.
            third_party_auth_image: The authorisation by a third party; needed for type 7.
            third_party_company_name: Name of the third party.
            other_image: Any other proof.
            remark: A note for the reviewers, at most 100 characters.

        Returns:
            The signature's id.

        Raises:
            ArgumentError: An argument that the service would refuse, or an image that cannot be read; nothing was
                sent.
            UnknownOutcomeError: No answer came, and the change may have been saved. It was not repeated.
            JSMSError: Anything else, such as a signature that was not rejected.
        """
        number = values.read_sign_id(sign_id)
        papers = SignPapers(
            sign=sign,
            type=type,
            legal_person_name=legal_person_name,
            legal_person_id_number=legal_person_id_number,
            id_card_image=id_card_image,
            social_credit_code=social_credit_code,
            business_license_image=business_license_image,
            icp_app_screenshot=icp_app_screenshot,
            trademark_image=trademark_image,
            third_party_auth_image=third_party_auth_image,
            third_party_company_name=third_party_company_name,
            other_image=other_image,
            remark=remark,
        )
        body = await run_in_thread(papers.read)
        return saved_sign((await update_sign.asyncio_detailed(number, client=self._api, body=body)).parsed)

    async def get(self, sign_id: int) -> SignDetails:
        """Look at a signature and the state of its review.

        JSMS operation: getSign, GET /sign/{sign_id}

        Args:
            sign_id: The signature's id.

        Returns:
            The signature; its ``status`` says whether it is in review, passed or was rejected.

        Raises:
            ArgumentError: ``sign_id`` cannot be one; nothing was sent.
            JSMSError: Anything else.
        """
        response = await get_sign.asyncio_detailed(values.read_sign_id(sign_id), client=self._api)
        return sign_details(response.parsed)

    async def delete(self, sign_id: int) -> None:
        """Delete a signature; the app's default one cannot be deleted.

        JSMS operation: deleteSign, DELETE /sign/{sign_id}

        Args:
            sign_id: The signature's id.

        Raises:
            ArgumentError: ``sign_id`` cannot be one; nothing was sent.
            JSMSError: Anything else.
        """
        await delete_sign.asyncio_detailed(values.read_sign_id(sign_id), client=self._api)


__all__ = ["AsyncSigns"]
