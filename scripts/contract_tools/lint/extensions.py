"""Our extensions, error codes among them: spelt as documented, where they belong, and in agreement with each other."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from jsonschema import Draft202012Validator

from contract_tools.descriptions import ENGLISH, flat, shown_catalogue, shown_codes, shown_payload, shown_payloads
from contract_tools.emit.model import method_name, positional_candidates, resource_name
from contract_tools.extensions import EXTENSIONS, KINDS
from contract_tools.lint.rules import Contract, Finding, broken, title
from contract_tools.lint.structure import iter_errors
from contract_tools.openapi import Node, kinds_of, mapping, pointer_to, sequence, text, whole
from contract_tools.python_source import error_class_name, family_class_name

# Every keyword of JSON Schema, with those that OpenAPI 3.0 and 3.1 add.
KEYWORDS = frozenset(
    (
        *Draft202012Validator.VALIDATORS,
        *("$schema", "$comment", "$defs", "$id", "$anchor", "$dynamicAnchor", "$vocabulary", "then", "else"),
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples"),
        *("contentMediaType", "contentEncoding", "contentSchema"),
        *("discriminator", "xml", "externalDocs", "example", "nullable"),
    )
)
# Close enough to be one of ours misspelt, and far enough to leave the extensions of other tools alone.
_CUTOFF = 0.75
# Members whose names and values are the document's own; info has a check of its own.
_FREE = ("info", "example", "examples", "default", "enum", "const", "value")
_BY_LOWER = {name.lower(): name for name in (*KEYWORDS, *EXTENSIONS)}


def _check_names(pointer: str, kind: str, value: Mapping[str, object]) -> Iterator[Finding]:
    for name, content in value.items():
        if not name.startswith("x-"):
            continue
        if name not in EXTENSIONS:
            near = difflib.get_close_matches(name.lower().replace("_", "-"), EXTENSIONS, n=1, cutoff=_CUTOFF)
            if near:
                yield broken("extension-spelling", pointer_to(pointer, name), name=name, wanted=near[0])
            continue
        allowed = [(kinds, schema) for kinds, schema in EXTENSIONS[name] if not kinds or kind in kinds]
        if not allowed:
            places = ", ".join(place for kinds, _ in EXTENSIONS[name] for place in kinds)
            yield broken("extension-place", pointer_to(pointer, name), name=name, kind=kind, places=places)
            continue
        for error in iter_errors(_validator(name, [*EXTENSIONS[name]].index(allowed[0])), content):
            yield broken("extension-value", pointer_to(pointer, name, *error.path), name=name, problem=error.problem)


def _check_between(contract: Contract, node: Node) -> Iterator[Finding]:
    """Find extensions that a wrong indentation put among the members of a map, such as responses."""
    for role, members in node.value.items():
        pointer = pointer_to(node.pointer, role)
        if role.startswith("x-") or role in _FREE or pointer in contract.by_pointer:
            continue
        for name in mapping(members):
            places = ", ".join(kind for kinds, _ in EXTENSIONS.get(name, ()) for kind in kinds)
            if places:
                yield broken(
                    "extension-place", pointer_to(pointer, name), name=name, kind=f"part {role}", places=places
                )


def _check_keywords(node: Node) -> Iterator[Finding]:
    for name in node.value:
        if name in KEYWORDS or name.startswith("x-"):
            continue
        near = difflib.get_close_matches(name.lower(), _BY_LOWER, n=1, cutoff=_CUTOFF)
        remedy = f"did you mean {_BY_LOWER[near[0]]}?" if near else "take it out, or begin its name with x-"
        yield broken("schema-keyword", pointer_to(node.pointer, name), name=name, remedy=remedy)


@lru_cache(maxsize=64)
def _validator(name: str, index: int) -> Draft202012Validator:
    return Draft202012Validator(EXTENSIONS[name][index][1])


def _check_kind(node: Node) -> Iterator[Finding]:
    kind = node.value.get("x-kind")
    schema = mapping(node.value.get("schema")) if node.kind == "parameter" else node.value
    found = kinds_of(schema)
    if isinstance(kind, str) and kind in KINDS and not (len(found) == 1 and found[0] in KINDS[kind]):
        yield broken(
            "kind-type",
            pointer_to(node.pointer, "x-kind"),
            kind=kind,
            found=" or ".join(found) or "none",
            wanted=" or ".join(KINDS[kind]),
        )


def _check_methods(contract: Contract) -> Iterator[Finding]:
    seen: dict[tuple[str, str], Node] = {}
    for node in contract.operations:
        operation, path = node.value, contract.path_of(node)
        resource, name = resource_name(operation), method_name(operation, node.name, path)
        if keyword.iskeyword(name) or not name.isidentifier() or name.startswith("_"):
            yield broken("method-name", node.pointer, name=name)
        other = seen.setdefault((resource, name), node)
        # Two operations of one operationId are told by the rule for these.
        if other is not node and other.value.get("operationId") != operation.get("operationId"):
            yield broken("method-unique", node.pointer, resource=resource, name=name, other=title(other))
        known = positional_candidates(contract.data, operation, mapping(node.around.value if node.around else None))
        for index, argument in enumerate(sequence(operation.get("x-positional"))):
            if argument not in known:
                at = pointer_to(node.pointer, "x-positional", index)
                yield broken("positional-known", at, operation=title(node), name=argument, known=", ".join(known))
        effect = text(operation.get("x-effect"))
        if effect in ("sends", "polls") and operation.get("x-retry") != "never":
            yield broken("effect-retry", pointer_to(node.pointer, "x-effect"), operation=title(node), effect=effect)


def check_extensions(contract: Contract) -> Iterator[Finding]:
    """Check every extension of ours, and every keyword of a schema."""
    for node in contract.nodes:
        yield from _check_between(contract, node)
        if node.kind == "schema":
            yield from _check_keywords(node)
        if "$ref" not in node.value or node.kind == "path_item":
            yield from _check_names(node.pointer, node.kind.replace("_", " "), node.value)
        if node.kind in ("schema", "parameter"):
            yield from _check_kind(node)
    yield from _check_names("#/info", "info", mapping(contract.data.get("info")))
    yield from _check_methods(contract)


# No exception is made for success, so its family needs no declaration.
SUCCESS = "success"
_ROOTS = ("JSMSError", "APIError")
_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_LISTS = ("x-error-codes", "x-recipient-error-codes")
_ROUTING = "x-routing-error-codes"
_ALWAYS = ("missing", "invalid")
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
            yield broken("code-name-unique", pointer_to(pointer, "name"), name=name, other=names[name])
        names.setdefault(name, code)
        family = text(entry.get("family"), SUCCESS)
        if family not in families and family != SUCCESS:
            at = pointer_to(pointer, "family")
            yield broken(
                "code-family-known", at, family=family, code=code, known=", ".join(families) or "none is declared"
            )


def _check_families(contract: Contract) -> Iterator[Finding]:
    statuses: dict[str, str] = {}
    used = {text(entry.get("family")) for entry in contract.codes.values()}
    for family, value in mapping(contract.data.get("x-error-families")).items():
        pointer, entry = pointer_to("#/x-error-families", family), mapping(value)
        for index, status in enumerate(map(str, sequence(entry.get("http_statuses")))):
            if status in statuses:
                at = pointer_to(pointer, "http_statuses", index)
                yield broken("family-status-unique", at, status=status, other=statuses[status])
            statuses.setdefault(status, family)
        if family not in used and not sequence(entry.get("http_statuses")):
            yield broken("family-unused", pointer, family=family)


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
            yield broken("class-unique", pointer, subject=subject, other=seen[name], name=name)
        seen.setdefault(name, subject)


def _check_enum(contract: Contract) -> Iterator[Finding]:
    pointer = "#/components/schemas/ErrorCode"
    node = contract.by_pointer.get(pointer)
    if node is None or not contract.has_codes:
        return
    values = [str(value) for value in sequence(node.value.get("enum"))]
    for code in contract.codes:
        if code not in values:
            yield broken("enum-code-missing", pointer_to("#/x-error-codes", code), code=code)
    for index, code in enumerate(values):
        if code not in contract.codes:
            yield broken("enum-code-extra", pointer_to(pointer, "enum", index), code=code)
            continue
        for key, field in (("x-enum-varnames", "name"), ("x-enum-descriptions", "meaning")):
            said = sequence(node.value.get(key))
            wanted = contract.codes[code].get(field)
            if index < len(said) and said[index] != wanted:
                at = pointer_to(pointer, key, index)
                yield broken("enum-code-agrees", at, code=code, found=_shown(said[index]), wanted=_shown(wanted))


def _check_table(contract: Contract) -> Iterator[Finding]:
    """Check the table of codes in a tag's description, which readers see where renderers hide the enum."""
    for node in contract.of_kind("tag"):
        rows = {row[1]: row[0] for row in _ROW.finditer(text(node.value.get("description")))}
        if not rows.keys() & contract.codes.keys():
            continue
        pointer = pointer_to(node.pointer, "description")
        for row in _ROW.finditer(shown_catalogue(contract.data, ENGLISH)):
            if row[1] not in rows:
                yield broken("code-table-complete", pointer, code=row[1])
            elif rows[row[1]] != row[0]:
                yield broken(
                    "code-table-agrees", pointer, code=row[1], found=_shown(rows[row[1]]), wanted=_shown(row[0])
                )


def _shown(value: object) -> str:
    return "missing" if value is None else repr(value)


def check_catalogue(contract: Contract) -> Iterator[Finding]:
    """Check that the catalogue is complete, and that everything that repeats it agrees."""
    for check in (_check_fields, _check_families, _check_classes, _check_enum, _check_table):
        yield from check(contract)


def _check_list(contract: Contract, owner: str, codes: object) -> Iterator[Finding]:
    listed = sequence(codes)
    for index, code in enumerate(listed):
        entry = contract.codes.get(str(code))
        pointer = pointer_to(owner, index)
        if entry is None:
            yield broken("code-known", pointer, code=code)
        elif entry.get("family") == SUCCESS:
            yield broken("code-success", pointer, code=code)
        if code in listed[:index]:
            yield broken("code-twice", pointer, code=code)


def _check_operation(contract: Contract, operation: Node) -> Iterator[Finding]:
    for key in _LISTS:
        yield from _check_list(contract, pointer_to(operation.pointer, key), operation.value.get(key))
    statuses = {response.status for response in contract.responses(operation)}
    for index, code in enumerate(sequence(operation.value.get("x-error-codes"))):
        status = whole(contract.codes.get(str(code), {}).get("http_status"))
        if status and str(status) not in statuses:
            pointer = pointer_to(operation.pointer, "x-error-codes", index)
            yield broken("code-status-declared", pointer, code=code, status=status, id=title(operation))


def _users(contract: Contract, field: Node) -> list[Node]:
    """Find the operations whose requests have this field."""
    outer = list(field.outward())
    component = next((node for node in outer if node.is_component), None)
    if component is not None and component.kind == "schema":
        pointers = contract.requested.get(component.name, set())
        return [operation for operation in contract.operations if operation.pointer in pointers]
    parameter = next((node for node in outer if node.kind == "parameter"), None)
    if parameter is not None:
        return [operation for operation in contract.operations if parameter in list(contract.parameters(operation))]
    return [node for node in outer if node.kind == "operation"]


def _check_field(contract: Contract, field: Node) -> Iterator[Finding]:
    schema = mapping(field.value.get("schema")) if field.kind == "parameter" else field.value
    name = field.value.get("name") if field.kind == "parameter" else field.name
    users = _users(contract, field)
    for key, code in mapping(field.value.get("x-errors")).items():
        pointer = pointer_to(field.pointer, "x-errors", key)
        if key not in _ALWAYS and key not in schema:
            yield broken("field-error-key", pointer, key=key)
        if str(code) not in contract.codes:
            yield broken("field-error-known", pointer, name=name, code=code)
            continue
        for operation in users:
            if code not in contract.codes_of(operation):
                yield broken("field-error-listed", pointer, name=name, code=code, id=title(operation))


def check_codes(contract: Contract) -> Iterator[Finding]:
    """Check the error codes that operations and fields use."""
    fields = [node for node in contract.of_kind("schema", "parameter") if "x-errors" in node.value]
    for operation in contract.operations:
        yield from _check_operation(contract, operation)
    for field in fields:
        yield from _check_field(contract, field)
    yield from _check_list(contract, pointer_to("#", _ROUTING), contract.data.get(_ROUTING))
    used = {whole(code) for code in sequence(contract.data.get(_ROUTING))}
    for operation in contract.operations:
        used |= contract.codes_of(operation)
    for code, entry in contract.codes.items():
        if entry.get("family") != SUCCESS and not (code.isdecimal() and int(code) in used):
            yield broken("code-unused", pointer_to("#/x-error-codes", code), code=code)


_WORD = re.compile(r"[A-Z][A-Za-z]*")


def check_shown(contract: Contract) -> Iterator[Finding]:
    """Check what readers have to see of the extensions."""
    for operations, shown, rule in (
        (contract.operations, shown_codes, "codes-shown"),
        (contract.callbacks, shown_payload, "payload-shown"),
    ):
        for operation in operations:
            wanted = shown(contract.data, operation.value, ENGLISH)
            if not flat(text(operation.value.get("description"))).endswith(flat(wanted)):
                yield broken(rule, pointer_to(operation.pointer, "description"), id=title(operation), wanted=wanted)
    for tag in contract.of_kind("tag"):
        wanted = shown_payloads(contract.data, text(tag.value.get("name")), ENGLISH)
        if not flat(text(tag.value.get("description"))).endswith(flat(wanted)):
            pointer = pointer_to(tag.pointer, "description")
            yield broken("payload-shown", pointer, id=f"the tag {tag.value.get('name')}", wanted=wanted)
    for index, server in enumerate(sequence(contract.data.get("servers"))):
        found = mapping(server).get("description")
        if found is not None and not _WORD.fullmatch(text(found)):
            yield broken("server-name", pointer_to("#/servers", index, "description"), found=repr(found))
