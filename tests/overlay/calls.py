"""How to make each of the contract's operations, through the resources and through the generated functions."""

from __future__ import annotations

import importlib
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol, cast

from jsms_api import models
from jsms_api.types import File, Response
from jsms_client import JSMS, AsyncJSMS
from jsms_contract.operations import OPERATIONS

MOBILE = "13912345678"
SECOND_MOBILE = "13987654321"
CODE = "739152"
PARAMETER = "Parcel-K7Q2"
PERSON = "张三丰"
ID_NUMBER = "11010519491231002X"
CREDIT_CODE = "91350100M000100Y43"
MSG_ID = "288193860302"
SCHEDULE_ID = "dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e"
PNG = b"\x89PNG\r\n\x1a\n\x00\r\n--+++\r\n\x00"
SEND_TIME = datetime(2030, 7, 1, 1, tzinfo=timezone(timedelta(0)))

PRIVATE = (MOBILE, SECOND_MOBILE, CODE, PARAMETER, PERSON, ID_NUMBER, CREDIT_CODE)
"""What a call carries that no log, repr or exception may show."""


class GeneratedFunction(Protocol):
    """What is used of a module of the generated client."""

    def sync_detailed(self, *path: object, **options: object) -> Response[object]: ...

    def asyncio_detailed(self, *path: object, **options: object) -> Awaitable[Response[object]]: ...


def _nothing() -> Mapping[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Call:
    """One way to make an operation.

    Attributes:
        operation: Its operationId.
        resource: The resource of the client.
        method: The method of the resource.
        arguments: What it is called with by position.
        options: What it is called with by name.
        path: What the generated function takes for the path.
        body: Makes what the generated function takes for the body.
    """

    operation: str
    resource: str
    method: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=_nothing)
    path: tuple[object, ...] = ()
    body: Callable[[], object] | None = None

    def on(self, client: JSMS) -> object:
        """Make the call."""
        return self._method(client)(*self.arguments, **self.options)

    async def on_async(self, client: AsyncJSMS) -> object:
        """Make the call."""
        return await cast("Awaitable[object]", self._method(client)(*self.arguments, **self.options))

    def generated_on(self, client: JSMS) -> Response[object]:
        """Make the call through the generated function."""
        return self._function().sync_detailed(*self.path, **self._with_body(client.api))

    async def generated_on_async(self, client: AsyncJSMS) -> Response[object]:
        """Make the call through the generated function."""
        return await self._function().asyncio_detailed(*self.path, **self._with_body(client.api))

    def _method(self, client: object) -> Callable[..., object]:
        return cast("Callable[..., object]", getattr(getattr(client, self.resource), self.method))

    def _function(self) -> GeneratedFunction:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in self.operation)
        module = importlib.import_module(f"jsms_api.api.{OPERATIONS[self.operation].tag}.{name}")
        return cast("GeneratedFunction", module)

    def _with_body(self, api: object) -> dict[str, object]:
        return {"client": api} if self.body is None else {"client": api, "body": self.body()}


def _file(name: str) -> File:
    return File(payload=io.BytesIO(PNG), file_name=f"{name}.png", mime_type="image/png")


def _sign_form() -> models.SignForm:
    return models.SignForm(
        sign="极光",
        type_=1,
        legal_person_name=PERSON,
        legal_person_id_number=ID_NUMBER,
        id_card_image=_file("idCardImage"),
        social_credit_code=CREDIT_CODE,
        business_license_image=_file("businessLicenseImage"),
    )


_PARAMETERS = {"number": PARAMETER}
_RECIPIENTS = [(MOBILE, _PARAMETERS), {"mobile": SECOND_MOBILE, "temp_para": _PARAMETERS}]
_JSON_RECIPIENTS = [{"mobile": MOBILE, "temp_para": _PARAMETERS}, {"mobile": SECOND_MOBILE}]
_MESSAGE = {"mobile": MOBILE, "temp_id": 1250, "temp_para": _PARAMETERS}
_SCHEDULE = {**_MESSAGE, "send_time": "2030-07-01 09:00:00"}
_BATCH = {"temp_id": 1250, "tag": "spring", "recipients": _JSON_RECIPIENTS}
_SCHEDULE_BATCH = {**_BATCH, "send_time": "2030-07-01 09:00:00"}
_TEMPLATE = {"template": "您的包裹{{number}}到了", "type": 2, "remark": "parcels"}
_SIGN: Mapping[str, object] = {
    "type": 1,
    "legal_person_name": PERSON,
    "legal_person_id_number": ID_NUMBER,
    "id_card_image": PNG,
    "social_credit_code": CREDIT_CODE,
    "business_license_image": PNG,
}
_SENDING: Mapping[str, object] = {"temp_id": 1250, "temp_para": _PARAMETERS}
_LATER: Mapping[str, object] = {**_SENDING, "send_time": SEND_TIME}
_TO_MANY: Mapping[str, object] = {"temp_id": 1250, "tag": "spring"}
_TO_MANY_LATER: Mapping[str, object] = {**_TO_MANY, "send_time": SEND_TIME}

_ALL = (
    Call(
        "sendCode",
        "codes",
        "send",
        (MOBILE,),
        {"temp_id": 1},
        body=lambda: models.SendCodeRequest(mobile=MOBILE, temp_id=1),
    ),
    Call(
        "sendVoiceCode",
        "codes",
        "send_voice",
        (MOBILE,),
        {"code": CODE, "voice_lang": 1, "ttl": 120},
        body=lambda: models.SendVoiceCodeRequest(mobile=MOBILE, code=CODE),
    ),
    Call(
        "verifyCode",
        "codes",
        "verify",
        (MSG_ID, CODE),
        path=(MSG_ID,),
        body=lambda: models.VerifyCodeRequest(code=CODE),
    ),
    Call(
        "sendMessage",
        "messages",
        "send",
        (MOBILE,),
        _SENDING,
        body=lambda: models.SendMessageRequest.from_dict(_MESSAGE),
    ),
    Call(
        "sendMessageBatch",
        "messages",
        "send_batch",
        (_RECIPIENTS,),
        _TO_MANY,
        body=lambda: models.SendMessageBatchRequest.from_dict(_BATCH),
    ),
    Call(
        "createSchedule",
        "schedules",
        "create",
        (MOBILE,),
        _LATER,
        body=lambda: models.ScheduleRequest.from_dict(_SCHEDULE),
    ),
    Call(
        "createScheduleBatch",
        "schedules",
        "create_batch",
        (_RECIPIENTS,),
        _TO_MANY_LATER,
        body=lambda: models.ScheduleBatchRequest.from_dict(_SCHEDULE_BATCH),
    ),
    Call(
        "updateSchedule",
        "schedules",
        "update",
        (SCHEDULE_ID, MOBILE),
        _LATER,
        (SCHEDULE_ID,),
        lambda: models.ScheduleRequest.from_dict(_SCHEDULE),
    ),
    Call(
        "updateScheduleBatch",
        "schedules",
        "update_batch",
        (SCHEDULE_ID, _RECIPIENTS),
        _TO_MANY_LATER,
        (SCHEDULE_ID,),
        lambda: models.ScheduleBatchRequest.from_dict(_SCHEDULE_BATCH),
    ),
    Call("getSchedule", "schedules", "get", (SCHEDULE_ID,), path=(SCHEDULE_ID,)),
    Call("deleteSchedule", "schedules", "delete", (SCHEDULE_ID,), path=(SCHEDULE_ID,)),
    Call("getDevBalance", "accounts", "dev"),
    Call("getAppBalance", "accounts", "app"),
    Call(
        "createTemplate",
        "templates",
        "create",
        (_TEMPLATE["template"],),
        {"type": 2, "remark": "parcels"},
        body=lambda: models.TemplateRequest.from_dict(_TEMPLATE),
    ),
    Call(
        "updateTemplate",
        "templates",
        "update",
        (1250, _TEMPLATE["template"]),
        {"type": 2, "remark": "parcels"},
        (1250,),
        lambda: models.UpdateTemplateRequest.from_dict({"temp_id": 1250, **_TEMPLATE}),
    ),
    Call("getTemplate", "templates", "get", (1250,), path=(1250,)),
    Call("deleteTemplate", "templates", "delete", (1250,), path=(1250,)),
    Call("createSign", "signs", "create", ("极光",), _SIGN, body=_sign_form),
    Call("updateSign", "signs", "update", (4321, "极光"), _SIGN, (4321,), _sign_form),
    Call("getSign", "signs", "get", (4321,), path=(4321,)),
    Call("deleteSign", "signs", "delete", (4321,), path=(4321,)),
    Call("pollReports", "receipts", "reports"),
    Call("pollReplies", "receipts", "replies"),
)

CALLS: Mapping[str, Call] = {call.operation: call for call in _ALL}

__all__ = ["CALLS", "PNG", "PRIVATE", "Call"]
