"""The contract as a maintainer may change it."""

from __future__ import annotations

from typing import Any

from contract_tools.descriptions import ENGLISH, shown_payload, shown_payloads

RESPONSES = {
    "400": {"$ref": "#/components/responses/InputMissing"},
    "401": {"$ref": "#/components/responses/CredentialsRefused"},
    "403": {"$ref": "#/components/responses/BalanceRefused"},
    "500": {"$ref": "#/components/responses/ServiceFailed"},
    "default": {"$ref": "#/components/responses/UnexpectedResponse"},
}
CHINESE = {"getTally": "查询用量", "createLeaflet": "发送传单", "deleteLeaflet": "删除传单"}
CODES = [50001, 50002, 50008, 50009, 50019, 50033, 50035, 50036]


def change(data: dict[str, Any]) -> None:
    """Add operations, fields and a member, and change a limit."""
    shown = _shown(data)
    _change(data)
    for (place, before), (_, after) in zip(shown, _shown(data), strict=True):
        # The run writes them itself, but into YAML only.
        place["description"] = place["description"].replace(before, after)


def _shown(data: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """The descriptions with tables of the fields of callbacks, and those tables."""
    callbacks = [item["post"] for item in data["components"]["pathItems"].values()]
    tables = [(callback, shown_payload(data, callback, ENGLISH)) for callback in callbacks]
    return tables + [(tag, shown_payloads(data, tag["name"], ENGLISH)) for tag in data["tags"]]


def _change(data: dict[str, Any]) -> None:
    schemas = data["components"]["schemas"]
    channel = {"type": "string", "maxLength": 5, "description": "How it is sent, at most 5 characters."}
    for name in ("SendMessageRequest", "SendMessageBatchRequest", "VerifyCodeRequest"):
        schemas[name]["properties"]["channel"] = dict(channel)
    schemas["SendMessageRequest"]["properties"]["channel"]["deprecated"] = True
    schemas["SendMessageBatchRequest"]["properties"]["tag"]["maxLength"] = 12
    schemas["SentMessage"]["properties"] |= {
        "sent_at": {"type": "integer", "format": "int64", "x-kind": "epoch-millis", "description": "When it was sent."},
        "note": {
            "type": "string",
            "x-kind": "personal-text",
            "deprecated": True,
            "description": "What a person wrote.",
        },
        "parts": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}},
            "description": "Its parts.",
        },
    }
    schemas["BatchRecipient"]["properties"]["carrier"] = {"type": "string", "description": "The carrier."}
    schemas["DeliveryReport"]["properties"] |= {
        "carrier": {"type": "string", "description": "The carrier."},
        "handedOver": {**schemas["SentMessage"]["properties"]["sent_at"], "description": "When the carrier got it."},
        "hops": {"type": "array", "items": {"$ref": "#/components/schemas/Hop"}, "description": "Its way."},
    }
    schemas["Hop"] = {
        "type": "object",
        "description": "A station on the way of an SMS.",
        "x-summary-zh": "中转站。",
        "required": ["station"],
        "properties": {"station": {"type": "string", "description": "Which one."}},
    }
    for name in ("TemplateReview", "UserReply"):
        schemas[name]["properties"]["carrier"] = {"type": "string", "description": "The carrier."}
    balance = schemas["ApplicationBalance"]
    balance["properties"]["province"] = {"type": "string", "description": "Where the app is registered."}
    balance["required"].append("province")
    shown = data["paths"]["/accounts/app"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    for example in shown.values():
        example["value"]["province"] = "Guangdong"
    kind = schemas["TemplateType"]
    kind["enum"].append(max(kind["enum"]) + 1)
    kind["x-enum-varnames"].append("LEAFLET")
    kind["x-enum-descriptions"].append("A leaflet")
    schemas["TallyReport"] = {
        "type": "object",
        "description": "What was used on one day.",
        "x-summary-zh": "用量。",
        "required": ["used", "phones", "cost"],
        "properties": {
            "cost": {"type": ["number", "null"], "description": "What it cost."},
            "used": {"type": "integer", "format": "int32", "description": "How many SMS."},
            "phones": {
                "type": "array",
                "items": {"type": "string", "x-kind": "mobile", "description": "A number."},
                "description": "The numbers.",
            },
        },
    }
    schemas["LeafletRequest"] = {
        "type": "object",
        "description": "A leaflet and whom it goes to.",
        "x-summary-zh": "传单。",
        "required": ["mobile", "labels"],
        "properties": {
            "mobile": {"type": "string", "x-kind": "mobile", "description": "A mobile number."},
            "labels": {
                "type": "object",
                "additionalProperties": {"type": "integer", "format": "int32"},
                "description": "Its labels.",
            },
            "options": {"$ref": "#/components/schemas/LeafletOptions"},
        },
    }
    schemas["LeafletOptions"] = {
        "type": "object",
        "description": "How a leaflet is sent.",
        "x-summary-zh": "传单选项。",
        "required": ["speed"],
        "properties": {
            "speed": {"type": "number", "minimum": 0, "maximum": 1, "description": "How fast."},
            "urgent": {"type": "boolean", "description": "Whether it is urgent."},
        },
    }
    used: dict[str, object] = {"used": 3, "phones": ["13800138000"], "cost": None}
    data["paths"]["/accounts/tally"] = {
        "get": _operation("getTally", "What was used", "accounts", "TallyReport", used)
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
    leaflet = _operation("createLeaflet", "Send a leaflet", "messages", "SentMessage", {"msg_id": "1"})
    data["paths"]["/leaflets"] = {
        "post": leaflet
        | {
            "x-retry": "never",
            "x-effect": "sends",
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/LeafletRequest"},
                        "examples": {"one": {"summary": "One", "value": {"mobile": "13800138000", "labels": {"a": 1}}}},
                    }
                },
            },
        }
    }
    delete = _operation("deleteLeaflet", "Delete a leaflet", "messages", "", None)
    data["paths"]["/leaflets/{leaflet_id}"] = {
        "parameters": [
            {
                "name": "leaflet_id",
                "in": "path",
                "required": True,
                "description": "The leaflet.",
                "x-kind": "id",
                "schema": {"type": "string", "pattern": "^[0-9]{1,20}$"},
                "example": "12",
            }
        ],
        "delete": delete | {"x-effect": "changes", "deprecated": True},
    }


def _operation(name: str, summary: str, tag: str, schema: str, example: object) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done."}
    if schema:
        success["content"] = {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{schema}"},
                "examples": {"one": {"summary": "One", "value": example}},
            }
        }
    listed = (
        "Error codes: HTTP 400: 50001; HTTP 401: 50002; HTTP 403: 50008, 50009, 50033, 50035, 50036; HTTP 500: 50019."
    )
    return {
        "operationId": name,
        "summary": summary,
        "x-summary-zh": CHINESE[name],
        "description": f"{summary}.\n\n{listed}",
        "tags": [tag],
        "security": [{"appAuth": []}],
        "x-retry": "safe",
        "x-error-codes": list(CODES),
        "responses": {"200": success, **RESPONSES},
    }
