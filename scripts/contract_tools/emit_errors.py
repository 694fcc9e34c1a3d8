"""The error codes of the contract as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from .naming import error_class_name, family_class_name
from .python_source import docstring, literal, module
from .reading import mapping, sequence, text, whole

SUCCESS = "success"
_TEXT_FIELDS = ("message", "family", "meaning", "meaning_zh", "remedy", "remedy_zh")

_LOOK_UP = '''
def error_class(code: int | None, http_status: int) -> type[APIError]:
    """The exception for an answer: the code's own, else its HTTP status's family, else ``APIError``.

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
