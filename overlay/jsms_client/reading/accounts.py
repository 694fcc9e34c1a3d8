"""Results of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from jsms_client.results.accounts import ApplicationBalance, DeveloperBalance

if TYPE_CHECKING:
    from jsms_api import models


def developer_balance(parsed: object) -> DeveloperBalance:
    """The credit of the developer account."""
    model = cast("models.DeveloperBalance", parsed)
    return DeveloperBalance(
        model.dev_balance, model.dev_voice, model.dev_industry, model.dev_market, model.additional_properties
    )


def application_balance(parsed: object) -> ApplicationBalance:
    """The credit of the app."""
    model = cast("models.ApplicationBalance", parsed)
    return ApplicationBalance(
        model.app_balance, model.app_voice, model.app_industry, model.app_market, model.additional_properties
    )


__all__ = ["application_balance", "developer_balance"]
