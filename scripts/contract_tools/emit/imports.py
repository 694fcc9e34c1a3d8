"""Where each name of an emitted module comes from."""

from __future__ import annotations

from collections.abc import Mapping

IMPORTS: Mapping[str, str] = {
    "Iterable": "collections.abc",
    "Mapping": "collections.abc",
    "partial": "functools",
    "dataclass": "dataclasses",
    "field": "dataclasses",
    "datetime": "datetime",
    "MappingProxyType": "types",
    "Any": "typing",
    "cast": "typing",
    "SUCCESS_CODES": "jsms_contract.errors",
    "error_class": "jsms_contract.errors",
    "customised": "jsms_runtime",
    "invalid_argument": "jsms_runtime.validation",
    "APIError": "jsms_runtime.errors",
    "form_field": "jsms_runtime.uploads",
    "query_text": "jsms_runtime.uploads",
    "read_upload": "jsms_runtime.uploads",
    "Image": "jsms_runtime.uploads",
    "parse_fields": "jsms_runtime.validation",
    "parse_list": "jsms_runtime.validation",
    "parse_map": "jsms_runtime.validation",
    "lazy_property": "jsms_runtime.resource",
    "Parameters": "jsms_runtime.recipients",
    "parse_parameters": "jsms_runtime.recipients",
    "known": "jsms_runtime.results",
    "read_outcomes": "jsms_runtime.results",
    "take_error_code": "jsms_runtime.results",
    "take_time": "jsms_runtime.results",
    "RecipientLike": "jsms_runtime.recipients",
    "parse_recipients": "jsms_runtime.recipients",
    "recipients_to_json": "jsms_runtime.recipients",
    "EventKind": "jsms_runtime.results",
    "Records": "jsms_runtime.results",
    "read_records": "jsms_runtime.results",
    "refused_error": "jsms_runtime.results",
    "Carrier": "jsms_runtime.resource",
    "Files": "jsms_runtime.resource",
    "Resource": "jsms_runtime.resource",
    "SECRET": "jsms_runtime.results",
    "MOBILE": "jsms_runtime.results",
    "Result": "jsms_runtime.results",
    "TEXT": "jsms_runtime.results",
    "run_in_thread": "jsms_runtime.resource",
    "run_inline": "jsms_runtime.resource",
    "parse_time": "jsms_runtime.times",
    "parse_moment": "jsms_runtime.times",
    "parse_send_time": "jsms_runtime.times",
    "parse_choice": "jsms_runtime.validation",
    "parse_code": "jsms_runtime.validation",
    "parse_decimal": "jsms_runtime.validation",
    "parse_id": "jsms_runtime.validation",
    "parse_mobile": "jsms_runtime.validation",
    "parse_number": "jsms_runtime.validation",
    "parse_text": "jsms_runtime.validation",
    "parse_boolean": "jsms_runtime.validation",
}
"""Only those that a module uses are imported."""

FOR_TYPES = frozenset(
    {"Iterable", "Mapping", "datetime", "Parameters", "RecipientLike", "Image", "APIError", "Carrier"}
)
"""What only type checkers need: a program loads what it calls."""
