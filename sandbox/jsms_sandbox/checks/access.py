"""Whether this caller and this app may ask at all: 50035, 50036, 50008, and the code of a magic app key."""

from __future__ import annotations

import ipaddress

from ..credentials import magic_code
from ..refusal import Refusal
from ..request import Request

ILLEGAL_IP, APP_IN_BLACK, NO_SMS_CODE_AUTH = 50035, 50036, 50008


def check_access(request: Request) -> None:
    """Check the app's switches.

    Raises:
        Refusal: The address is not allowed (50035), the app is blacklisted (50036) or not enabled (50008), or its magic
            key asks for an error.
    """
    app, operation = request.known_app, request.known_operation
    if app.allowed_ips and not any(_covers(allowed, request.client) for allowed in app.allowed_ips):
        raise Refusal(ILLEGAL_IP, "access", "The app allows %s, not %s.", ", ".join(app.allowed_ips), request.client)
    if app.blacklisted and APP_IN_BLACK in operation.codes:
        raise Refusal(APP_IN_BLACK, "access", "The app is switched to blacklisted.")
    if not app.sms_enabled and NO_SMS_CODE_AUTH in operation.codes:
        raise Refusal(NO_SMS_CODE_AUTH, "access", "The app's SMS service is switched off.")
    code = magic_code(app.app_key)
    if code is None:
        return
    if code in operation.codes:
        raise Refusal(code, "magic app key", "The key %s asks for code %s.", app.app_key, code)
    request.warn("%s cannot answer %s, which the key %s asks for.", operation.id, code, app.app_key)


def _covers(allowed: str, client: str) -> bool:
    try:
        return ipaddress.ip_address(client) in ipaddress.ip_network(allowed, strict=False)
    except ValueError:
        return allowed == client
