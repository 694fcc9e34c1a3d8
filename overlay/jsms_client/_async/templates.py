"""Templates: create, change, look at, delete."""

from __future__ import annotations

from jsms_api.api.templates import create_template, delete_template, get_template, update_template
from jsms_api.models.template_request import TemplateRequest
from jsms_api.models.template_type import TemplateType
from jsms_api.models.update_template_request import UpdateTemplateRequest
from jsms_api.types import UNSET
from jsms_client import template_texts, values
from jsms_client._async.resource import AsyncResource
from jsms_client.reading.reviewed import saved_template, template_details
from jsms_client.results.reviewed import SavedTemplate, TemplateDetails


class AsyncTemplates(AsyncResource):
    """Templates: create, change, look at, delete. People at the service review each before it can be used."""

    __slots__ = ()

    async def create(
        self, template: str, *, type: TemplateType | int, ttl: int | None = None, remark: str | None = None
    ) -> SavedTemplate:
        """Hand in a template for review.

        JSMS operation: createTemplate, POST /templates

        Args:
            template: The text without signature, variables written ``{{name}}``. Signature, text and opt-out text
                count together, at most 500 characters. A code template has exactly one variable, ``code``; a link
                variable is named ``url`` and declared in ``remark``.
            type: What it is for: 1 verification code, 2 notice, 3 marketing.
            ttl: How long a code lives, 1 to 86400 seconds; needed for code templates, ignored for others.
            remark: A note for the reviewers, at most 100 characters.

        Returns:
            The template's id.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            UnknownOutcomeError: No answer came, and the template may have been saved. It was not repeated.
            JSMSError: Anything else.
        """
        read = template_texts.read(template, type, ttl, remark)
        body = TemplateRequest(
            template=read.template,
            type_=read.type,
            ttl=UNSET if read.ttl is None else read.ttl,
            remark=UNSET if read.remark is None else read.remark,
        )
        return saved_template((await create_template.asyncio_detailed(client=self._api, body=body)).parsed)

    async def update(
        self,
        temp_id: int,
        template: str,
        *,
        type: TemplateType | int,
        ttl: int | None = None,
        remark: str | None = None,
    ) -> SavedTemplate:
        """Change a template that was rejected in review, and hand it in again.

        JSMS operation: updateTemplate, PUT /templates/{temp_id}

        Args:
            temp_id: The template's id.
            template: The text without signature, variables written ``{{name}}``. Signature, text and opt-out text
                count together, at most 500 characters.
            type: What it is for: 1 verification code, 2 notice, 3 marketing.
            ttl: How long a code lives, 1 to 86400 seconds; needed for code templates, ignored for others.
            remark: A note for the reviewers, at most 100 characters.

        Returns:
            The template's id.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            JSMSError: Anything else, such as a template that was not rejected.
        """
        number = values.read_temp_id(temp_id)
        read = template_texts.read(template, type, ttl, remark)
        body = UpdateTemplateRequest(
            temp_id=number,
            template=read.template,
            type_=read.type,
            ttl=UNSET if read.ttl is None else read.ttl,
            remark=UNSET if read.remark is None else read.remark,
        )
        response = await update_template.asyncio_detailed(number, client=self._api, body=body)
        return saved_template(response.parsed)

    async def get(self, temp_id: int) -> TemplateDetails:
        """Look at a template and the state of its review.

        JSMS operation: getTemplate, GET /templates/{temp_id}

        Args:
            temp_id: The template's id.

        Returns:
            The template; its ``status`` says whether it is in review, passed or was rejected.

        Raises:
            ArgumentError: ``temp_id`` cannot be one; nothing was sent.
            JSMSError: Anything else.
        """
        response = await get_template.asyncio_detailed(values.read_temp_id(temp_id), client=self._api)
        return template_details(response.parsed)

    async def delete(self, temp_id: int) -> None:
        """Delete a template.

        JSMS operation: deleteTemplate, DELETE /templates/{temp_id}

        Args:
            temp_id: The template's id.

        Raises:
            ArgumentError: ``temp_id`` cannot be one; nothing was sent.
            JSMSError: Anything else.
        """
        await delete_template.asyncio_detailed(values.read_temp_id(temp_id), client=self._api)


__all__ = ["AsyncTemplates"]
