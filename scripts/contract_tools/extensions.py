"""Every extension of ours: where it belongs, and a JSON schema for its value."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mobile": ("string",),
        "id": ("string",),
        "beijing-time": ("string",),
        "epoch-millis": ("integer",),
        "template-parameters": ("object",),
        "recipients": ("array",),
        "image": ("string",),
        "secret": ("string",),
        "personal-text": ("string",),
        "service-text": ("string",),
        "error-code": ("string", "integer"),
        "flag": ("integer", "boolean"),
    }
)
"""What a field holds, where its JSON type does not say it; and the JSON types that each may have."""

KIND_PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "mobile": "^1[0-9]{10}$",
        "beijing-time": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
    }
)
"""How a text of a kind is written in a request, where its field has no pattern of its own."""

EFFECTS = ("sends", "schedules", "polls", "reads", "changes")
"""What an operation does."""

CONCERNS = ("request", "batch", "recipient")
"""What a code is about: the request as a whole, how many recipients it has, or one of them."""

HIDDEN_KINDS = ("template-parameters", "secret", "personal-text")
"""What no repr and no log may show."""

_ANYWHERE: tuple[str, ...] = ()
_TEXT: Mapping[str, object] = {"type": "string", "minLength": 1}
_WORDS: Mapping[str, object] = {"type": "string", "pattern": r"\S"}
_NAME: Mapping[str, object] = {"type": "string", "pattern": "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"}
_COUNT: Mapping[str, object] = {"type": "integer", "minimum": 1}
_STATUS: Mapping[str, object] = {"type": "integer", "minimum": 100, "maximum": 599}
_OBJECT: Mapping[str, object] = {"type": "object"}


def _list(items: Mapping[str, object]) -> Mapping[str, object]:
    return {"type": "array", "items": items, "uniqueItems": True}


def _record(required: Mapping[str, object], optional: Mapping[str, object] = MappingProxyType({})) -> dict[str, object]:
    return {
        "type": "object",
        "required": [*required],
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def _objects(members: Mapping[str, object], names: Mapping[str, object] = _TEXT) -> Mapping[str, object]:
    return {"type": "object", "propertyNames": names, "additionalProperties": members}


_CODES = _list({"type": "integer"})
_CODE = _record(
    dict.fromkeys(("message", "family", "meaning", "meaning_zh", "remedy", "remedy_zh"), _WORDS)
    | {
        "name": {"type": "string", "pattern": "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$"},
        "http_status": _STATUS,
        "repeat": {"enum": ["never", "later", "after_change"]},
    },
    {"concerns": {"enum": [*CONCERNS]}, "documented_in": _WORDS, "sources_disagree": _WORDS},
)
_FAMILY = _record({"summary": _WORDS, "summary_zh": _WORDS, "http_statuses": _list(_STATUS)})
_LIMIT = _record(
    {"per": {"enum": ["mobile", "mobile and content"]}, "count": _COUNT, "seconds": _COUNT},
    {"type": {"type": "integer"}},
)

EXTENSIONS: Mapping[str, tuple[tuple[tuple[str, ...], Mapping[str, object]], ...]] = MappingProxyType(
    {
        "x-summary-zh": ((_ANYWHERE, _TEXT),),
        "x-assumed": ((_ANYWHERE, _TEXT),),
        "x-error-families": ((("document",), _objects(_FAMILY)),),
        "x-error-codes": ((("document",), _objects(_CODE, {"pattern": "^[0-9]+$"})), (("operation",), _CODES)),
        "x-routing-error-codes": ((("document",), _CODES),),
        "x-billing": (
            (
                ("document",),
                _record({"sms_characters": _COUNT, "part_characters": _COUNT, "opt_out_suffix": _TEXT}),
            ),
        ),
        "x-recipient-error-codes": ((("operation",), _CODES),),
        "x-retry": ((("operation",), {"enum": ["safe", "never"]}),),
        "x-effect": ((("operation",), {"enum": [*EFFECTS]}),),
        "x-resource": ((("operation",), _NAME),),
        "x-method": ((("operation",), _NAME),),
        "x-positional": ((("operation",), _list(_NAME)),),
        "x-limits": ((("operation",), _list(_LIMIT)),),
        "x-poll": (
            (("operation",), _record({"interval_seconds": _COUNT}, {"max_records": _COUNT, "kept_days": _COUNT})),
        ),
        "x-kind": ((("schema", "parameter"), {"enum": [*KINDS]}),),
        "x-proof": ((("schema",), {"enum": [False]}),),
        "x-unit": ((("schema", "parameter"), _TEXT),),
        "x-errors": (
            (
                ("schema", "parameter"),
                {
                    "type": "object",
                    "propertyNames": {
                        "enum": [
                            *("missing", "invalid", "pattern", "minLength", "maxLength", "minItems", "maxItems"),
                            *("minimum", "maximum", "minProperties", "maxProperties"),
                        ]
                    },
                    "additionalProperties": {"type": "integer"},
                },
            ),
        ),
        "x-values": ((("schema", "parameter"), _TEXT),),
        "x-needed-when": ((("schema",), _objects(_list({"type": "integer"}))),),
        "x-noun": ((("schema",), _TEXT),),
        "x-pattern-advice": ((("schema", "parameter"), _TEXT),),
        "x-max-bytes": ((("schema",), _COUNT),),
        "x-media-types": ((("schema",), _list({"type": "string", "pattern": "^[a-z]+/[a-z0-9.+-]+$"})),),
        "x-also-read": ((("schema",), _list(_TEXT)),),
        "x-payloads": ((("schema",), _objects(_TEXT)),),
        "x-enum-varnames": ((("schema",), {"type": "array", "items": _TEXT}),),
        "x-enum-descriptions": ((("schema",), {"type": "array", "items": _TEXT}),),
        # Where OpenAPI 3.0 has no place of its own for these.
        "x-summary": ((("info",), _TEXT),),
        "x-webhooks": ((("document",), _OBJECT),),
        "x-pathItems": ((("components",), _OBJECT),),
    }
)
"""Each extension: the kinds of part that it may stand on (none: any), each with the schema of its value."""
