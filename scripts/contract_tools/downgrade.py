"""The OpenAPI 3.0.3 twin of a 3.1 document, for tools that read nothing newer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .places import rebuilt
from .reading import mapping, sequence

_Part = dict[str, object]

# A single licence; an expression such as "MIT OR Apache-2.0" has no page of its own.
_SPDX_NAME = re.compile(r"[A-Za-z0-9.+-]+")
_PATH_ITEMS = "#/components/pathItems/"
_PATH_ITEMS_TWIN = "#/components/x-pathItems/"

# What 3.0 does not know stays readable for people, and is passed over by tools.
_UNKNOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "document": ("webhooks", "jsonSchemaDialect"),
        "components": ("pathItems",),
        "schema": (
            "$anchor",
            "$comment",
            "$defs",
            "$dynamicAnchor",
            "$dynamicRef",
            "$id",
            "$schema",
            "$vocabulary",
            "contains",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
            "dependentRequired",
            "dependentSchemas",
            "else",
            "if",
            "maxContains",
            "minContains",
            "patternProperties",
            "prefixItems",
            "propertyNames",
            "then",
            "unevaluatedItems",
            "unevaluatedProperties",
        ),
    }
)


def to_3_0_3(data: Mapping[str, object]) -> dict[str, object]:
    """The same document as OpenAPI 3.0.3; one that is 3.0 already is only copied."""
    if not str(data.get("openapi")).startswith("3.1"):
        return rebuilt(data, lambda _, part: part)
    return rebuilt(data, _downgraded)


def _downgraded(kind: str, part: _Part) -> _Part:
    change = _CHANGES.get(kind)
    made = _referring(kind, part)
    made = change(made) if change is not None else made
    unknown = _UNKNOWN.get(kind, ())
    return {f"x-{name.lstrip('$')}" if name in unknown else name: value for name, value in made.items()}


def _referring(kind: str, part: _Part) -> _Part:
    """A ``$ref`` stands alone in 3.0; for a schema, what stood beside it is kept around it."""
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return part
    if kind == "path_item":
        return part | {"$ref": reference.replace(_PATH_ITEMS, _PATH_ITEMS_TWIN)}
    if kind == "schema" and len(part) > 1:
        beside = _without(part, "$ref")
        return {"allOf": [{"$ref": reference}, *sequence(beside.pop("allOf", []))]} | beside
    return {"$ref": reference}


def _document(part: _Part) -> _Part:
    info = _renamed(mapping(part.get("info")), summary="x-summary")
    if "license" in info:
        info["license"] = _license(mapping(info["license"]))
    made = part | {"openapi": "3.0.3", "info": info}
    return made if "paths" in made else made | {"paths": {}}


def _license(part: Mapping[str, object]) -> _Part:
    identifier = part.get("identifier")
    if isinstance(identifier, str) and _SPDX_NAME.fullmatch(identifier):
        return _without(part, "identifier") | {"url": f"https://spdx.org/licenses/{identifier}.html"}
    return _renamed(part, identifier="x-identifier")


def _without(part: Mapping[str, object], name: str) -> _Part:
    return {key: value for key, value in part.items() if key != name}


def _renamed(part: Mapping[str, object], **names: str) -> _Part:
    return {names.get(name, name): value for name, value in part.items()}


def _operation(part: _Part) -> _Part:
    return part if "responses" in part else part | {"responses": {"default": {"description": "Any answer."}}}


def _schema(part: _Part) -> _Part:
    made: _Part = {}
    for name, value in part.items():
        if (rename := _KEYWORDS.get(name)) is not None:
            made |= rename(value, part)
        else:
            made.setdefault(name, value)  # a limit that was made of another one stays
    return made


def _type(value: object, _: _Part) -> _Part:
    if not sequence(value):
        return {"type": "object", "nullable": True, "enum": [None]} if value == "null" else {"type": value}
    kinds = [kind for kind in sequence(value) if kind != "null"]
    nullable: _Part = {"nullable": True} if "null" in sequence(value) else {}
    if len(kinds) == 1:
        return {"type": kinds[0]} | nullable
    return {"anyOf": [{"type": kind} for kind in kinds]} | nullable if kinds else nullable


def _examples(value: object, part: _Part) -> _Part:
    values = sequence(value)
    return {"example": values[0]} if values and "example" not in part else {}


def _limit(keyword: str, other: str) -> Callable[[object, _Part], _Part]:
    def made(value: object, part: _Part) -> _Part:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return {keyword: value}
        # Where both limits stand, the narrower one of the two counts.
        plain = part.get(other)
        if isinstance(plain, int | float) and (plain > value if other == "minimum" else plain < value):
            return {}
        return {other: value, keyword: True}

    return made


def _const(value: object, _: _Part) -> _Part:
    return {"enum": [value]}


_KEYWORDS: Mapping[str, Callable[[object, _Part], _Part]] = MappingProxyType(
    {
        "type": _type,
        "examples": _examples,
        "const": _const,
        "exclusiveMinimum": _limit("exclusiveMinimum", "minimum"),
        "exclusiveMaximum": _limit("exclusiveMaximum", "maximum"),
    }
)
_CHANGES: Mapping[str, Callable[[_Part], _Part]] = MappingProxyType(
    {"document": _document, "operation": _operation, "schema": _schema}
)
