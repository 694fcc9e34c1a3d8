"""The contract as a maintainer may change it: the document and its translations, and nothing else."""

from __future__ import annotations

import copy
import io
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

RESPONSES = {
    "400": {"$ref": "#/components/responses/InputMissing"},
    "401": {"$ref": "#/components/responses/CredentialsRefused"},
    "403": {"$ref": "#/components/responses/BalanceRefused"},
    "500": {"$ref": "#/components/responses/ServiceFailed"},
    "default": {"$ref": "#/components/responses/UnexpectedResponse"},
}
ROOT = Path(__file__).parents[2]
CODES = [50001, 50002, 50008, 50009, 50019, 50033, 50035, 50036]
TIME = {"type": "integer", "format": "int64", "x-kind": "epoch-millis"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the new parts are called, so that a document that has them already takes them by other names."""

    report: str = "Tally"
    thing: str = "Leaflet"
    code: int = 50987


TESTED = Names()


def copy_contract(folder: Path) -> None:
    """Copy the document and its translations."""
    shutil.copytree(ROOT / "translations", folder / "translations")
    shutil.copy(ROOT / "openapi.yaml", folder / "openapi.yaml")


def edit(root: Path, names: Names = TESTED) -> None:
    """Edit the document and its translations in a folder."""
    document, translations = root / "openapi.yaml", root / "translations" / "openapi.zh-CN.yaml"
    yaml: Any = YAML()
    yaml.preserve_quotes, yaml.width = True, 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(document.read_text(encoding="utf-8"))
    change(data, names)
    written = io.StringIO()
    yaml.dump(data, written)
    document.write_text(written.getvalue(), encoding="utf-8")
    known = translations.read_text(encoding="utf-8")
    lines = (f"{json.dumps(text)}: {chinese}\n" for text, chinese in _chinese(names).items())
    translations.write_text(known + "".join(line for line in lines if line not in known), encoding="utf-8")


def change(data: dict[str, Any], names: Names = TESTED) -> None:
    """Add operations, fields, a code and a member, and change a limit."""
    schemas = data["components"]["schemas"]
    thing, things = names.thing.lower(), f"{names.thing.lower()}s"
    _add_fields(schemas)
    balance = schemas["ApplicationBalance"]
    balance["properties"]["province"] = _text("Where the app is registered.")
    if "province" not in balance["required"]:
        balance["required"].append("province")
    shown = data["paths"]["/accounts/app"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    for example in shown.values():
        example["value"]["province"] = "Guangdong"
    kind = schemas["TemplateType"]
    kind["enum"].append(max(kind["enum"]) + 1)
    kind["x-enum-varnames"].append(names.thing.upper())
    kind["x-enum-descriptions"].append(f"The {thing}")
    data["x-error-codes"][str(names.code)] = {
        "name": f"{things.upper()}_PAUSED",
        "http_status": 403,
        "message": f"{things} paused",
        "family": "rate_limit",
        "repeat": "later",
        "meaning": f"The service has paused {things}: wait for a while.",
        "meaning_zh": "服务暂停，请稍候。",
        "remedy": "Wait for a while.",
        "remedy_zh": "请稍候。",
    }
    schemas[f"{names.report}Report"] = _object(
        "What was used on one day.",
        "用量。",
        ["used", "phones", "cost"],
        {
            "cost": {"type": ["number", "null"], "description": "What it cost."},
            f"{names.report.lower()}_name": _text("Its name."),
            "used": {"type": "integer", "format": "int32", "description": "How many SMS."},
            "phones": {
                "type": "array",
                "items": {**_text("A number."), "x-kind": "mobile"},
                "description": "The numbers.",
            },
        },
    )
    schemas[f"{names.thing}Request"] = _object(
        f"The {thing} and whom it goes to.",
        "请求。",
        ["mobile", "labels"],
        {
            "mobile": {**_text("A mobile number."), "x-kind": "mobile"},
            "labels": {
                "type": "object",
                "additionalProperties": {"type": "integer", "format": "int32"},
                "description": "Its labels.",
            },
            "options": {"$ref": f"#/components/schemas/{names.thing}Options"},
        },
    )
    schemas[f"{names.thing}Options"] = _object(
        f"How the {thing} is sent.",
        "发送选项。",
        ["speed"],
        {
            "speed": {"type": "number", "minimum": 0, "maximum": 1, "description": "How fast."},
            "urgent": {"type": "boolean", "description": "Whether it is urgent."},
            f"{thing}_name": _text("Its name."),
        },
    )
    _add_operations(data, names)


def _add_fields(schemas: dict[str, Any]) -> None:
    for name in ("SendMessageRequest", "SendMessageBatchRequest", "VerifyCodeRequest"):
        schemas[name]["properties"]["channel"] = {**_text("How it is sent, at most 5 characters."), "maxLength": 5}
    schemas["SendMessageRequest"]["properties"]["channel"]["deprecated"] = True
    schemas["SendMessageBatchRequest"]["properties"]["tag"]["maxLength"] = 12
    schemas["SentMessage"]["properties"] |= {
        "sent_at": {**TIME, "description": "When it was sent."},
        "note": {**_text("What a person wrote."), "x-kind": "personal-text", "deprecated": True},
        "parts": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}},
            "description": "Its parts.",
        },
    }
    schemas["DeliveryReport"]["properties"] |= {
        "handedOver": {**TIME, "description": "When the carrier got it."},
        "hops": {"type": "array", "items": {"$ref": "#/components/schemas/Hop"}, "description": "Its way."},
    }
    schemas["Hop"] = _object(
        "A station on the way of an SMS.", "中转站。", ["station"], {"station": _text("Which one.")}
    )
    for name in ("BatchRecipient", "DeliveryReport", "TemplateReview", "UserReply"):
        schemas[name]["properties"]["carrier"] = _text("The carrier.")


def _add_operations(data: dict[str, Any], names: Names) -> None:
    report, thing = names.report.lower(), names.thing.lower()
    used: dict[str, object] = {"used": 3, "phones": ["13800138000"], "cost": None}
    data["paths"][f"/accounts/{report}"] = {
        "get": _operation(f"get{names.report}", "What was used", "查询用量", "accounts", f"{names.report}Report", used)
        | {
            "parameters": [
                {
                    "name": "day",
                    "in": "query",
                    "description": "The day of the month.",
                    "deprecated": True,
                    "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 31},
                    "example": 3,
                }
            ]
        }
    }
    create = _operation(f"create{names.thing}", f"Send the {thing}", "发送", "messages", "SentMessage", {"msg_id": "1"})
    create["x-error-codes"].append(names.code)
    data["paths"][f"/{thing}s"] = {
        "post": create
        | {
            "x-retry": "never",
            "x-effect": "sends",
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": f"#/components/schemas/{names.thing}Request"},
                        "examples": {"one": {"summary": "One", "value": {"mobile": "13800138000", "labels": {"a": 1}}}},
                    }
                },
            },
        }
    }
    delete = _operation(f"delete{names.thing}", f"Delete the {thing}", "删除", "messages", "", None)
    data["paths"][f"/{thing}s/{{{thing}_id}}"] = {
        "parameters": [
            {
                "name": f"{thing}_id",
                "in": "path",
                "required": True,
                "description": f"The {thing}.",
                "x-kind": "id",
                "schema": {"type": "string", "pattern": "^[0-9]{1,20}$"},
                "example": "12",
            }
        ],
        "delete": delete | {"x-effect": "changes", "deprecated": True},
    }


def _operation(name: str, summary: str, chinese: str, tag: str, schema: str, example: object) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done."}
    if schema:
        success["content"] = {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{schema}"},
                "examples": {"one": {"summary": "One", "value": example}},
            }
        }
    return {
        "operationId": name,
        "summary": summary,
        "x-summary-zh": chinese,
        "description": f"{summary}.",
        "tags": [tag],
        "security": [{"appAuth": []}],
        "x-retry": "safe",
        "x-error-codes": list(CODES),
        "responses": {"200": success, **copy.deepcopy(RESPONSES)},
    }


def _object(description: str, chinese: str, required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "x-summary-zh": chinese,
        "required": required,
        "properties": properties,
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _chinese(names: Names) -> dict[str, str]:
    thing = names.thing.lower()
    return {
        "What was used.": "查询用量。",
        "The day of the month.": "几号。",
        f"Send the {thing}.": "发送。",
        f"Delete the {thing}.": "删除。",
        f"The {thing}.": "编号。",
        f"The {thing}": "新的类型",
        "Done.": "成功。",
        "One": "示例",
        "How it is sent, at most 5 characters.": "发送方式，最多 5 个字符。",
        "When it was sent.": "发送时间。",
        "What a person wrote.": "用户所写的内容。",
        "Its parts.": "各个部分。",
        "When the carrier got it.": "交给运营商的时间。",
        "Its way.": "经过的中转站。",
        "Which one.": "哪一个中转站。",
        "The carrier.": "运营商。",
        "Where the app is registered.": "应用的注册地。",
        "Its name.": "名称。",
        "What it cost.": "费用。",
        "How many SMS.": "短信条数。",
        "A number.": "一个号码。",
        "The numbers.": "号码。",
        "A mobile number.": "手机号码。",
        "Its labels.": "标签。",
        "How fast.": "速度。",
        "Whether it is urgent.": "是否紧急。",
    }
