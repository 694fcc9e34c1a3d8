"""The limits of the contract as constants."""

from __future__ import annotations

from collections.abc import Mapping

from .naming import constant_name
from .python_source import literal, module
from .reading import mapping, schemas, sequence, text, whole

_NUMBERS = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")
_WORDS = {"x-max-bytes": "maxBytes", "x-media-types": "mediaTypes", "x-needed-when": "neededWhenType"}


class NameClashError(Exception):
    """Two limits of different properties that come to the same name."""


def emit_limits(data: Mapping[str, object]) -> str:
    """The module ``limits``: what the schemas say of lengths, sizes, ranges and patterns, and the server's URL."""
    limits: dict[str, str] = {}
    for schema, body in schemas(data).items():
        for name, definition in mapping(mapping(body).get("properties")).items():
            for keyword, value in mapping(definition).items():
                if keyword in _NUMBERS and isinstance(value, int):
                    kind, limit = "int", literal(value)
                elif keyword == "pattern" and isinstance(value, str):
                    kind, limit = "str", literal(value)
                elif keyword == "x-max-bytes":
                    kind, limit = "int", literal(whole(value))
                elif keyword == "x-media-types":
                    kind, limit = "tuple[str, ...]", literal([text(item) for item in sequence(value)])
                elif keyword == "x-needed-when" and "type" in mapping(value):
                    kind, limit = "tuple[int, ...]", literal([whole(item) for item in sequence(mapping(value)["type"])])
                else:
                    continue
                constant = constant_name(schema, name, _WORDS.get(keyword, keyword))
                line = f"{constant}: Final[{kind}] = {limit}"
                if limits.setdefault(constant, line) != line:
                    raise NameClashError(
                        f"{schema}.{name} and another property both want the constant {constant}: rename one"
                    )
    server = text(mapping(next(iter(sequence(data.get("servers"))), None)).get("url"))
    fixed = {
        "SERVER_URL": f"SERVER_URL: Final[str] = {literal(server)}",
        "VERSION": f"VERSION: Final[str] = {literal(text(mapping(data.get('info')).get('version')))}",
    }
    return module(
        "Every limit of the contract: <schema>_<property>_<keyword>, and where the service is.",
        "\n".join([*fixed.values(), *(limits[name] for name in sorted(limits))]),
        imports=["from typing import Final"],
        exports=[*fixed, *limits],
    )
