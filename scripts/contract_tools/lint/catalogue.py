"""The catalogue of error codes: is it complete, and does everything that repeats it agree?"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from ..document import pointer_to
from ..naming import error_class_name, family_class_name
from ..reading import mapping, sequence, text
from ..shown import ENGLISH, shown_catalogue
from .contract import Contract
from .rule import Family, Finding, Rule

_NAME_UNIQUE = Rule("code-name-unique", "{name} is the name of {other} too", "give each code a name of its own")
_FAMILY = Rule("code-family-known", "the family {family} of {code} is not declared", "use one of these: {known}")
_FAMILY_STATUS = Rule(
    "family-status-unique",
    "HTTP {status} falls to {other} already",
    "leave each status to one family",
)
_FAMILY_UNUSED = Rule(
    "family-unused",
    "no code and no HTTP status belongs to the family {family}",
    "take it out, or give it a code",
)
_CLASS = Rule(
    "class-unique",
    "{subject} and {other} both become the class {name}",
    "call one of the two something else",
)
_ENUM_MISSING = Rule("enum-code-missing", "{code} is in the catalogue, but not in ErrorCode", "add it to the enum")
_ENUM_EXTRA = Rule("enum-code-extra", "{code} is in ErrorCode, but not in the catalogue", "add it to x-error-codes")
_ENUM_WORDS = Rule(
    "enum-code-agrees",
    "{code} is {found} here and {wanted} in the catalogue",
    "write the catalogue's",
)
_TABLE = Rule(
    "code-table-agrees",
    "the row of {code} in the description says {found}, the catalogue {wanted}",
    "write the catalogue's words into the table",
)
_TABLE_MISSING = Rule("code-table-complete", "the table in the description has no row for {code}", "add one")

# No exception is made for success, so its family needs no declaration.
SUCCESS = "success"
_ROOTS = ("JSMSError", "APIError")
_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_ROW = re.compile(r"^\| ([0-9]+), .*$", re.MULTILINE)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(value)) and not keyword.iskeyword(value)


def _check_fields(contract: Contract) -> Iterator[Finding]:
    names: dict[str, str] = {}
    families = mapping(contract.data.get("x-error-families"))
    for code, entry in contract.codes.items():
        pointer = pointer_to("#/x-error-codes", code)
        name = text(entry.get("name"))
        if name in names:
            yield _NAME_UNIQUE.broken(pointer_to(pointer, "name"), name=name, other=names[name])
        names.setdefault(name, code)
        family = text(entry.get("family"), SUCCESS)
        if family not in families and family != SUCCESS:
            at = pointer_to(pointer, "family")
            yield _FAMILY.broken(at, family=family, code=code, known=", ".join(families) or "none is declared")


def _check_families(contract: Contract) -> Iterator[Finding]:
    statuses: dict[str, str] = {}
    used = {text(entry.get("family")) for entry in contract.codes.values()}
    for family, value in mapping(contract.data.get("x-error-families")).items():
        pointer, entry = pointer_to("#/x-error-families", family), mapping(value)
        for index, status in enumerate(map(str, sequence(entry.get("http_statuses")))):
            if status in statuses:
                at = pointer_to(pointer, "http_statuses", index)
                yield _FAMILY_STATUS.broken(at, status=status, other=statuses[status])
            statuses.setdefault(status, family)
        if family not in used and not sequence(entry.get("http_statuses")):
            yield _FAMILY_UNUSED.broken(pointer, family=family)


def _check_classes(contract: Contract) -> Iterator[Finding]:
    seen: dict[str, str] = dict.fromkeys(_ROOTS, "the root of the exceptions")
    made = [
        (f"the family {family}", family_class_name(family), pointer_to("#/x-error-families", family))
        for family in mapping(contract.data.get("x-error-families"))
    ]
    made += [
        (code, error_class_name(text(entry.get("name"))), pointer_to("#/x-error-codes", code, "name"))
        for code, entry in contract.codes.items()
        if entry.get("family") != SUCCESS and _is_name(entry.get("name"))
    ]
    for subject, name, pointer in made:
        if name in seen:
            yield _CLASS.broken(pointer, subject=subject, other=seen[name], name=name)
        seen.setdefault(name, subject)


def _check_enum(contract: Contract) -> Iterator[Finding]:
    pointer = "#/components/schemas/ErrorCode"
    place = contract.by_pointer.get(pointer)
    if place is None or not contract.has_codes:
        return
    values = [str(value) for value in sequence(place.value.get("enum"))]
    for code in contract.codes:
        if code not in values:
            yield _ENUM_MISSING.broken(pointer_to("#/x-error-codes", code), code=code)
    for index, code in enumerate(values):
        if code not in contract.codes:
            yield _ENUM_EXTRA.broken(pointer_to(pointer, "enum", index), code=code)
            continue
        for key, field in (("x-enum-varnames", "name"), ("x-enum-descriptions", "meaning")):
            said = sequence(place.value.get(key))
            wanted = contract.codes[code].get(field)
            if index < len(said) and said[index] != wanted:
                at = pointer_to(pointer, key, index)
                yield _ENUM_WORDS.broken(at, code=code, found=_shown(said[index]), wanted=_shown(wanted))


def _check_table(contract: Contract) -> Iterator[Finding]:
    """A table of the codes in a tag's description, which readers see where renderers hide the enum."""
    for place in contract.of_kind("tag"):
        rows = {row[1]: row[0] for row in _ROW.finditer(text(place.value.get("description")))}
        if not rows.keys() & contract.codes.keys():
            continue
        pointer = pointer_to(place.pointer, "description")
        for row in _ROW.finditer(shown_catalogue(contract.data, ENGLISH)):
            if row[1] not in rows:
                yield _TABLE_MISSING.broken(pointer, code=row[1])
            elif rows[row[1]] != row[0]:
                yield _TABLE.broken(pointer, code=row[1], found=_shown(rows[row[1]]), wanted=_shown(row[0]))


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)


def _check(contract: Contract) -> Iterator[Finding]:
    for check in (_check_fields, _check_families, _check_classes, _check_enum, _check_table):
        yield from check(contract)


CATALOGUE = Family(
    _check,
    (
        _NAME_UNIQUE,
        _FAMILY,
        _FAMILY_STATUS,
        _FAMILY_UNUSED,
        _CLASS,
        _ENUM_MISSING,
        _ENUM_EXTRA,
        _ENUM_WORDS,
        _TABLE,
        _TABLE_MISSING,
    ),
)
