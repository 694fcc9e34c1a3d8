"""Edits of operations, callbacks, security and servers, and what each means for callers."""

from __future__ import annotations

import copy

from .schema_changes import BREAKS, FINE, Data, Edit, field, scanning, schema, sending


def _rename(section: Data, old: str, new: str) -> None:
    section[new] = section.pop(old)


# Each: what happens, the edit of the document, whether it breaks callers, and its sentence in the report.
EDITS_OF_OPERATIONS: list[tuple[str, Edit, bool, str]] = [
    ("operation gone", lambda d: d["paths"].pop("/letters"), BREAKS, "Operation sendLetter is gone: POST /letters."),
    (
        "operation renamed",
        lambda d: sending(d).update(operationId="postLetter"),
        BREAKS,
        "Operation sendLetter is called postLetter now (POST /letters).",
    ),
    (
        "operation moved",
        lambda d: d["paths"].update({"/post": d["paths"].pop("/letters")}),
        BREAKS,
        "Operation sendLetter is POST /post now, and was POST /letters.",
    ),
    (
        "operation in another group",
        lambda d: sending(d).update(tags=["errors"]),
        BREAKS,
        "Operation sendLetter moved from the group letters to errors.",
    ),
    (
        "operation with other credentials",
        lambda d: sending(d).update(security=[{"devAuth": []}]),
        BREAKS,
        "Operation sendLetter takes the credentials devAuth now, and took appAuth.",
    ),
    (
        "operation no longer retried",
        lambda d: scanning(d).update({"x-retry": "never"}),
        BREAKS,
        (
            "Operation scanLetter is not retried after a lost response now, which raises UnknownOutcomeError instead "
            "of LostResponseError."
        ),
    ),
    (
        "operation retried",
        lambda d: sending(d).update({"x-retry": "safe"}),
        BREAKS,
        (
            "Operation sendLetter is retried after a lost response now, which ends in LostResponseError instead of "
            "UnknownOutcomeError."
        ),
    ),
    (
        "operation with limits",
        lambda d: sending(d).update({"x-limits": [{"per": "number", "count": 1, "seconds": 60}]}),
        BREAKS,
        "Operation sendLetter has other limits now.",
    ),
    (
        "operation with another effect",
        lambda d: sending(d).update({"x-effect": "schedules"}),
        BREAKS,
        "Operation sendLetter has another effect now.",
    ),
    (
        "operation deprecated",
        lambda d: sending(d).update(deprecated=True),
        FINE,
        "Operation sendLetter is deprecated now.",
    ),
    (
        "parameter gone",
        lambda d: d["paths"]["/letters/{letter_id}"].pop("parameters"),
        BREAKS,
        "Path parameter letter_id of scanLetter is gone: the service no longer reads it.",
    ),
    (
        "parameter narrower",
        lambda d: d["components"]["parameters"]["LetterId"]["schema"].update(minimum=1),
        BREAKS,
        "Path parameter letter_id of scanLetter has minimum 1 now, and had none: fewer values fit.",
    ),
    (
        "optional parameter",
        lambda d: sending(d).update(parameters=[{"name": "slow", "in": "query", "schema": {"type": "boolean"}}]),
        FINE,
        "Query parameter slow of sendLetter is new.",
    ),
    (
        "required parameter",
        lambda d: sending(d).update(
            parameters=[{"name": "slow", "in": "query", "required": True, "schema": {"type": "boolean"}}]
        ),
        BREAKS,
        "Query parameter slow of sendLetter is new: it has to be sent.",
    ),
    ("body gone", lambda d: sending(d).pop("requestBody"), BREAKS, "The body of sendLetter is gone."),
    (
        "body optional",
        lambda d: sending(d)["requestBody"].update(required=False),
        FINE,
        "The body of sendLetter is optional now.",
    ),
    (
        "body of another model",
        lambda d: sending(d)["requestBody"]["content"]["application/json"]["schema"].update(
            {"$ref": "#/components/schemas/Letter"}
        ),
        BREAKS,
        "The body of sendLetter is Letter now, and was LetterRequest.",
    ),
    (
        "body in another form",
        lambda d: sending(d)["requestBody"]["content"].update({"text/plain": {"schema": {"type": "string"}}}),
        FINE,
        "Content type text/plain of the body of sendLetter is new.",
    ),
    (
        "success response gone",
        lambda d: sending(d)["responses"].pop("200"),
        BREAKS,
        "Response 200 of sendLetter is gone.",
    ),
    (
        "error response gone",
        lambda d: sending(d)["responses"].pop("400"),
        FINE,
        "Response 400 of sendLetter is gone.",
    ),
    (
        "another success response",
        lambda d: sending(d)["responses"].update({"202": {"description": "Later."}}),
        BREAKS,
        "Response 202 of sendLetter is new.",
    ),
    (
        "response with a body",
        lambda d: scanning(d)["responses"].update({"204": copy.deepcopy(sending(d)["responses"]["200"])}),
        BREAKS,
        "Response 204 of scanLetter has a body now.",
    ),
    (
        "security scheme of another kind",
        lambda d: d["components"]["securitySchemes"]["appAuth"].update(scheme="bearer"),
        BREAKS,
        "Security scheme appAuth is http bearer now.",
    ),
    (
        "security scheme gone",
        lambda d: d["components"]["securitySchemes"].pop("appAuth"),
        BREAKS,
        "Security scheme appAuth is gone.",
    ),
    (
        "another server",
        lambda d: d["servers"][0].update(url="https://other.example.test"),
        BREAKS,
        "The address of the service is https://other.example.test now, and was https://service.example.test/v1.",
    ),
    (
        "a further server",
        lambda d: d["servers"].append({"url": "https://other.example.test"}),
        FINE,
        "Server https://other.example.test is new.",
    ),
    ("callback gone", lambda d: d["webhooks"].pop("letterArrived"), BREAKS, "Callback letterArrived is gone."),
    (
        "callback in another form",
        lambda d: d["components"]["pathItems"]["LetterArrived"]["post"]["requestBody"].update(content={}),
        BREAKS,
        "Content type application/x-www-form-urlencoded of the body of callback letterArrived is gone.",
    ),
    (
        "field of a callback that may be absent",
        lambda d: schema(d, "Arrival").pop("required"),
        BREAKS,
        "Field Arrival.letterId may be absent now.",
    ),
    (
        "type of a callback",
        lambda d: field(d, "CallbackForm", "data")["x-payloads"].update(LOST="#/components/schemas/Arrival"),
        FINE,
        "Type LOST in field CallbackForm.data is new.",
    ),
    (
        "type of a callback with other data",
        lambda d: field(d, "CallbackForm", "data")["x-payloads"].update(ARRIVED="#/components/schemas/Letter"),
        BREAKS,
        "Type ARRIVED in field CallbackForm.data holds Letter now.",
    ),
    (
        "component renamed",
        lambda d: _rename(d["components"]["responses"], "Missing", "Absent"),
        BREAKS,
        "Component responses/Missing is called Absent now.",
    ),
    (
        "component gone",
        lambda d: d["components"]["parameters"].pop("LetterId"),
        BREAKS,
        "Component parameters/LetterId is gone.",
    ),
]
