"""Edits of the contract of every kind: shapes of responses, names, requests, queries, forms, effects."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .maintainer import CODES, RESPONSES

WORDS = "A part of a test."
TIME = {"type": "integer", "format": "int64", "x-kind": "epoch-millis", "description": WORDS}
BEIJING = {"type": "string", "x-kind": "beijing-time", "description": WORDS}
MOBILE = {"type": "string", "x-kind": "mobile", "description": WORDS}
PRIVATE = {"type": "string", "x-kind": "personal-text", "description": WORDS}
ID = {"type": "string", "pattern": "^[0-9]{1,20}$"}
LOST: dict[str, Any] = {"type": "boolean", "description": WORDS}
# Names that source made from them would give another meaning to.
NAMES = (
    *("id", "extra", "raw", "type", "list", "str", "int", "object", "dict", "tuple", "json", "path", "once", "params"),
    *("files", "operation", "query", "given", "value", "where", "item", "place", "partial", "field", "property", "map"),
    *("Content-Type", "camelCaseName", "签名", "parse_text", "timeout", "yes", "profile", "help", "as_json", "error"),
    *("datetime", "known", "accepted", "filter[x]", "x.y", "9lives", "isinstance", "dataclass", "repr", "from_"),
)


def text(**more: object) -> dict[str, Any]:
    """Give a text."""
    return {"type": "string", "description": WORDS, **more}


def number(**more: object) -> dict[str, Any]:
    """Give a whole number."""
    return {"type": "integer", "format": "int32", "description": WORDS, **more}


def listed(items: object, **more: object) -> dict[str, Any]:
    """Give a list."""
    return {"type": "array", "items": items, "description": WORDS, **more}


def mapped(values: object, **more: object) -> dict[str, Any]:
    """Give a map."""
    return {"type": "object", "additionalProperties": values, "description": WORDS, **more}


def or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Give a schema that takes null too."""
    return schema | {"type": [schema["type"], "null"]}


class Editor:
    """Adds operations and objects to a document.

    Args:
        data: The document.
        tag: The group of the operations.
    """

    def __init__(self, data: dict[str, Any], tag: str = "accounts") -> None:
        self.data, self.tag, self.added = data, tag, list[str]()

    def record(self, name: str, required: str, /, **properties: object) -> dict[str, Any]:
        """Add an object, and refer to it; no other object has a field of its name."""
        own = {f"only_{name.lower()}": text()}
        self.data["components"]["schemas"][name] = {
            "type": "object",
            "description": WORDS,
            "x-summary-zh": "测试。",
            "properties": {**properties, **own},
            **({"required": required.split()} if required else {}),
        }
        return {"$ref": f"#/components/schemas/{name}"}

    def operation(
        self,
        call: str,
        name: str,
        responds: tuple[object, object] | None = None,
        takes: tuple[object, object] | None = None,
        parameters: tuple[tuple[str, object, object], ...] = (),
        *,
        form: str = "application/json",
        status: int = 200,
        also: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Add an operation: method and path, operationId, response and request with examples, parameters."""
        method, path = call.split()
        answer = {"content": _content(*responds)} if responds is not None else {}
        written: dict[str, Any] = {
            "operationId": name,
            "summary": WORDS,
            "x-summary-zh": "测试",
            "description": f"{WORDS}\n\nError codes: none.",
            "tags": [self.tag],
            "security": [{"appAuth": []}],
            "x-retry": "safe" if method in ("get", "put", "delete") else "never",
            "x-error-codes": [*CODES, 50004, 50006, 50023],
            "responses": {str(status): {"description": WORDS, **answer}, **RESPONSES},
        }
        if takes is not None:
            written["requestBody"] = {"required": True, "content": _content(*takes, form)}
        if parameters:
            written["parameters"] = [
                {
                    "name": field.lstrip("?"),
                    "in": "path" if f"{{{field}}}" in path else "query",
                    "description": WORDS,
                    "schema": schema,
                    "example": example,
                    "required": not field.startswith("?"),
                }
                for field, schema, example in parameters
            ]
        self.data["paths"].setdefault(path, {})[method] = {**written, **also}
        self.added.append(name)


def _content(schema: object, example: object, media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": schema, "examples": {"one": {"summary": WORDS, "value": example}}}}


def edited(data: dict[str, Any]) -> list[str]:
    """Make every edit, and return the operationIds that are new."""
    schemas = data["components"]["schemas"]
    schemas["ShadeName"] = {
        "type": "string",
        "enum": ["red", "light-blue"],
        "x-enum-varnames": ["SHADE_RED", "SHADE_LIGHT_BLUE"],
        "description": WORDS,
        "x-summary-zh": "测试。",
    }
    schemas["SentMessage"]["properties"]["运营商"] = text(deprecated=True)
    data["tags"].append({"name": "short-links", "description": "Links.", "x-summary-zh": "短链接"})
    edit = Editor(data)
    _responses(edit)
    _requests(edit)
    _others(edit)
    _callback(edit)
    return edit.added


def _responses(edit: Editor) -> None:
    leaf = edit.record("DeepLeaf", "at", at=TIME, rows=listed(listed(listed(number()))))
    branch = edit.record("DeepBranch", "leaf", leaf=leaf, leaves=listed(listed(leaf)), by_name=mapped(listed(leaf)))
    tree = {"phones": listed(listed(MOBILE)), "moments": listed(TIME), "by_phone": mapped(mapped(text()))}
    edit.record("DeepTree", "branch", branch=branch, note=PRIVATE, **tree)
    one: dict[str, Any] = {"at": 1492150741000, "rows": [[[1], []]]}
    deep: dict[str, Any] = {"leaf": one, "leaves": [[one], []], "by_name": {"x": [one]}}
    shown = {"phones": [["13800138000"]], "moments": [1492150741000], "by_phone": {"a": {"b": "c"}}}
    whole = ({"$ref": "#/components/schemas/DeepTree"}, {"branch": deep, "note": "a secret", **shown})
    edit.operation("get /deep", "getDeep", whole)
    entry = edit.record("DeepEntry", "code", code=text(), since=BEIJING)
    for name, schema, example in (
        ("Entries", listed(entry), [{"code": "a", "since": "2026-01-02 03:04:05"}]),
        ("Words", listed(text()), ["a", "b"]),
        ("Moments", listed(TIME), [1492150741000]),
        ("Number", number(), 3),
        ("Word", text(), "hello"),
        ("Truth", {"type": "boolean", "description": WORDS}, True),
        ("Rate", {"type": "number", "description": WORDS}, 0.5),
        ("Totals", mapped(number()), {"a": 1}),
        ("Cities", mapped(entry), {"a": {"code": "b"}}),
        ("Titles", mapped({"type": "string"}), {"a": "b"}),
    ):
        edit.operation(f"get /top/{name.lower()}", f"getTop{name}", (schema, example))
    nulls = {
        "word": or_null(text()),
        "words": or_null(listed(or_null(text()))),
        "numbers": or_null(mapped(or_null(number()))),
        "since": or_null(BEIJING),
        "shade": or_null(text(**{"x-values": "ShadeName"})),
        "inner": or_null(listed(entry)),
    }
    null = edit.record("DeepNulls", " ".join(nulls), **nulls)
    edit.operation("get /nulls", "getNulls", (null, dict.fromkeys(nulls)))
    full = {"word": "a", "words": ["a", None], "numbers": {"a": None}, "since": "2026-01-02 03:04:05", "shade": "red"}
    edit.operation("get /full", "getFull", (null, full | {"inner": [{"code": "a"}]}))
    names = edit.record("OddNames", "id", **{name: text() for name in NAMES})
    edit.operation("get /names", "getNames", (names, dict.fromkeys(NAMES, "v")))
    node = edit.record("DeepNode", "name", name=text(), children=listed({"$ref": "#/components/schemas/DeepNode"}))
    edit.operation("get /nodes", "getNodes", (node, {"name": "a", "children": [{"name": "b"}]}))
    edit.operation("delete /nothing", "deleteNothing", status=204)


def _requests(edit: Editor) -> None:
    recipient = {"$ref": "#/components/schemas/Recipient"}
    people = {"x-kind": "recipients", "minItems": 1, "maxItems": 2}
    names = edit.record("OddRequest", "id", **{name: text(maxLength=9) for name in NAMES})
    edit.operation("post /names", "createNames", None, (names, dict.fromkeys(NAMES, "v")), also={"x-effect": "sends"})
    odd = tuple((f"?{name}", {"type": "string", "maxLength": 9}, "v") for name in NAMES if name != "params")
    edit.operation("get /names/search", "findNames", None, None, odd)
    label = edit.record("Label", "title", title=text(maxLength=3))
    edit.operation("put /labels/{label}", "updateLabel", None, (label, {"title": "a"}), (("label", ID, "12"),))
    edit.operation("post /labels", "createLabels", None, (listed(label, maxItems=2), [{"title": "a"}]))
    edit.operation("put /switches", "updateSwitches", None, (mapped({"type": "boolean"}), {"a": True}))
    cells = mapped(mapped(number(maximum=9), maxProperties=2), minProperties=1)
    grid = {"cells": cells, "rows": listed(listed(text(maxLength=2))), "named": mapped(label), "times": listed(BEIJING)}
    filled = {
        "cells": {"a": {"b": 1}},
        "rows": [["a"]],
        "named": {"x": {"title": "a"}},
        "times": ["2026-01-02 03:04:05"],
    }
    edit.operation("put /grid", "updateGrid", None, (edit.record("GridRequest", "cells", **grid), filled))
    inner = edit.record("NullsInside", "a c", a=or_null(text()), b=listed(or_null(number())), c=or_null(listed(label)))
    nulls = edit.record("NullsRequest", "inner since", inner=inner, since=or_null(BEIJING))
    some = {"inner": {"a": None, "b": [1, None], "c": None}, "since": None}
    edit.operation("patch /nulls", "patchNulls", None, (nulls, some))
    bounds = {"a": number(exclusiveMinimum=0, exclusiveMaximum=10), "b": {"type": "number", "minimum": 0.5}}
    flags = {"on": number(**{"x-kind": "flag"}), "reason": text(**{"x-needed-when": {"sort": [1]}}), "sort": number()}
    bounded = edit.record("BoundRequest", "a", **bounds, **flags)
    edit.operation(
        "post /bounds", "createBound", None, (bounded, {"a": 5, "b": 1.5, "on": 1, "sort": 1, "reason": "x"})
    )
    image = text(format="binary", **{"x-kind": "image", "x-max-bytes": 1000, "x-media-types": ["image/png"]})
    form = {
        "picture": image,
        "caption": text(maxLength=5),
        "size": number(),
        "other": text(format="binary"),
        "at": BEIJING,
    }
    picture = edit.record("PictureForm", "picture", **form)
    shown = {"picture": "x", "caption": "hi", "size": 3, "other": "x", "at": "2026-01-02 03:04:05"}
    ids = (("order_id", ID, "12"), ("page-no", {"type": "integer", "format": "int32", "maximum": 9}, 3))
    edit.operation(
        "put /orders/{order_id}/{page-no}", "updateOrder", None, (picture, shown), ids, form="multipart/form-data"
    )
    group = edit.record("GroupEntry", "name members", name=text(), members=listed(recipient, **people))
    groups = edit.record("GroupRequest", "groups", groups=listed(group))
    one = {"groups": [{"name": "a", "members": [{"mobile": "13800138000"}]}]}
    edit.operation("post /groups", "sendGroups", None, (groups, one), also={"x-effect": "sends"})
    query = (
        ("phone", {"type": "string", "x-kind": "mobile"}, "13800138000"),
        ("?ids", {"type": "array", "items": {"type": "string"}, "maxItems": 2}, ["a,b", "c"]),
        ("?pages", {"type": "array", "items": {"type": "integer", "format": "int32"}}, [1, 2]),
        ("?deep", {"type": "boolean"}, True),
        ("?rate", {"type": "number", "minimum": 0, "maximum": 1}, 0.5),
        ("?begin", {"type": "string", "x-kind": "beijing-time"}, "2026-01-02 03:04:05"),
        ("?end", {"type": "integer", "format": "int64", "x-kind": "epoch-millis"}, 1492150741000),
        ("?shade", {"type": "string", "x-values": "ShadeName"}, "red"),
    )
    edit.operation("get /search", "listSearch", None, None, query)


def _others(edit: Editor) -> None:
    edit.tag = "short-links"
    link = edit.record("ShortLink", "url", url=text(), hits=number())
    edit.operation("get /links", "listShortLinks", (listed(link), [{"url": "a", "hits": 1}]))
    made = edit.record("ShortLinkRequest", "url", url=text(maxLength=100))
    edit.operation("post /links", "createShortLink", (link, {"url": "a"}), (made, {"url": "a"}), status=201)
    click = edit.record("ClickRecord", "at", at=TIME, link=link, seen=listed(BEIJING), by_day=mapped(TIME))
    polled = {"x-effect": "polls", "x-retry": "never", "x-poll": {"interval_seconds": 5}}
    edit.operation("get /clicks", "pollClicks", (listed(click), [{"at": 1492150741000}]), also=polled)
    outcome = edit.record(
        "PicturedRecipient",
        "mobile",
        mobile=MOBILE,
        mms_id=text(**{"x-kind": "id"}),
        error_code=text(format="digits", **{"x-kind": "error-code", "x-values": "ErrorCode"}),
    )
    people = {"x-kind": "recipients", "minItems": 1, "maxItems": 2}
    sent = edit.record("PicturedBatch", "outcomes", outcomes=listed(outcome, **{"x-kind": "recipients"}))
    request = edit.record(
        "PicturedRequest", "recipients", recipients=listed({"$ref": "#/components/schemas/Recipient"}, **people)
    )
    edit.operation(
        "post /pictured",
        "sendPictured",
        (sent, {"outcomes": [{"mobile": "13800138000", "mms_id": "1"}]}),
        (request, {"recipients": [{"mobile": "13800138000"}]}),
        also={"x-effect": "sends"},
    )


ORDER = {"orderId": "1", "phone": "13800138000", "paidAt": 1492150741000, "note": "a secret", "lines": [{"name": "a"}]}


def _callback(edit: Editor) -> None:
    """Add a type of callback, as one more of those that there are."""
    data = edit.data
    line = edit.record("OrderLine", "name", name=text())
    fields = {"orderId": text(**{"x-kind": "id"}), "phone": MOBILE, "paidAt": TIME, "note": PRIVATE}
    shade = or_null(text(**{"x-values": "ShadeName"}))
    edit.record("OrderPaid", "orderId phone paidAt shade", **fields, lines=listed(line), shade=shade)
    form = data["components"]["schemas"]["CallbackForm"]["properties"]["data"]
    form["x-payloads"] = {**form["x-payloads"], "SMS_ORDER": "#/components/schemas/OrderPaid"}
    item = copy.deepcopy(data["components"]["pathItems"]["SignReviewCallback"])
    item["post"]["operationId"] = "onOrder"
    for media_type in item["post"]["requestBody"]["content"].values():
        example = copy.deepcopy(next(iter(media_type["examples"].values())))
        example["value"] |= {"type": "SMS_ORDER", "data": json.dumps(ORDER | {"shade": "red"})}
        media_type["examples"] = {"order": example}
    data["components"]["pathItems"]["OrderCallback"] = item
    data["webhooks"]["orderPaid"] = {"$ref": "#/components/pathItems/OrderCallback"}
