"""Rules that compare several parts of a document: references, operations, schemas, and names in generated code."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator, Mapping

from contract_tools.document import Problem
from contract_tools.emit.model import positional_candidates
from contract_tools.openapi import (
    Contract,
    Node,
    is_list,
    is_object,
    kinds_of,
    mapping,
    may_be_null,
    pointer_to,
    schemas,
    sequence,
    text,
    title,
)
from contract_tools.python_source import method_name, resource_name

_IN_PATH = re.compile(r"\{([^{}]+)\}")
# Where one operation has one of these, every operation must have it.
_ALL_OR_NONE = ("x-retry", "x-error-codes", "x-summary-zh")
_RANGES = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minimum", "maximum"),
    ("minProperties", "maxProperties"),
)
_MESSAGE_ID = re.compile(r"(?i)msg_?id")
_FEWEST = 2  # one field of the same name is a coincidence
# The JSON types of a field of a kind; of the others: text.
_TYPES_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "epoch-millis": ("integer",),
    "template-parameters": ("object",),
    "recipients": ("array",),
    "error-code": ("string", "integer"),
    "flag": ("integer", "boolean"),
}
# Each was seen to break openapi-python-client 0.29.1.
_TAKEN = frozenset(
    {
        *("d", "cls", "self", "body", "field_dict", "src_dict", "additional_properties", "additional_keys"),
        *("to_dict", "from_dict", "cast"),
    }
)
# Texts that are copied into source, and members whose values are no such texts whatever their names.
_TEXTS = frozenset(
    {
        *("description", "summary", "title", "x-summary-zh", "x-assumed", "x-enum-descriptions"),
        *("meaning", "meaning_zh", "remedy", "remedy_zh", "message", "summary_zh"),
    }
)
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})
_COMMENT_ENDS = ("*/", '"""')


def check_links(contract: Contract) -> Iterator[Problem]:
    """Check where each ``$ref`` leads."""
    for node in contract.nodes:
        reference = node.value.get("$ref")
        if not isinstance(reference, str):
            continue
        pointer = pointer_to(node.pointer, "$ref")
        target = contract.by_pointer.get(reference)
        if not reference.startswith("#"):
            remedy = "bring it in; the generators read one file"
            yield Problem("reference-local", pointer, f"{reference} is outside the document", remedy)
        elif not contract.has(reference):
            remedy = "correct the $ref, or add what it names"
            yield Problem("reference-resolves", pointer, f"{reference} is nowhere in the document", remedy)
        elif target is not None and target.kind != node.kind:
            found, wanted = (each.kind.replace("_", " ") for each in (target, node))
            message = f"{reference} is a {found} where a {wanted} has to stand"
            yield Problem("reference-kind", pointer, message, f"refer to a {wanted}")
        elif target is not None and contract.follow(node) is None and _is_circle(contract, reference):
            remedy = "put the thing itself at one of the places"
            yield Problem("reference-circle", pointer, f"{reference} leads back to here", remedy)


def _is_circle(contract: Contract, reference: str) -> bool:
    seen: set[str] = set()
    while reference and reference not in seen:
        seen.add(reference)
        target = contract.by_pointer.get(reference)
        reference = text(target.value.get("$ref")) if target else ""
    return bool(reference)


def check_references(contract: Contract) -> Iterator[Problem]:
    """Check the parts that refer to others, by ``$ref`` or by an extension of ours."""
    for node in contract.nodes:
        beside = [name for name in node.value if name != "$ref"] if "$ref" in node.value else []
        if beside:
            message = f"{', '.join(beside)} beside $ref is read by some generators and dropped by others"
            remedy = "move it into what the $ref names, or take it out"
            yield Problem("reference-siblings", pointer_to(node.pointer, beside[0]), message, remedy)
    for node in contract.of_kind("schema"):
        name = node.value.get("x-values")
        if name is not None and "enum" not in mapping(schemas(contract.data).get(text(name))):
            message, remedy = f"x-values names {name}, which is no schema with enum", "name an enum among the schemas"
            yield Problem("values-known", pointer_to(node.pointer, "x-values"), message, remedy)
        around = mapping(node.around.value.get("properties") if node.around else None)
        for other in mapping(node.value.get("x-needed-when")):
            if other not in around:
                message = f"x-needed-when names {other}, which is no property beside this one"
                at = pointer_to(node.pointer, "x-needed-when", other)
                yield Problem("needed-when-known", at, message, "name a property of the same object")
        for kind, target in mapping(node.value.get("x-payloads")).items():
            if not contract.has(text(target, "-")):
                message = f"x-payloads names {target}, which is nowhere in the document"
                at = pointer_to(node.pointer, "x-payloads", kind)
                yield Problem("payload-known", at, message, "name a schema by its pointer")


def check_operations(contract: Contract) -> Iterator[Problem]:
    """Check operations, each for itself and among the others."""
    yield from _check_ids(contract)
    yield from _check_methods(contract)
    tags = {mapping(tag).get("name") for tag in sequence(contract.data.get("tags"))}
    for operation in [*contract.operations, *contract.callbacks]:
        for tag in sequence(operation.value.get("tags")):
            if tag not in tags:
                message, remedy = f"tag {tag} is not declared", "add it to the tags of the document"
                yield Problem("tag-known", pointer_to(operation.pointer, "tags"), message, remedy)
    schemes = mapping(mapping(contract.data.get("components")).get("securitySchemes"))
    for operation in contract.operations:
        for scheme in (name for each in sequence(operation.value.get("security")) for name in mapping(each)):
            if schemes and scheme not in schemes:
                message, at = f"{scheme} is not among components/securitySchemes", f"{operation.pointer}/security"
                yield Problem("security-known", at, message, f"name one of these: {', '.join(schemes)}")
        yield from _check_path(contract, operation)
    for key in _ALL_OR_NONE:
        without = [operation for operation in contract.operations if key not in operation.value]
        for operation in without if len(without) < len(contract.operations) else ():
            message = f"{title(operation)} has no {key}, which the other operations have"
            yield Problem("extension-missing", operation.pointer, message, f"add {key}")


def _check_ids(contract: Contract) -> Iterator[Problem]:
    seen: dict[str, Node] = {}
    for operation in [*contract.operations, *contract.callbacks]:
        name = text(operation.value.get("operationId"))
        other = seen.setdefault(name.replace("_", "").lower(), operation)
        if name and other is not operation:
            message = f"operationId {name} is as good as that of {other.pointer}; one of the two would vanish from the"
            remedy = "give each operation an id of its own, apart by more than case and underscores"
            at = pointer_to(operation.pointer, "operationId")
            yield Problem("operation-id-unique", at, f"{message} client", remedy)


def _check_methods(contract: Contract) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Node] = {}
    for node in contract.operations:
        operation, path = node.value, contract.path_of(node)
        resource, name = resource_name(operation), method_name(operation, node.name, path)
        if keyword.iskeyword(name) or not name.isidentifier() or name.startswith("_"):
            remedy = "choose another name with x-method"
            yield Problem("method-name", node.pointer, f"{name} cannot be the name of a method", remedy)
        other = seen.setdefault((resource, name), node)
        # Another rule reports two operations with one operationId.
        if other is not node and other.value.get("operationId") != operation.get("operationId"):
            message, remedy = f"{resource}.{name}() is the method of {title(other)} too", "name one with x-method"
            yield Problem("method-unique", node.pointer, message, f"{remedy} or x-resource")
        known = positional_candidates(contract.data, operation, mapping(node.around.value if node.around else None))
        for index, argument in enumerate(sequence(operation.get("x-positional"))):
            if argument not in known:
                message = f"{title(node)} has no argument {argument}"
                remedy = f"use some of these, in this order: {', '.join(known)}"
                yield Problem("positional-known", pointer_to(node.pointer, "x-positional", index), message, remedy)


def _check_path(contract: Contract, operation: Node) -> Iterator[Problem]:
    path, name_of = contract.path_of(operation), title(operation)
    parameters = [each.value for each in contract.parameters(operation) if each.value.get("in") == "path"]
    in_path, declared = _IN_PATH.findall(path), [text(each.get("name")) for each in parameters]
    for name in in_path:
        if name not in declared:
            message, remedy = (
                f"{{{name}}} in {path} is not declared for {name_of}",
                f"add a parameter {name} with in: path",
            )
            yield Problem("path-parameter-declared", operation.pointer, message, remedy)
    for name in declared:
        if name not in in_path:
            message, remedy = f"parameter {name} of {name_of} is not in {path}", f"write {{{name}}} into the path"
            yield Problem("path-parameter-used", operation.pointer, message, f"{remedy}, or take the parameter out")


def check_schemas(contract: Contract) -> Iterator[Problem]:
    """Check what schemas say of their own members and of each other."""
    for node in contract.of_kind("schema", "parameter"):
        yield from _check_kind(node)
    for node in contract.of_kind("schema"):
        yield from _check_object(node)
        for low, high in _RANGES:
            least, most = node.value.get(low), node.value.get(high)
            if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
                message = f"{low} {least} is above {high} {most}, so nothing fits"
                yield Problem("bounds", pointer_to(node.pointer, high), message, "correct one of the two")
        known = mapping(schemas(contract.data).get(text(node.value.get("x-values"))))
        is_id = _MESSAGE_ID.fullmatch(node.name) is not None or kinds_of(known) == ["integer"]
        is_text = node.role == "properties" and is_id and kinds_of(node.value) == ["string"]
        if is_text and node.value.get("format") != "digits" and not contract.is_requested(node):
            message = f"{node.name} is a text of digits that may come as a number, and nothing says so"
            remedy = "add format: digits, which recipes map to a type that reads both"
            yield Problem("digits-format", node.pointer, message, remedy)
    yield from _check_same(contract)
    yield from _check_enums(contract)


def _check_kind(node: Node) -> Iterator[Problem]:
    kind = text(node.value.get("x-kind"))
    found = kinds_of(node.value.get("schema") if node.kind == "parameter" else node.value)
    wanted = _TYPES_OF_KIND.get(kind, ("string",))
    if kind and not (len(found) == 1 and found[0] in wanted):
        message = f"a field of the kind {kind} has the type {' or '.join(found) or 'none'}"
        remedy = f"make it {' or '.join(wanted)}, or take x-kind out"
        yield Problem("kind-type", pointer_to(node.pointer, "x-kind"), message, remedy)


def _check_object(node: Node) -> Iterator[Problem]:
    properties, required = mapping(node.value.get("properties")), sequence(node.value.get("required"))
    for index, name in enumerate(required):
        if name not in properties:
            message, at = (
                f"{name} is required, but not among the properties",
                pointer_to(node.pointer, "required", index),
            )
            yield Problem("required-declared", at, message, "add the property or correct the name")
    for name, value in properties.items():
        if may_be_null(value) and name not in required:
            message = f"{name} may be null and absent, which generated types cannot tell apart"
            remedy = "list it as required, or take 'null' away"
            yield Problem("nullable-required", pointer_to(node.pointer, "properties", name), message, remedy)


def _check_same(contract: Contract) -> Iterator[Problem]:
    seen: dict[tuple[object, ...], str] = {}
    for name, schema in schemas(contract.data).items():
        fields = tuple(
            (field, str(mapping(value).get("$ref", mapping(value).get("type"))))
            for field, value in sorted(mapping(mapping(schema).get("properties")).items())
        )
        other = seen.setdefault(fields, name) if len(fields) >= _FEWEST else name
        if other != name:
            message = f"{name} has the same fields as {other}, so typed languages get two classes for one record"
            remedy = f"refer to {other}, and take this one out"
            yield Problem("schema-same", pointer_to("#/components/schemas", name), message, remedy)


def _check_enums(contract: Contract) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    enums = {node.pointer: node for node in contract.of_kind("schema") if "enum" in node.value}
    for node in enums.values():
        values = len(sequence(node.value["enum"]))
        for key in ("x-enum-varnames", "x-enum-descriptions"):
            if key in node.value and (count := len(sequence(node.value[key]))) != values:
                message, at = f"{count} {key} for {values} values; generators drop some", pointer_to(node.pointer, key)
                yield Problem("enum-count", at, message, "give exactly one for each value")
        for index, name in enumerate(map(str, sequence(node.value.get("x-enum-varnames")))):
            if name in seen:
                message = f"{name} is a name in {seen[name]} too; Go and others put all enums into one space of names"
                at = pointer_to(node.pointer, "x-enum-varnames", index)
                yield Problem("enum-names-unique", at, message, "choose another name in one of the two")
            seen.setdefault(name, node.pointer)
    for node in contract.nodes:
        target = enums.get(text(node.value.get("$ref")))
        if node.kind == "schema" and target is not None and target.is_component:
            message = "a field with a closed set of values breaks clients on the day a new value arrives"
            remedy = f"make the field a plain {target.value.get('type', 'value')}, and name the values in x-values"
            yield Problem("enum-field", pointer_to(node.pointer, "$ref"), message, remedy)


def check_names(contract: Contract) -> Iterator[Problem]:
    """Refuse names that generated code stumbles over."""
    for node in contract.nodes:
        yield from _check_characters(node.name, node.pointer)
        yield from _check_characters(text(node.value.get("name")), pointer_to(node.pointer, "name"))
    for node in contract.of_kind("parameter"):
        yield from _check_keyword(text(node.value.get("name")), pointer_to(node.pointer, "name"))
    for node in contract.of_kind("schema"):
        yield from _check_properties(node)
    seen: dict[str, str] = {}
    for section, members in mapping(contract.data.get("components")).items():
        for name in mapping(members):
            shown = f"{section}/{name}"
            if (other := seen.setdefault(_folded(name), shown)) != shown:
                message = f"{shown} and {other} become the same file or class, whatever their sections"
                at = pointer_to("#/components", section, name)
                yield Problem("component-unique", at, message, "call one of the two something else")


def _check_characters(name: str, pointer: str) -> Iterator[Problem]:
    """Refuse names that look like others: Python's parser reads ｃｌａｓｓ as class, and U+200B is invisible."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", name) if each.isprintable())
    if plain != name:
        message = f"the name {name!a} has characters that cannot be seen or that Python reads as others"
        remedy = f"write it with plain characters, such as {plain or 'name'}"
        yield Problem("name-characters", pointer, message, remedy)


def _check_keyword(name: str, pointer: str) -> Iterator[Problem]:
    if keyword.iskeyword(name):
        message = f"{name} is a word of Python's own, so the generated field gets another name"
        yield Problem("property-keyword", pointer, message, "call it something else")


def _check_properties(node: Node) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name in mapping(node.value.get("properties")):
        pointer = pointer_to(node.pointer, "properties", name)
        yield from _check_keyword(name, pointer)
        if re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower() in _TAKEN:
            message = f"a property named {name} takes the place of what generated models use themselves"
            yield Problem("property-reserved", pointer, message, "call it something else")
        if node.is_component and _folded(name) == _folded(node.name):
            message = f"the property {name} has the name of its schema, which C# refuses"
            yield Problem("property-like-schema", pointer, message, "rename the schema or the property")
        if (other := seen.setdefault(_folded(name), name)) != name:
            message = f"{name} and {other} become the same field"
            yield Problem("property-unique", pointer, message, "call one of the two something else")


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower() or name


def check_texts(contract: Contract) -> Iterator[Problem]:
    """Refuse texts that break the source they are copied into."""
    for pointer, value in _texts(contract.data, "#", ""):
        for token in _COMMENT_ENDS:
            if token in value:
                message = f"{token} ends a comment in generated source"
                yield Problem("text-comment", pointer, message, "write it in another way")
        if "\\u" in value:
            message = r"\u is an escape in generated source, even within a comment"
            yield Problem("text-escape", pointer, message, "write the character itself")


def _texts(value: object, pointer: str, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and name in _TEXTS:
        yield pointer, value
    elif is_object(value):
        for key, inner in value.items():
            if key not in _DATA:
                yield from _texts(inner, pointer_to(pointer, key), key)
    elif is_list(value):
        for index, inner in enumerate(value):
            yield from _texts(inner, pointer_to(pointer, index), name)
