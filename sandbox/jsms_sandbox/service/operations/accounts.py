"""Balances: getDevBalance, getAppBalance."""

from __future__ import annotations

from jsms_sandbox.service.request import CheckedRequest
from jsms_sandbox.service.response import Response, json_response
from jsms_sandbox.service.send_checks import check_allocated
from jsms_sandbox.state.entities import Credit
from jsms_sandbox.state.state import State


def get_dev_balance(_state: State, request: CheckedRequest) -> Response:
    """Return what is left in the developer account's pools."""
    check_allocated(request.app.dev_credit)
    return _balance("dev", request.app.dev_credit)


def get_app_balance(_state: State, request: CheckedRequest) -> Response:
    """Return what is left in the app's pools."""
    check_allocated(request.app.credit)
    return _balance("app", request.app.credit)


def _balance(prefix: str, credit: Credit) -> Response:
    return json_response(
        {
            f"{prefix}_balance": credit.balance,
            f"{prefix}_voice": credit.voice,
            f"{prefix}_industry": credit.industry,
            f"{prefix}_market": credit.market,
        }
    )
