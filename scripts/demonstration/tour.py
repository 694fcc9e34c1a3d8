"""Every operation once, as an app would call it; what one answers the next one takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import partial

from contract_tools.examples import arguments_of
from jsms_client import JSMS, JSMSError, Recipient, SignType, TemplateType
from jsms_client.contract import OPERATIONS, openapi

from .local import LocalSandbox
from .stage import Stage

_MOBILE = "13800138000"
_COLLEAGUE = "13900139000"
_NOTICE = 1250  # a template with one variable, number
_BEIJING = timezone(timedelta(hours=8))
# The smallest PNG there is: one pixel.
_IMAGE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def _codes(jsms: JSMS, stage: Stage, sandbox: LocalSandbox) -> None:
    sent = stage.show(partial(jsms.codes.send, _MOBILE, temp_id=1))
    stage.show(partial(jsms.codes.verify, sent.msg_id, sandbox.latest_code(_MOBILE)))
    stage.show(partial(jsms.codes.send_voice, _MOBILE, code="395721", ttl=300))


def _messages(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    stage.show(partial(jsms.messages.send, _MOBILE, temp_id=_NOTICE, temp_para={"number": 741627}))
    many = [Recipient(_MOBILE, {"number": 741628}), Recipient(_COLLEAGUE, {"number": 741629})]
    stage.show(partial(jsms.messages.send_batch, many, temp_id=_NOTICE, tag="demo"))


def _schedules(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    nine = (datetime.now(_BEIJING) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    ten = nine + timedelta(hours=1)
    one = stage.show(partial(jsms.schedules.create, _MOBILE, temp_id=_NOTICE, send_time=nine, temp_para={"number": 1}))
    stage.show(
        partial(
            jsms.schedules.update, one.schedule_id, _MOBILE, temp_id=_NOTICE, send_time=ten, temp_para={"number": 2}
        )
    )
    stage.show(partial(jsms.schedules.get, one.schedule_id))
    many = [(_MOBILE, {"number": 3}), (_COLLEAGUE, {"number": 4})]
    batch = stage.show(partial(jsms.schedules.create_batch, many, temp_id=_NOTICE, send_time=nine))
    stage.show(partial(jsms.schedules.update_batch, batch.schedule_id, many, temp_id=_NOTICE, send_time=ten))
    stage.show(partial(jsms.schedules.delete, one.schedule_id))


def _accounts(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    stage.show(partial(jsms.accounts.app))
    stage.show(partial(jsms.accounts.dev))


def _templates(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    text, reject = "您的订单{{number}}已发货", "[sandbox:reject 请写明商品]"
    saved = stage.show(partial(jsms.templates.create, text, type=TemplateType.NOTICE, remark=reject))
    stage.show(partial(jsms.templates.update, saved.temp_id, f"您购买的商品{text}", type=TemplateType.NOTICE))
    stage.show(partial(jsms.templates.get, saved.temp_id))
    stage.show(partial(jsms.templates.delete, saved.temp_id))


def _signs(jsms: JSMS, stage: Stage, _: LocalSandbox) -> None:
    company = partial(
        jsms.signs.create,
        "沙箱",
        type=SignType.COMPANY_NAME,
        legal_person_name="张三",
        legal_person_id_number="11010519491231002X",
        id_card_image=_IMAGE,
        social_credit_code="91350100M000100Y43",
        business_license_image=_IMAGE,
    )
    saved = stage.show(partial(company, remark="[sandbox:reject 资料不清晰]"))
    stage.show(partial(jsms.signs.update, saved.sign_id, *company.args, **company.keywords))
    stage.show(partial(jsms.signs.get, saved.sign_id))
    stage.show(partial(jsms.signs.delete, saved.sign_id))


def _receipts(jsms: JSMS, stage: Stage, sandbox: LocalSandbox) -> None:
    sandbox.answer(_MOBILE, "收到")
    sandbox.advance(5)
    stage.show(partial(jsms.receipts.reports))
    stage.show(partial(jsms.receipts.replies))


def _others(jsms: JSMS, stage: Stage, sandbox: LocalSandbox) -> None:
    """Operations that no part above calls, by the contract's own examples."""
    document: Mapping[str, object] = json.loads(openapi("json"))
    called = {request["operation"] for request in sandbox.requests()}
    for operation in OPERATIONS.values():
        if operation.id not in called:
            method: Callable[..., object] = getattr(getattr(jsms, operation.resource), operation.method_name)
            with suppress(JSMSError):  # shown, and counted by the caller
                stage.show(partial(method, **arguments_of(document, operation.id, _IMAGE)))


TOUR: tuple[Callable[[JSMS, Stage, LocalSandbox], None], ...] = (
    _codes,
    _messages,
    _schedules,
    _accounts,
    _templates,
    _signs,
    _receipts,
    _others,
)
"""The parts; one that fails ends there, and the others go on."""
