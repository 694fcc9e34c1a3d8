"""Verification codes: send, send by voice, verify."""

from __future__ import annotations

from jsms_api.api.codes import send_code, send_voice_code, verify_code
from jsms_api.models.send_code_request import SendCodeRequest
from jsms_api.models.send_voice_code_request import SendVoiceCodeRequest
from jsms_api.models.verify_code_request import VerifyCodeRequest
from jsms_api.models.voice_language import VoiceLanguage
from jsms_api.types import UNSET
from jsms_client import values
from jsms_client._async.resource import AsyncResource
from jsms_client.errors import ExpiredCodeError, InvalidCodeError, VerifiedCodeError
from jsms_client.reading.codes import refused_code, sent_message, verification
from jsms_client.results.codes import SentMessage, Verification
from jsms_contract import limits


class AsyncCodes(AsyncResource):
    """Verification codes: send, send by voice, verify."""

    __slots__ = ()

    async def send(
        self, mobile: str, *, temp_id: int, sign_id: int | None = None, once: str | None = None
    ) -> SentMessage:
        """Send a verification code as a text message. The service makes the code and keeps it.

        One message is billed. The same number gets at most 200 codes in 24 hours.

        JSMS operation: sendCode, POST /codes

        Args:
            mobile: A mainland China mobile number: 11 digits, with or without +86, spaces and hyphens.
            temp_id: A code template that passed review; template 1 exists in every app.
            sign_id: A signature that passed review; None for the app's default signature.
            once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the
                client's store, sends nothing and gives the first result.

        Returns:
            The ``msg_id`` to verify the code with.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            IdempotencyError: ``once`` was used with other arguments; nothing was sent.
            StoreError: The store failed before the request left; nothing was sent.
            UnknownOutcomeError: No answer came, and the code may have been sent. It was not repeated.
            JSMSError: Anything else.
        """
        body = SendCodeRequest(
            mobile=values.read_mobile(mobile),
            temp_id=values.read_temp_id(temp_id),
            sign_id=UNSET if sign_id is None else values.read_sign_id(sign_id),
        )
        return sent_message((await send_code.asyncio_detailed(client=self._api.once(once), body=body)).parsed)

    async def send_voice(
        self,
        mobile: str,
        *,
        code: str | None = None,
        voice_lang: VoiceLanguage | int | None = None,
        ttl: int | None = None,
        once: str | None = None,
    ) -> SentMessage:
        """Call a number and read a verification code out.

        One call is billed. The same number is called at most once in 20 seconds.

        JSMS operation: sendVoiceCode, POST /voice_codes

        Args:
            mobile: A mainland China mobile number: 11 digits, with or without +86, spaces and hyphens.
            code: The code to read out, 4 to 8 digits as a text, so that leading zeros stay; None for one that the
                service makes.
            voice_lang: The language; None for Chinese.
            ttl: How long the code lives, 1 to 86400 seconds; None for 60.
            once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the
                client's store, sends nothing and gives the first result.

        Returns:
            The ``msg_id`` to verify the code with.

        Raises:
            ArgumentError: An argument that the service would refuse; nothing was sent.
            IdempotencyError: ``once`` was used with other arguments; nothing was sent.
            StoreError: The store failed before the request left; nothing was sent.
            UnknownOutcomeError: No answer came, and the call may have been made. It was not repeated.
            JSMSError: Anything else.
        """
        body = SendVoiceCodeRequest(
            mobile=values.read_mobile(mobile),
            code=UNSET if code is None else values.read_spoken_code(code),
            voice_lang=UNSET
            if voice_lang is None
            else values.read_choice(
                voice_lang,
                "voice_lang",
                VoiceLanguage,
                smallest=limits.SEND_VOICE_CODE_REQUEST_VOICE_LANG_MINIMUM,
                largest=limits.SEND_VOICE_CODE_REQUEST_VOICE_LANG_MAXIMUM,
            ),
            ttl=UNSET
            if ttl is None
            else values.read_number(
                ttl,
                "ttl",
                smallest=limits.SEND_VOICE_CODE_REQUEST_TTL_MINIMUM,
                largest=limits.SEND_VOICE_CODE_REQUEST_TTL_MAXIMUM,
                unit=" seconds",
            ),
        )
        return sent_message((await send_voice_code.asyncio_detailed(client=self._api.once(once), body=body)).parsed)

    async def verify(self, msg_id: str | int, code: str) -> Verification:
        """Check the code that a user typed. A code counts once, within its time to live.

        ```python
        if await jsms.codes.verify(sent.msg_id, typed):
            ...
        ```

        JSMS operation: verifyCode, POST /codes/{msg_id}/valid

        Args:
            msg_id: What `send` or `send_voice` answered.
            code: The code as the user typed it; spaces around it do not count.

        Returns:
            True as a condition only where the code is right; else ``reason`` says whether it is wrong, expired or
            was used before.

        Raises:
            ArgumentError: ``msg_id`` or ``code`` is empty or of another type; nothing was sent.
            UnknownOutcomeError: No answer came, and the code may count as used. It was not repeated.
            JSMSError: Anything else, such as a ``msg_id`` that the service does not know.
        """
        message = values.read_id(msg_id, "msg_id")
        body = VerifyCodeRequest(code=values.read_typed_code(code))
        try:
            response = await verify_code.asyncio_detailed(message, client=self._api, body=body)
        except (InvalidCodeError, ExpiredCodeError, VerifiedCodeError) as error:
            return refused_code(error)
        return verification(response.parsed)


__all__ = ["AsyncCodes"]
