"""Seed an app with templates and signatures of given ids, and with sample messages."""

from __future__ import annotations

import base64
import json
import random
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from jsms_contract.limits import (
    SIGN_FORM_TYPE_MAXIMUM,
    SIGN_FORM_TYPE_MINIMUM,
    TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH,
    TEMPLATE_REQUEST_TTL_MAXIMUM,
    TEMPLATE_REQUEST_TTL_MINIMUM,
    TEMPLATE_REQUEST_TYPE_MAXIMUM,
    TEMPLATE_REQUEST_TYPE_MINIMUM,
)
from jsms_contract.values import (
    REVIEW_STATUS_IN_REVIEW,
    REVIEW_STATUS_PASSED,
    REVIEW_STATUS_REJECTED,
    SIGN_TYPE_COMPANY_NAME,
    TEMPLATE_TYPE_VERIFICATION_CODE,
)
from jsms_sandbox.admin.endpoint import post
from jsms_sandbox.admin.models import Body, Id, Query, ResponseModel
from jsms_sandbox.admin.request import AdminRequest
from jsms_sandbox.admin.resources.reviews import Sign, Template, sign_model, template_model
from jsms_sandbox.service.request import Request
from jsms_sandbox.simulation import delivery
from jsms_sandbox.simulation.clock import BEIJING
from jsms_sandbox.simulation.reviews import publish
from jsms_sandbox.state import entities
from jsms_sandbox.state.state import BLOCKED_WORD

CODE_TTL = 300
LONGEST_TEXT = TEMPLATE_REQUEST_TEMPLATE_MAX_LENGTH
MOST_SAMPLES, MOST_OTHERS = 1_000, 100
REPLY_EVERY = 10
REPLIES = ("好的", "收到，谢谢", "请问几点送到？", "ok")
NAMES = ("小明", "李女士", "王先生", "Ada")
TemplateType = Annotated[int, Field(ge=TEMPLATE_REQUEST_TYPE_MINIMUM, le=TEMPLATE_REQUEST_TYPE_MAXIMUM)]
ReviewStatus = Annotated[
    int, Field(ge=REVIEW_STATUS_IN_REVIEW, le=REVIEW_STATUS_REJECTED, description="0 in review, 1 passed, 2 rejected.")
]
Message = tuple[str, dict[str, object]]


class TemplateToSeed(Body):
    """A template to add; one of the same id is replaced."""

    template: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    temp_id: Id | None = None
    type: TemplateType = TEMPLATE_TYPE_VERIFICATION_CODE
    ttl: Annotated[int | None, Field(ge=TEMPLATE_REQUEST_TTL_MINIMUM, le=TEMPLATE_REQUEST_TTL_MAXIMUM)] = None
    remark: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    status: ReviewStatus = REVIEW_STATUS_PASSED


class SignToSeed(Body):
    """A signature to add; one of the same id is replaced."""

    sign: Annotated[str, Field(min_length=1, max_length=20)]
    sign_id: Id | None = None
    type: Annotated[int, Field(ge=SIGN_FORM_TYPE_MINIMUM, le=SIGN_FORM_TYPE_MAXIMUM)] = SIGN_TYPE_COMPANY_NAME
    remark: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    status: ReviewStatus = REVIEW_STATUS_PASSED
    is_default: bool = False


class Seed(Body):
    """What to seed."""

    templates: Annotated[list[TemplateToSeed], Field(default_factory=list[TemplateToSeed], max_length=MOST_SAMPLES)]
    signs: Annotated[list[SignToSeed], Field(default_factory=list[SignToSeed], max_length=MOST_SAMPLES)]
    samples: Annotated[
        int, Field(ge=0, le=MOST_SAMPLES, description="So many messages of every kind, and some replies.")
    ] = 0
    refused: Annotated[int, Field(ge=0, le=MOST_OTHERS, description="So many refused requests.")] = 0
    schedules: Annotated[int, Field(ge=0, le=MOST_OTHERS, description="So many scheduled SMS.")] = 0
    seed: Annotated[int, Field(description="Makes the samples the same in each run.")] = 0


class Seeded(ResponseModel):
    """What was made."""

    templates: list[Template]
    signs: list[Sign]
    msg_ids: list[str]
    schedule_ids: list[str]


def seed(call: AdminRequest, query: Query, body: Seed) -> Seeded:
    """Fill an app: templates and signatures as given, and samples sent as a client would, with their requests."""
    app, chance = call.app(query), random.Random(body.seed)  # noqa: S311 - samples
    templates = [_template(call, app, item) for item in body.templates]
    signs = [_sign(call, app, item) for item in body.signs]
    for number in range(body.refused):
        path, fields = REFUSED[number % len(REFUSED)]
        _post(call, app, path, fields)
    msg_ids: list[str] = []
    for number in range(body.samples):
        path, fields = _sample(number, chance)
        msg_id = _post(call, app, path, fields).get("msg_id")
        if msg_id is not None:
            msg_ids.append(msg_id)
        if number % REPLY_EVERY == 0:
            delivery.reply(call.state, app, str(fields["mobile"]), chance.choice(REPLIES))
    schedule_ids = [
        _post(call, app, "/v1/schedule", _schedule(call, number, chance)).get("schedule_id")
        for number in range(body.schedules)
    ]
    return Seeded(
        templates=[template_model(item) for item in templates],
        signs=[sign_model(item) for item in signs],
        msg_ids=msg_ids,
        schedule_ids=[schedule_id for schedule_id in schedule_ids if schedule_id is not None],
    )


def _template(call: AdminRequest, app: entities.App, item: TemplateToSeed) -> entities.Template:
    kept = call.state.templates[app.app_key]
    temp_id = item.temp_id or max((0, *kept)) + 1
    ttl = (item.ttl or CODE_TTL) if item.type == TEMPLATE_TYPE_VERIFICATION_CODE else None
    now = call.state.clock.now()
    template = entities.Template(app.app_key, temp_id, item.template, item.type, ttl, item.remark, item.status, now)
    call.state.add_template(template)
    publish(call.state, template)
    return template


def _sign(call: AdminRequest, app: entities.App, item: SignToSeed) -> entities.Sign:
    kept = call.state.signs[app.app_key]
    sign_id = item.sign_id or max((0, *kept)) + 1
    for other in kept.values() if item.is_default else ():
        if other.is_default:
            other.is_default = False
            call.state.save(other)
    now = call.state.clock.now()
    sign = entities.Sign(
        app.app_key, sign_id, item.sign, item.type, item.remark, item.status, now, is_default=item.is_default
    )
    call.state.add_sign(sign)
    publish(call.state, sign)
    return sign


def _sample(number: int, chance: random.Random) -> Message:
    mobile = f"138{chance.randrange(10**8):08d}"
    order = {"number": str(chance.randrange(10**6))}
    match number % 4:
        case 0:
            return "/v1/codes", {"mobile": mobile, "temp_id": 1}
        case 1:
            return "/v1/messages", {"mobile": mobile, "temp_id": 1250, "temp_para": order}
        case 2:
            return "/v1/messages", {"mobile": mobile, "temp_id": 1252, "temp_para": {"name": chance.choice(NAMES)}}
        case _:
            return "/v1/voice_codes", {"mobile": mobile}


REFUSED: tuple[Message, ...] = (
    ("/v1/codes", {"mobile": "13800138000", "temp_id": 999_999}),
    ("/v1/messages", {"mobile": "13800138000", "temp_id": 1250, "temp_para": {}}),
    ("/v1/codes", {"mobile": "138001", "temp_id": 1}),
    ("/v1/messages", {"mobile": "13800138000", "temp_id": 1250, "temp_para": {"number": BLOCKED_WORD}}),
    ("/v1/codes", {"temp_id": 1}),
    ("/v1/sms", {"mobile": "13800138000"}),
)


def _schedule(call: AdminRequest, number: int, chance: random.Random) -> dict[str, object]:
    when: datetime = call.state.clock.beijing() + timedelta(days=1, minutes=number)
    order = {"number": str(chance.randrange(10**6))}
    return {
        "send_time": when.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "mobile": f"139{chance.randrange(10**8):08d}",
        "temp_id": 1250,
        "temp_para": order,
    }


def _post(call: AdminRequest, app: entities.App, path: str, fields: dict[str, object]) -> dict[str, str]:
    """Send a request as a client would, but not over a socket."""
    content = json.dumps(fields, ensure_ascii=False).encode()
    credentials = base64.b64encode(f"{app.app_key}:{app.master_secret}".encode()).decode()
    headers = [
        ("host", call.request.headers.get("host", "")),
        ("authorization", f"Basic {credentials}"),
        ("content-type", "application/json"),
        ("content-length", str(len(content))),
        ("user-agent", "jsms-sandbox seed"),
    ]
    request = Request("POST", path, headers, content, "127.0.0.1")
    response = call.sandbox.service.respond(request)
    if response.status != HTTPStatus.OK or request.fault or not response.body:
        return {}
    return dict(json.loads(response.body))


ENDPOINTS = (post("/seed", seed, Seed, Seeded),)
