"""A request that provokes each error code, as data: tests run it, the documentation prints it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from jsms_contract.errors import ERRORS
from jsms_sandbox.contract import operations
from servers.arguments import body_of

from .sign_forms import FileField, image, sign_form

JSON = {"Content-Type": "application/json"}
MOBILE = "13800138000"
CODE = {"mobile": MOBILE, "temp_id": 1}
ORDER = {"mobile": MOBILE, "temp_id": 1250, "temp_para": {"number": "741627"}}
LATER = {"send_time": "2099-07-01 09:00:00"}
TEMPLATE = {"template": "您的订单{{number}}已发货。", "type": 2}


@dataclass(frozen=True)
class Call:
    """One request. ``{names}`` in the path are replaced by an earlier response's value of that name."""

    method: str
    path: str
    body: Any = None
    raw: bytes | None = None
    form: dict[str, str | FileField] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    auth: Literal["app", "none", "wrong", "magic"] = "app"


@dataclass(frozen=True)
class Switch:
    """Something set on the app beforehand, which no request can do."""

    field: str
    value: Any
    says: str


@dataclass(frozen=True)
class Wait:
    """Time that passes on the sandbox's clock."""

    seconds: float


@dataclass(frozen=True)
class ErrorRecipe:
    """How one code is provoked.

    Attributes:
        code: The code.
        call: The request that is refused.
        given: What comes before.
        recipient: Whether the code is at a recipient of a batch whose own status is 200.
    """

    code: int
    call: Call
    given: tuple[Call | Switch | Wait, ...] = ()
    recipient: bool = False


def post(path: str, body: Any = None, **more: Any) -> Call:
    """Make the recipe of a POST."""
    return Call("POST", path, body, **more)


def batch(*recipients: dict[str, Any], temp_id: int = 1250) -> dict[str, Any]:
    """Make the body of a batch."""
    return {"temp_id": temp_id, "recipients": list(recipients)}


def template(text: str, **more: Any) -> Call:
    """Make the body of a template."""
    return post("/templates", {"template": text, "type": 2, **more})


SEND_CODE = post("/codes", CODE)
SCHEDULE = post("/schedule", ORDER | LATER)
HOLD = template("您好。", remark="[sandbox:hold]")
REJECT = template("您好。", remark="[sandbox:reject 不合规]")
HOLD_SIGN = post("/sign", form=sign_form(remark="[sandbox:hold]"))

WRITTEN = (
    ErrorRecipe(50001, post("/codes", CODE, auth="none")),
    ErrorRecipe(50002, post("/codes", CODE, auth="wrong")),
    ErrorRecipe(50003, post("/codes", raw=b"", headers=JSON)),
    ErrorRecipe(50004, post("/codes", {"temp_id": 1})),
    ErrorRecipe(50005, post("/codes", {"mobile": MOBILE})),
    ErrorRecipe(50006, post("/codes", {"mobile": "1380013800", "temp_id": 1})),
    ErrorRecipe(50007, post("/codes", raw=b'{"mobile": ', headers=JSON)),
    ErrorRecipe(50008, SEND_CODE, (Switch("sms_enabled", False, "the app's SMS service is switched off"),)),
    ErrorRecipe(
        50009, post("/voice_codes", {"mobile": MOBILE}), (post("/voice_codes", {"mobile": MOBILE}), Wait(19.0))
    ),
    ErrorRecipe(50010, post("/codes/{msg_id}/valid", {"code": "no code"}), (SEND_CODE,)),
    ErrorRecipe(50011, post("/codes/{msg_id}/valid", {"code": "123456"}), (SEND_CODE, Wait(300.0))),
    ErrorRecipe(
        50012,
        post("/codes/{msg_id}/valid", {"code": "123456"}),
        (
            Switch("fixed_code", "123456", "every code is 123456"),
            SEND_CODE,
            post("/codes/{msg_id}/valid", {"code": "123456"}),
        ),
    ),
    ErrorRecipe(50013, post("/codes", {"mobile": MOBILE, "temp_id": 999})),
    ErrorRecipe(50014, SEND_CODE, (Switch("credit", (0, 0, 0, 0), "all pools of the app are empty"),)),
    ErrorRecipe(50015, post("/codes/{msg_id}/valid", {"code": ""}), (SEND_CODE,)),
    ErrorRecipe(50016, Call("GET", "/nothing")),
    ErrorRecipe(50017, post("/codes", raw=b"<mobile/>", headers={"Content-Type": "application/xml"})),
    ErrorRecipe(50018, Call("GET", "/codes")),
    ErrorRecipe(50019, post("/codes", {"mobile": "13000050019", "temp_id": 1})),
    ErrorRecipe(50020, post("/messages", {"mobile": MOBILE, "temp_id": "{temp_id}"}), (HOLD,)),
    ErrorRecipe(50021, post("/messages", {"mobile": MOBILE, "temp_id": "{temp_id}"}), (REJECT,)),
    ErrorRecipe(
        50022,
        post("/messages", {"mobile": MOBILE, "temp_id": "{temp_id}", "temp_para": {"a": "1"}}),
        (template("{{a}}，{{b}}。"),),
    ),
    ErrorRecipe(50023, post("/messages", {"mobile": MOBILE, "temp_id": 1250})),
    ErrorRecipe(50024, SEND_CODE, (Switch("opt_outs", [MOBILE], "the number has opted out"),)),
    ErrorRecipe(50025, post("/codes", {"mobile": MOBILE, "temp_id": 1250})),
    ErrorRecipe(50026, post("/codes/1/valid", {"code": "123456"})),
    ErrorRecipe(50027, post("/schedule", ORDER | {"send_time": "2020-07-01 09:00:00"})),
    ErrorRecipe(50028, Call("GET", "/schedule/dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e")),
    ErrorRecipe(
        50029, Call("DELETE", "/schedule/{schedule_id}"), (SCHEDULE, Call("DELETE", "/schedule/{schedule_id}"))
    ),
    ErrorRecipe(50030, post("/messages/batch", batch())),
    ErrorRecipe(50031, post("/messages/batch", batch(*[{"mobile": MOBILE}] * 1001))),
    ErrorRecipe(50033, SEND_CODE, (Switch("credit", (None, None, None, None), "no pool is allocated to the app"),)),
    ErrorRecipe(
        50034, post("/messages/batch", batch({"mobile": MOBILE}, {"mobile": MOBILE}, temp_id=1251)), recipient=True
    ),
    ErrorRecipe(50035, SEND_CODE, (Switch("allowed_ips", ["203.0.113.7"], "only 203.0.113.7 is allowed"),)),
    ErrorRecipe(50036, SEND_CODE, (Switch("blacklisted", True, "the app is blacklisted"),)),
    ErrorRecipe(50037, post("/messages", ORDER | {"temp_para": {"number": "沙箱敏感词"}})),
    ErrorRecipe(50038, post("/voice_codes", {"mobile": MOBILE, "code": "123"})),
    ErrorRecipe(50039, post("/voice_codes", {"mobile": MOBILE, "code": "12a4"})),
    ErrorRecipe(50040, post("/voice_codes", {"mobile": MOBILE, "voice_lang": 3})),
    ErrorRecipe(50041, post("/templates", {"template": "验证码{{code}}", "type": 1, "ttl": 0})),
    ErrorRecipe(50042, template("")),
    ErrorRecipe(50043, template("长" * 498)),
    ErrorRecipe(50044, template("您好{{订单号}}。")),
    ErrorRecipe(50045, template("您好。", remark="备" * 101)),
    ErrorRecipe(50046, template("您好。"), (Switch("signs", None, "the app has no signature"),)),
    ErrorRecipe(
        50047, Call("PUT", "/templates/{temp_id}", {"temp_id": "{temp_id}", "template": "您好。", "type": 2}), (HOLD,)
    ),
    ErrorRecipe(50052, template("【极光】您好。")),
    ErrorRecipe(50053, template("请看{{url}}。")),
    ErrorRecipe(50054, post("/messages", ORDER | {"temp_para": {"number": "【1】"}})),
    ErrorRecipe(50101, post("/sign", form=sign_form(idCardImage=image(b"GIF89a no image of theirs")))),
    ErrorRecipe(50102, post("/codes", CODE | {"sign_id": 999})),
    ErrorRecipe(50103, post("/sign", form=sign_form()), (HOLD_SIGN,)),
    ErrorRecipe(50104, post("/sign", form=sign_form(sign="【极光】"))),
    ErrorRecipe(50105, Call("DELETE", "/sign/4321")),
)

BODIES: dict[str, dict[str, Any]] = {
    "/codes": CODE,
    "/voice_codes": {"mobile": MOBILE},
    "/messages": ORDER,
    "/schedule": ORDER | LATER,
}


def magic(code: int) -> ErrorRecipe:
    """Make the recipe of a code that the sandbox has no check for: a magic number, or a magic app key."""
    listed = [each for each in operations().values() if code in each.codes]
    for operation in listed:
        if "{" not in operation.path and any(field.kind == "mobile" for field in operation.fields):
            known = BODIES.get(operation.path) or cast("dict[str, Any]", body_of(operation.id))
            body = known | {"mobile": f"130000{code}"}
            return ErrorRecipe(code, Call(operation.method, operation.path, body))
    path = re.sub(r"\{[^}]*\}", "1", listed[0].path)
    return ErrorRecipe(code, Call(listed[0].method, path, auth="magic"))


ERROR_RECIPES = (*WRITTEN, *(magic(code) for code in sorted(ERRORS.keys() - {each.code for each in WRITTEN})))
