"""Error codes as exceptions and constants, and the limits of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from contract_tools.openapi import mapping, schemas, sequence, text, whole
from contract_tools.python_source import constant_name, docstring, error_class_name, family_class_name, literal, module

SUCCESS = "success"
_TEXT_FIELDS = ("message", "family", "meaning", "meaning_zh", "remedy", "remedy_zh")

_LOOK_UP = '''
def error_class(code: int | None, http_status: int) -> type[APIError]:
    """The exception for a response: the code's own, else its HTTP status's family, else ``APIError``.

    An HTTP status that no family names is taken as the first of its hundred, as HTTP itself has it (418 as 400).
    """
    known = ERRORS.get(code) if code is not None else None
    if known is None:
        known = FAMILY_BY_STATUS.get(http_status) or FAMILY_BY_STATUS.get(http_status // 100 * 100)
    return known or APIError
'''


def emit_errors(data: Mapping[str, object]) -> str:
    """The module ``errors``: a class for each family, one for each code below it, and how to find them.

    A document without a catalogue gives a module without classes, so that the code around it works all the same.
    """
    families = mapping(data.get("x-error-families"))
    codes = {
        int(number): mapping(entry)
        for number, entry in mapping(data.get("x-error-codes")).items()
        if str(number).isdecimal()
    }
    # Codes of a family that nobody describes (success) are no errors.
    errors = {code: codes[code] for code in sorted(codes) if text(codes[code].get("family")) in families}

    parts = [_family(name, mapping(family)) for name, family in families.items()]
    parts += [_error(code, entry) for code, entry in errors.items()]
    parts.append(
        _table(
            "ERRORS",
            "int",
            "The exception of every code.",
            {literal(code): error_class_name(text(entry.get("name"))) for code, entry in errors.items()},
        )
    )
    parts.append(
        _table(
            "FAMILIES",
            "str",
            "The exception of every family.",
            {literal(name): family_class_name(name) for name in families},
        )
    )
    by_status = {
        whole(status): family_class_name(name)
        for name, family in reversed(list(families.items()))
        for status in sequence(mapping(family).get("http_statuses"))
    }
    parts.append(
        _table(
            "FAMILY_BY_STATUS",
            "int",
            "The family of a code that the contract does not know, by HTTP status.",
            {literal(status): by_status[status] for status in sorted(by_status)},
        )
    )
    success = sorted(code for code, entry in codes.items() if entry.get("family") == SUCCESS)
    parts.append(
        f"SUCCESS_CODES: frozenset[int] = frozenset({literal(success)})\n"
        + docstring("The codes that are no error.", indent=0)
    )
    parts.append(_LOOK_UP.strip("\n"))
    return module(
        "Every error code of the contract as an exception, below a family for what an app handles alike.",
        *parts,
        imports=[
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "",
            "from jsms_runtime.errors import APIError, ErrorInfo, NotSentError",
        ],
        exports=[
            "APIError",
            "ErrorInfo",
            "ERRORS",
            "FAMILIES",
            "FAMILY_BY_STATUS",
            "SUCCESS_CODES",
            "error_class",
            *(family_class_name(name) for name in families),
            *(error_class_name(text(entry.get("name"))) for entry in errors.values()),
        ],
    )


def _family(name: str, family: Mapping[str, object]) -> str:
    summary = docstring(text(family.get("summary"), f"An error of the family {name}."), text(family.get("summary_zh")))
    # A service that failed may have carried the request out before that.
    fails = any(whole(status) >= HTTPStatus.INTERNAL_SERVER_ERROR for status in sequence(family.get("http_statuses")))
    return f"class {family_class_name(name)}({'APIError' if fails else 'APIError, NotSentError'}):\n{summary}"


def _error(code: int, entry: Mapping[str, object]) -> str:
    name = text(entry.get("name"))
    facts = "".join(f"        {field}={literal(text(entry.get(field)))},\n" for field in _TEXT_FIELDS)
    about = text(entry.get("concerns"), "request")
    concerns = f"        concerns={literal(about)},\n" if about != "request" else ""
    words = docstring(
        text(entry.get("meaning"), name),
        f"Code {code} ({name}), HTTP {whole(entry.get('http_status'))}. {text(entry.get('remedy'))}",
    )
    return (
        f"class {error_class_name(name)}({family_class_name(text(entry.get('family')))}):\n{words}\n"
        f"    info = ErrorInfo(\n"
        f"        code={code},\n"
        f"        name={literal(name)},\n"
        f"        http_status={whole(entry.get('http_status'))},\n"
        f"{facts}"
        f"        repeat={literal(text(entry.get('repeat'), 'never'))},\n"
        f"{concerns}"
        f"    )\n"
    )


def _table(name: str, key: str, words: str, rows: Mapping[str, str]) -> str:
    body = "".join(f"        {left}: {right},\n" for left, right in rows.items())
    table = f"{name}: Mapping[{key}, type[APIError]] = MappingProxyType(\n    {{\n{body}    }}\n)\n"
    return table + docstring(words, indent=0)


def emit_codes(data: Mapping[str, object]) -> str:
    """The module ``codes``: every code of the catalogue under its name."""
    entries = {
        text(mapping(entry).get("name")): (int(code), text(mapping(entry).get("meaning")))
        for code, entry in mapping(data.get("x-error-codes")).items()
        if code.isdecimal()
    }
    constants = "".join(
        f"{name}: Final = {literal(code)}\n{docstring(meaning, indent=0)}" for name, (code, meaning) in entries.items()
    )
    return module(
        "Every error code of the contract, by its name.",
        constants,
        imports=["from typing import Final"],
        exports=entries,
    )


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
