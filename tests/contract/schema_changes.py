"""Edits of models and codes, and what each means for callers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]
Edit = Callable[[Data], object]

BREAKS, FINE = True, False


def sending(data: Data) -> Data:
    operation: Data = data["paths"]["/letters"]["post"]
    return operation


def scanning(data: Data) -> Data:
    operation: Data = data["paths"]["/letters/{letter_id}"]["put"]
    return operation


def schema(data: Data, name: str) -> Data:
    found: Data = data["components"]["schemas"][name]
    return found


def field(data: Data, name: str, member: str) -> Data:
    found: Data = schema(data, name)["properties"][member]
    return found


def code(data: Data, code: str) -> Data:
    entry: Data = data["x-error-codes"][code]
    return entry


# Each: what happens, the edit of the document, whether it breaks callers, and its sentence in the report.
EDITS_OF_MODELS: list[tuple[str, Edit, bool, str]] = [
    (
        "sent field that must be sent",
        lambda d: (
            schema(d, "LetterRequest")["properties"].update(tone={"type": "string"}),
            schema(d, "LetterRequest")["required"].append("tone"),
        ),
        BREAKS,
        "Field LetterRequest.tone is new: it has to be sent.",
    ),
    (
        "sent field that may be sent",
        lambda d: schema(d, "LetterRequest")["properties"].update(tone={"type": "string"}),
        FINE,
        "Field LetterRequest.tone is new.",
    ),
    (
        "sent field gone",
        lambda d: schema(d, "LetterRequest")["properties"].pop("kind"),
        BREAKS,
        "Field LetterRequest.kind is gone: the service no longer reads it.",
    ),
    (
        "sent field required",
        lambda d: schema(d, "LetterRequest")["required"].append("kind"),
        BREAKS,
        "Field LetterRequest.kind is required now.",
    ),
    (
        "sent field optional",
        lambda d: schema(d, "LetterRequest").pop("required"),
        FINE,
        "Field LetterRequest.number is optional now.",
    ),
    (
        "sent field shorter",
        lambda d: field(d, "LetterRequest", "number").update(maxLength=3),
        BREAKS,
        "Field LetterRequest.number has maxLength 3 now, and had 4: fewer values fit.",
    ),
    (
        "sent field longer",
        lambda d: field(d, "LetterRequest", "number").update(maxLength=5),
        FINE,
        "Field LetterRequest.number has maxLength 5 now, and had 4: more values fit.",
    ),
    (
        "sent field with a higher floor",
        lambda d: field(d, "LetterRequest", "number").update(minLength=2),
        BREAKS,
        "Field LetterRequest.number has minLength 2 now, and had 1: fewer values fit.",
    ),
    (
        "sent field without a limit",
        lambda d: field(d, "LetterRequest", "number").pop("maxLength"),
        FINE,
        "Field LetterRequest.number has maxLength none now, and had 4: more values fit.",
    ),
    (
        "sent field with another pattern",
        lambda d: field(d, "LetterRequest", "number").update(pattern="^[0-9]{2}$"),
        BREAKS,
        "Field LetterRequest.number has pattern ^[0-9]{2}$ now, and had ^[0-9]+$.",
    ),
    (
        "sent field that may be null",
        lambda d: field(d, "LetterRequest", "kind").update(type=["integer", "null"]),
        FINE,
        "Field LetterRequest.kind may be null now.",
    ),
    (
        "sent field wider",
        lambda d: field(d, "LetterRequest", "kind").update(format="int64"),
        FINE,
        "Field LetterRequest.kind has the format int64 now, and had int32.",
    ),
    (
        "sent map of something else",
        lambda d: field(d, "LetterRequest", "words").update(additionalProperties={"type": "boolean"}),
        BREAKS,
        "Each value of field LetterRequest.words is boolean now, and was string.",
    ),
    (
        "sent field with certain values",
        lambda d: field(d, "LetterRequest", "stamp").update(enum=["red"]),
        BREAKS,
        "Field LetterRequest.stamp takes only certain values now.",
    ),
    (
        "field deprecated",
        lambda d: field(d, "LetterRequest", "stamp").update(deprecated=True),
        FINE,
        "Field LetterRequest.stamp is deprecated now.",
    ),
    (
        "field of another type",
        lambda d: field(d, "Letter", "letter_id").update({"type": "string", "format": "int64"}),
        BREAKS,
        "Field Letter.letter_id is string now, and was integer.",
    ),
    (
        "received field",
        lambda d: schema(d, "Letter")["properties"].update(weight={"type": "string"}),
        FINE,
        "Field Letter.weight is new.",
    ),
    (
        "received field gone",
        lambda d: schema(d, "Letter")["properties"].pop("refused"),
        BREAKS,
        "Field Letter.refused is gone.",
    ),
    (
        "received field that may be absent",
        lambda d: schema(d, "Letter").update(required=["refused"]),
        BREAKS,
        "Field Letter.letter_id may be absent now.",
    ),
    (
        "received field that may be null",
        lambda d: field(d, "Letter", "letter_id").update(type=["integer", "null"]),
        BREAKS,
        "Field Letter.letter_id may be null now.",
    ),
    (
        "received field that is never null",
        lambda d: field(d, "Letter", "refused").update(type="array"),
        FINE,
        "Field Letter.refused may no longer be null.",
    ),
    (
        "received field narrower",
        lambda d: field(d, "Letter", "letter_id").update(format="int32"),
        FINE,
        "Field Letter.letter_id has the format int32 now, and had int64.",
    ),
    (
        "received list of something else",
        lambda d: field(d, "Letter", "refused").update(items={"type": "string"}),
        BREAKS,
        "Field Letter.refused is a list of string now, and was a list of Refusal.",
    ),
    (
        "received list without end",
        lambda d: field(d, "Letter", "refused").update(maxItems=9),
        FINE,
        "Field Letter.refused has maxItems 9 now, and had none: fewer values fit.",
    ),
    (
        "model of another type",
        lambda d: schema(d, "Refusal").update(type="string"),
        BREAKS,
        "Model Refusal is string now, and was object.",
    ),
    (
        "enum of another type",
        lambda d: schema(d, "LetterKind").update(type="string"),
        BREAKS,
        "Enum LetterKind is string now, and was integer.",
    ),
    ("model gone", lambda d: d["components"]["schemas"].pop("Refusal"), BREAKS, "Model Refusal is gone."),
    (
        "model added",
        lambda d: d["components"]["schemas"].update(New={"type": "object"}),
        FINE,
        "Model New is new.",
    ),
    (
        "enum member added",
        lambda d: schema(d, "LetterKind").update(enum=[1, 2, 3], **{"x-enum-varnames": ["PRIVATE", "OFFICIAL", "NEW"]}),
        FINE,
        "Enum member LetterKind.NEW (3) is new.",
    ),
    (
        "enum member gone",
        lambda d: schema(d, "LetterKind").update(enum=[1]),
        BREAKS,
        "Enum member LetterKind.OFFICIAL (2) is gone.",
    ),
    (
        "enum member renamed",
        lambda d: schema(d, "LetterKind").update({"x-enum-varnames": ["PRIVATE", "STATE"]}),
        BREAKS,
        "Enum member LetterKind.OFFICIAL (2) is called STATE now.",
    ),
    ("enum gone", lambda d: d["components"]["schemas"].pop("LetterKind"), BREAKS, "Enum LetterKind is gone."),
    ("code gone", lambda d: d["x-error-codes"].pop("104"), BREAKS, "Code 104 (NO_SUCH_PLACE) is gone."),
    (
        "code added",
        lambda d: d["x-error-codes"].update({"105": {"name": "TOO_HEAVY", "meaning": "It is too heavy."}}),
        FINE,
        "Code 105 (TOO_HEAVY) is new: It is too heavy.",
    ),
    (
        "code renamed",
        lambda d: code(d, "104").update(name="NOWHERE"),
        BREAKS,
        "Code 104 is called NOWHERE now, and was called NO_SUCH_PLACE.",
    ),
    (
        "code in another family",
        lambda d: code(d, "104").update(family="authentication"),
        BREAKS,
        "Code 104 belongs to the family authentication now, and belonged to request.",
    ),
    (
        "code that concerns a recipient",
        lambda d: code(d, "104").update(concerns="recipient"),
        BREAKS,
        (
            "Code 104 is about one recipient now, and was about the request as a whole, which changes what a campaign "
            "does."
        ),
    ),
    (
        "code with another status",
        lambda d: code(d, "104").update(http_status=410),
        BREAKS,
        "Code 104 comes with HTTP 410 now, and came with 404.",
    ),
    (
        "code with another message",
        lambda d: code(d, "104").update(message="nowhere"),
        FINE,
        "Code 104 has the message “nowhere” now, and had “no such place”.",
    ),
    (
        "code that can be sent again",
        lambda d: code(d, "104").update(repeat="later"),
        FINE,
        "Code 104 says later to whether sending again can help, and said never.",
    ),
    (
        "sent model without other fields",
        lambda d: schema(d, "LetterRequest").update(additionalProperties=False),
        BREAKS,
        "Model LetterRequest takes no other fields now.",
    ),
    (
        "received model without other fields",
        lambda d: schema(d, "Letter").update(additionalProperties=False),
        BREAKS,
        "Model Letter takes no other fields now.",
    ),
    (
        "family gone",
        lambda d: d["x-error-families"].pop("authentication"),
        BREAKS,
        "Error family authentication is gone.",
    ),
    (
        "family with fewer statuses",
        lambda d: d["x-error-families"]["request"].update(http_statuses=[400]),
        BREAKS,
        "Error family request takes unknown codes with HTTP 400 now, and took 400, 404.",
    ),
    (
        "code of an operation",
        lambda d: sending(d)["x-error-codes"].append(104),
        FINE,
        "Code 104 as a response of sendLetter is new.",
    ),
    (
        "code of an operation gone",
        lambda d: sending(d)["x-error-codes"].remove(103),
        FINE,
        "Code 103 as a response of sendLetter is gone.",
    ),
    (
        "code of a recipient",
        lambda d: sending(d).update({"x-recipient-error-codes": [103]}),
        FINE,
        "Code 103 for a recipient of sendLetter is new.",
    ),
]
