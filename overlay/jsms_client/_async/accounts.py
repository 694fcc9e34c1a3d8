"""Credit of the application and of the developer account."""

from __future__ import annotations

from jsms_api.api.accounts import get_app_balance, get_dev_balance
from jsms_client._async.resource import AsyncResource
from jsms_client.reading.accounts import application_balance, developer_balance
from jsms_client.results.accounts import ApplicationBalance, DeveloperBalance


class AsyncAccounts(AsyncResource):
    """Credit of the application and of the developer account."""

    __slots__ = ()

    async def dev(self) -> DeveloperBalance:
        """How much credit the developer account has left.

        Takes the developer account's own credentials, ``dev_key`` and ``dev_secret``.

        JSMS operation: getDevBalance, GET /accounts/dev

        Returns:
            What is left, counted in SMS, for all types, voice, industry and marketing; None where none was ever
            allocated.

        Raises:
            ConfigurationError: The client has no developer credentials.
            JSMSError: Anything else.
        """
        return developer_balance((await get_dev_balance.asyncio_detailed(client=self._api)).parsed)

    async def app(self) -> ApplicationBalance:
        """How much credit the application has left.

        JSMS operation: getAppBalance, GET /accounts/app

        Returns:
            What is left, counted in SMS, for all types, voice, industry and marketing; None where none was ever
            allocated.

        Raises:
            JSMSError: Whatever goes wrong.
        """
        return application_balance((await get_app_balance.asyncio_detailed(client=self._api)).parsed)


__all__ = ["AsyncAccounts"]
