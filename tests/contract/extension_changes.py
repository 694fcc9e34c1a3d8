"""Edits of when a field is needed and of what its values mean, and what each means for callers."""

from __future__ import annotations

from .schema_changes import BREAKS, FINE, Edit, field

EDITS_OF_NEEDS: list[tuple[str, Edit, bool, str]] = [
    (
        "sent field needed from now on",
        lambda d: field(d, "LetterRequest", "words").update({"x-needed-when": {"kind": [2], "number": ["1"]}}),
        BREAKS,
        "Field LetterRequest.words is needed when kind is 2 and number is 1 now, and was in no case.",
    ),
    (
        "sent field needed in more cases",
        lambda d: field(d, "LetterRequest", "stamp").update({"x-needed-when": {"kind": [1, 2]}}),
        BREAKS,
        "Field LetterRequest.stamp is needed when kind is 1 or 2 now, and was when kind is 1.",
    ),
    (
        "sent field needed in other cases",
        lambda d: field(d, "LetterRequest", "stamp").update({"x-needed-when": {"kind": [2]}}),
        BREAKS,
        "Field LetterRequest.stamp is needed when kind is 2 now, and was when kind is 1.",
    ),
    (
        "sent field needed in fewer cases",
        lambda d: field(d, "LetterRequest", "stamp").update({"x-needed-when": {"kind": [1], "number": ["1"]}}),
        FINE,
        "Field LetterRequest.stamp is needed when kind is 1 and number is 1 now, and was when kind is 1.",
    ),
    (
        "sent field no longer needed",
        lambda d: field(d, "LetterRequest", "stamp").pop("x-needed-when"),
        FINE,
        "Field LetterRequest.stamp is needed in no case now, and was when kind is 1.",
    ),
    (
        "field with another set of values",
        lambda d: field(d, "LetterRequest", "kind").update({"x-values": "Other"}),
        BREAKS,
        "Field LetterRequest.kind takes its meaning from Other now, and took it from LetterKind.",
    ),
    (
        "field whose values get a meaning",
        lambda d: field(d, "LetterRequest", "number").update({"x-values": "LetterKind"}),
        FINE,
        "Field LetterRequest.number takes its meaning from LetterKind now, and took it from none.",
    ),
    (
        "field whose values lose their meaning",
        lambda d: field(d, "LetterRequest", "kind").pop("x-values"),
        BREAKS,
        "Field LetterRequest.kind takes its meaning from no set now, and took it from LetterKind.",
    ),
    (
        "field that proves nothing",
        lambda d: field(d, "Letter", "letter_id").update({"x-proof": False}),
        BREAKS,
        "Field Letter.letter_id does not prove that a request was carried out now.",
    ),
]
