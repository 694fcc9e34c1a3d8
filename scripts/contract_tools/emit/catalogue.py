"""The modules ``errors``, ``codes``, ``values``, ``limits`` and ``billing`` of ``jsms_contract``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from contract_tools.emit.model import SurfaceError
from contract_tools.openapi import mapping, pointer_to, schemas, sequence, text, whole
from contract_tools.python_source import (
    Source,
    constant,
    constant_name,
    error_class_name,
    family_class_name,
    literal,
    module,
    record,
    render,
    table,
)

CODES = "ErrorCode"
"""The component that lists the error codes."""
SUCCESS = "success"
"""The family of the codes that are no error: no exception is made for it, so it needs no declaration."""
_TEXT_FIELDS = ("message", "family", "meaning", "meaning_zh", "remedy", "remedy_zh")
_NUMBERS = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum")

_FINAL = {"typing": ("Final",)}
_BILLING = {
    "sms_characters": "The most characters of a text that is billed as one SMS.",
    "part_characters": "How many characters of a longer text are billed as one SMS.",
    "opt_out_suffix": "What the service puts at the end of marketing.",
    "marketing_from": "The time of a day from which the service sends marketing, in Beijing time.",
    "marketing_until": "The time of a day until which it does.",
}


def emit_errors(data: Mapping[str, object]) -> str:
    """Write the module ``errors``: a class for each family, one for each code below it, and how to find them.

    A document without a catalogue gives a module without classes, so that the code around it works all the same.
    """
    families, codes = mapping(data.get("x-error-families")), _codes(data)
    # Codes of a family without a description (success) are no errors.
    errors = {code: codes[code] for code in sorted(codes) if text(codes[code].get("family")) in families}
    classes = {code: Source(error_class_name(text(entry.get("name")))) for code, entry in errors.items()}
    by_status = {
        whole(status): Source(family_class_name(name))
        for name, family in reversed(list(families.items()))
        for status in sequence(mapping(family).get("http_statuses"))
    }
    by_family = {name: Source(family_class_name(name)) for name in families}
    tables = (
        table("ERRORS", "int, type[APIError]", classes, "The exception of every code."),
        table("FAMILIES", "str, type[APIError]", by_family, "The exception of every family."),
        table(
            "FAMILY_BY_STATUS",
            "int, type[APIError]",
            {status: by_status[status] for status in sorted(by_status)},
            "The family of a code that the contract does not know, by HTTP status.",
        ),
        constant(
            "SUCCESS_CODES",
            "frozenset[int]",
            frozenset(code for code, entry in codes.items() if entry.get("family") == SUCCESS),
            "The codes that are no error.",
        ),
    )
    fixed = ("APIError", "ErrorInfo", "ERRORS", "FAMILIES", "FAMILY_BY_STATUS", "SUCCESS_CODES", "error_class")
    return render(
        "errors.py",
        families=[_family(name, mapping(family)) for name, family in families.items()],
        errors=[_error(code, entry) for code, entry in errors.items()],
        tables="\n\n".join(tables),
        exports=sorted(map(str, {*fixed, *by_family.values(), *classes.values()})),
    )


def _codes(data: Mapping[str, object]) -> dict[int, Mapping[str, object]]:
    written = mapping(data.get("x-error-codes")).items()
    return {int(code): mapping(entry) for code, entry in written if str(code).isdecimal()}


def _family(name: str, family: Mapping[str, object]) -> dict[str, str]:
    # A service that failed may have carried the request out before that.
    fails = any(whole(status) >= HTTPStatus.INTERNAL_SERVER_ERROR for status in sequence(family.get("http_statuses")))
    return {
        "class": family_class_name(name),
        "bases": "APIError" if fails else "APIError, NotSentError",
        "summary": text(family.get("summary"), f"An error of the family {name}."),
        "summary_zh": text(family.get("summary_zh")),
    }


def _error(code: int, entry: Mapping[str, object]) -> dict[str, str]:
    name, status = text(entry.get("name")), whole(entry.get("http_status"))
    facts: dict[str, object] = {"code": code, "name": name, "http_status": status}
    facts |= {field: text(entry.get(field)) for field in _TEXT_FIELDS}
    facts["repeat"] = text(entry.get("repeat"), "never")
    if (about := text(entry.get("concerns"), "request")) != "request":
        facts["concerns"] = about
    return {
        "class": error_class_name(name),
        "family": family_class_name(text(entry.get("family"))),
        "meaning": text(entry.get("meaning"), name),
        "about": f"Code {code} ({name}), HTTP {status}. {text(entry.get('remedy'))}",
        "info": record("ErrorInfo", **facts),
    }


def emit_codes(data: Mapping[str, object]) -> str:
    """Write the module ``codes``: every code of the catalogue under its name."""
    entries = {text(entry.get("name")): (code, text(entry.get("meaning"))) for code, entry in _codes(data).items()}
    return module(
        "Every error code of the contract, by its name.",
        "".join(constant(name, "Final", code, meaning) for name, (code, meaning) in entries.items()),
        imports=_FINAL,
        exports=entries,
    )


def known_values(data: Mapping[str, object]) -> dict[str, list[tuple[object, str, str]]]:
    """List the known values of every open set by its component: each with its name and meaning."""
    found: dict[str, list[tuple[object, str, str]]] = {}
    for component, schema in schemas(data).items():
        keys = ("enum", "x-enum-varnames", "x-enum-descriptions")
        values, names, words = (sequence(mapping(schema).get(key)) for key in keys)
        if names and component != CODES:  # the codes are in ``codes``
            said = [*words, *([""] * len(values))]
            found[component] = [
                (value, text(name), text(each)) for value, name, each in zip(values, names, said, strict=False)
            ]
    return found


def emit_values(data: Mapping[str, object]) -> str:
    """Write the module ``values``: every known value of an open set, under the names of the set and its own."""
    values = {
        (title := constant_name(component, name)): constant(title, "Final", value, meaning)
        for component, known in known_values(data).items()
        for value, name, meaning in known
    }
    return module(
        "Every known value of the contract, by its name; any other value may come too.",
        "".join(values.values()),
        imports=_FINAL,
        exports=values,
    )


def emit_limits(data: Mapping[str, object]) -> str:
    """Write the module ``limits``: lengths, sizes, ranges and patterns of the schemas, and the server's URL."""
    limits: dict[str, str] = {}
    for schema, body in schemas(data).items():
        for name, definition in mapping(mapping(body).get("properties")).items():
            for keyword, value in mapping(definition).items():
                found = _limit(keyword, value)
                if found is None:
                    continue
                label, kind, limit = found
                title = constant_name(schema, name, label)
                line = f"{title}: Final[{kind}] = {literal(limit)}"
                if limits.setdefault(title, line) != line:
                    raise SurfaceError(
                        pointer_to("#/components/schemas", schema, "properties", name),
                        f"{schema}.{name} and another property both want the constant {title}",
                        "rename one of the two",
                    )
    server = text(mapping(next(iter(sequence(data.get("servers"))), None)).get("url"))
    version = text(mapping(data.get("info")).get("version"))
    fixed = constant("SERVER_URL", "Final[str]", server) + constant("VERSION", "Final[str]", version)
    return module(
        "Every limit of the contract: <schema>_<property>_<keyword>, and where the service is.",
        fixed + "\n".join(limits[name] for name in sorted(limits)),
        imports=_FINAL,
        exports=["SERVER_URL", "VERSION", *limits],
    )


def _limit(keyword: str, value: object) -> tuple[str, str, object] | None:
    """Give the name, type and value of the constant that a keyword makes; None where it makes none."""
    if keyword in _NUMBERS and isinstance(value, int):
        return keyword, "int", value
    if keyword == "pattern" and isinstance(value, str):
        return keyword, "str", value
    if keyword == "x-max-bytes":
        return "maxBytes", "int", whole(value)
    if keyword == "x-media-types":
        return "mediaTypes", "tuple[str, ...]", [text(item) for item in sequence(value)]
    if keyword == "x-needed-when" and "type" in mapping(value):
        return "neededWhenType", "tuple[int, ...]", [whole(item) for item in sequence(mapping(value)["type"])]
    return None


def emit_billing(data: Mapping[str, object]) -> str | None:
    """Write the module ``billing``: how SMS are counted; None where the document does not say it."""
    billing = mapping(data.get("x-billing"))
    if not billing:
        return None
    return module(
        "How SMS are counted, what marketing ends with, and when it is sent.",
        "".join(constant(name.upper(), "Final", billing.get(name), words) for name, words in _BILLING.items()),
        imports=_FINAL,
        exports=map(str.upper, _BILLING),
    )


MODULES = {
    "billing": emit_billing,
    "codes": emit_codes,
    "errors": emit_errors,
    "limits": emit_limits,
    "values": emit_values,
}
"""The modules of ``jsms_contract`` that are written here; a document may say nothing of one."""
