"""What changed for callers from one document to the next, in words.

Each document becomes a tree of the parts that callers know, with the facts of each; then the two trees are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from contract_tools.changes import Change, Directions, Part, Rule, differences
from contract_tools.openapi import (
    callbacks,
    follow,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    parameters_of,
    schemas,
    schemas_within,
    sequence,
    text,
)

_SENT: Directions = frozenset({"sent"})
_RECEIVED: Directions = frozenset({"received"})
_HAS_TO_BE_SENT = "it has to be sent"
# Each pair of keywords is a floor and a ceiling: raising the one and lowering the other leaves less room.
_FLOORS = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties")
_CEILINGS = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties")
# Keywords for which it is unknown which value is the narrower one.
_SHAPES = ("pattern", "multipleOf", "uniqueItems", "contentMediaType", "x-max-bytes", "x-media-types")
_KEYWORDS = (*_FLOORS, *_CEILINGS, *_SHAPES)
_RETRIED = {
    "safe": "is retried after a lost response now, which ends in LostResponseError instead of UnknownOutcomeError",
    "never": "is not retried after a lost response now, which raises UnknownOutcomeError instead of LostResponseError",
}
_CARRIED_OUT = "that a request was carried out now"
_SCHEME = ("type", "scheme", "in", "name", "bearerFormat")


def compare(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """List what changed for callers, breaking changes first.

    Descriptions and examples are for readers, and no change for callers.
    """
    directions = _directions_of_schemas(old)
    for name, found in _directions_of_schemas(new).items():
        directions[name] = directions.get(name, frozenset()) | found
    before, after = (Part("the contract", parts=dict(_parts(data, directions))) for data in (old, new))
    changes = dict.fromkeys(differences(before, after, _RULES, _DECISIVE))
    return sorted(changes, key=lambda change: not change.breaking)


def compare_with_words(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """List what changed for callers, or, where nothing did, that texts for readers differ."""
    changes = compare(old, new)
    if changes or _without_version(old) == _without_version(new):
        return changes
    return [Change("reworded", "the contract", False, " has other descriptions, examples or notes")]


def _without_version(data: Mapping[str, object]) -> dict[str, object]:
    info = {name: value for name, value in mapping(data.get("info")).items() if name != "version"}
    return {**data, "info": info}


def _parts(data: Mapping[str, object], directions: Mapping[str, Directions]) -> Iterator[tuple[str, Part]]:
    """Yield what callers know of a document, each part with a key that names it in every version."""
    addresses = [text(mapping(server).get("url")) for server in sequence(data.get("servers"))]
    yield "address", Part("the address of the service", {"address": _listed(addresses[:1])})
    for address in addresses[1:]:
        yield f"server {address}", Part(f"server {address}")
    components = mapping(data.get("components"))
    for name, scheme in mapping(components.get("securitySchemes")).items():
        said = " ".join(str(mapping(scheme)[key]) for key in _SCHEME if key in mapping(scheme))
        yield f"scheme {name}", Part(f"security scheme {name}", {"scheme": said})
    for path, method, operation, around in operations(data):
        part = _operation(data, f"{method.upper()} {path}", operation, around)
        yield part.subject, part
    for name, _, callback in callbacks(data):
        content = follow(data, callback.get("requestBody")).get("content")
        parts = dict(_content(f"the body of callback {name}", content, _RECEIVED))
        yield f"callback {name}", Part(f"callback {name}", parts=parts)
    for name, schema in schemas(data).items():
        yield f"schema {name}", _model(name, mapping(schema), directions.get(name, frozenset()))
    for section, members in components.items():
        # Those that stand alone; what refers to them tells what happens to the others.
        if section not in ("schemas", "securitySchemes") and (section == "x-pathItems" or section[:2] != "x-"):
            for name, body in mapping(members).items():
                subject = f"component {section.removeprefix('x-')}/{name}"
                yield subject, Part(subject, gain_breaks=None, name=name, content=(section, body))
    for code, entry in mapping(data.get("x-error-codes")).items():
        yield f"code {code}", _code(code, mapping(entry))
    for name, family in mapping(data.get("x-error-families")).items():
        statuses = [str(status) for status in sequence(mapping(family).get("http_statuses"))]
        yield f"family {name}", Part(f"error family {name}", {"statuses": sorted({*statuses})})
    for key, value in mapping(data.get("x-billing")).items():
        if key in _BILLING:
            yield key, Part(_BILLING[key], {key: value}, loss_breaks=None, gain_breaks=None)


_BILLING = {
    "sms_characters": "a text billed as one SMS",
    "part_characters": "each part of a longer SMS",
    "opt_out_suffix": "marketing",
    "marketing_from": "marketing",
    "marketing_until": "marketing",
}


def _directions_of_schemas(data: Mapping[str, object]) -> dict[str, Directions]:
    """Find which way each named schema travels."""
    found: dict[str, Directions] = {}

    def note(part: object, directions: Directions) -> None:
        for name in schemas_within(data, part):
            found[name] = found.get(name, directions) | directions

    for _, _, operation, around in operations(data):
        note([operation.get("requestBody"), operation.get("parameters"), around.get("parameters")], _SENT)
        note(operation.get("responses"), _RECEIVED)
    for _, _, callback in callbacks(data):
        note(callback.get("requestBody"), _RECEIVED)
    return found


def _operation(
    data: Mapping[str, object], where: str, operation: Mapping[str, object], around: Mapping[str, object]
) -> Part:
    name = text(operation.get("operationId")) or where
    security, retry = sequence(operation.get("security", data.get("security"))), operation.get("x-retry")
    facts: dict[str, object] = {
        "where": where,
        "group": _listed(operation.get("tags")),
        "credentials": _listed([scheme for requirement in security for scheme in mapping(requirement)]),
        "x-retry": _RETRIED.get(text(retry), f"has x-retry {retry} now" if retry else ""),
        **{key: operation.get(key) for key in ("x-limits", "x-poll", "x-effect")},
        "deprecated": bool(operation.get("deprecated")),
    }
    parts = dict(_requested(data, name, operation, around))
    for status, response in mapping(operation.get("responses")).items():
        subject, is_success = f"response {status} of {name}", status.startswith("2")
        content = mapping(follow(data, response).get("content"))
        inner = dict(_content(subject, content, _RECEIVED))
        parts[f"response {status}"] = Part(
            subject, {"has_body": bool(content)}, inner, loss_breaks=is_success, gain_breaks=is_success
        )
    # The sets of codes are open, so nothing of them breaks an app.
    for key, words in (("x-error-codes", "as a response"), ("x-recipient-error-codes", "for a recipient")):
        for code in sequence(operation.get(key)):
            parts[f"{key} {code}"] = Part(f"code {code} {words} of {name}", loss_breaks=False)
    return Part(
        f"operation {name}", facts, parts, why_gone=where, why_new=where, name=name, content=("operation", where)
    )


def _requested(
    data: Mapping[str, object], name: str, operation: Mapping[str, object], around: Mapping[str, object]
) -> Iterator[tuple[str, Part]]:
    """Yield the parameters and the body of an operation."""
    for parameter in filter(None, parameters_of(data, operation, around)):
        subject = f"{text(parameter.get('in'))} parameter {text(parameter.get('name'))}"
        schema = {**mapping(parameter.get("schema")), "deprecated": parameter.get("deprecated")}
        yield subject, _field(f"{subject} of {name}", schema, _SENT, required=parameter.get("required") is True)
    if body := follow(data, operation.get("requestBody")):
        subject, must = f"the body of {name}", body.get("required") is True
        parts = dict(_content(subject, body.get("content"), _SENT))
        why = _HAS_TO_BE_SENT if must else ""
        yield "body", Part(subject, {"required": must}, parts, _SENT, gain_breaks=must, why_new=why)


def _content(subject: str, content: object, directions: Directions) -> Iterator[tuple[str, Part]]:
    for media_type, body in mapping(content).items():
        schema = _schema(subject, mapping(mapping(body).get("schema")), directions)
        yield media_type, Part(f"content type {media_type} of {subject}", parts={"schema": schema})


def _model(name: str, schema: Mapping[str, object], directions: Directions) -> Part:
    if "enum" not in schema:
        return _schema(f"model {name}", schema, directions, field_name=f"field {name}.{{}}")
    names = sequence(schema.get("x-enum-varnames"))
    members: dict[str, Part] = {}
    for index, value in enumerate(map(str, sequence(schema["enum"]))):
        called = str(names[index]) if index < len(names) else value
        subject = f"enum member {name}.{called} ({value})"
        # An open set can grow; one that a received field refers to is closed, and refuses what it does not know.
        members[f"value {value}"] = Part(subject, {"called": called}, gain_breaks="received" in directions)
    return replace(_schema(f"enum {name}", schema, directions), parts=members)


def _field(subject: str, schema: Mapping[str, object], directions: Directions, *, required: bool) -> Part:
    whole = _schema(subject, schema, directions)
    breaking = required and "sent" in directions
    return replace(
        whole,
        facts={"required": required, **whole.facts},
        gain_breaks=breaking,
        why_new=_HAS_TO_BE_SENT if breaking else "",
        why_gone="the service no longer reads it" if directions == _SENT else "",
    )


def _schema(subject: str, schema: Mapping[str, object], directions: Directions, field_name: str = "") -> Part:
    """Describe a value; ``field_name`` says how its fields are called, with braces for the name."""
    facts: dict[str, object] = {
        "type": _type(schema),
        "null": may_be_null(schema),
        "format": text(schema.get("format")),
        **{keyword: schema.get(keyword) for keyword in _KEYWORDS},
        "meaning": text(schema.get("x-values")),
        "proves": schema.get("x-proof") is not False,
        "needed": {
            name: [str(case) for case in sequence(cases)]
            for name, cases in mapping(schema.get("x-needed-when")).items()
        },
        "deprecated": bool(schema.get("deprecated")),
        "closed": schema.get("additionalProperties") is False,
        "listed": "enum" in schema,
    }
    parts: dict[str, Part] = {}
    inside = (("items", "each item of"), ("additionalProperties", "each value of"))
    for key, words in inside if schema else ():  # an empty schema is the innermost
        inner = _schema(f"{words} {subject}", mapping(schema.get(key)), directions)
        parts[key] = replace(inner, loss_breaks=None, gain_breaks=None)
    required, label = sequence(schema.get("required")), field_name or f"field {{}} of {subject}"
    for name, member in mapping(schema.get("properties")).items():
        parts[f"field {name}"] = _field(
            label.replace("{}", name), mapping(member), directions, required=name in required
        )
    is_sent, is_received = "sent" in directions, "received" in directions
    for value in sequence(schema.get("enum")):
        said = f"value {value} of {subject}"
        parts[f"value {value}"] = Part(said, loss_breaks=is_sent, gain_breaks=is_received)
    for name, reference in mapping(schema.get("x-payloads")).items():
        parts[f"type {name}"] = Part(f"type {name} in {subject}", {"holds": text(reference).rsplit("/", 1)[-1]})
    return Part(subject, facts, parts, directions)


def _type(schema: Mapping[str, object]) -> str:
    """Describe the type of a schema in words, without null."""
    if isinstance(reference := schema.get("$ref"), str):
        return reference.rsplit("/", 1)[-1]
    kinds = kinds_of(schema)
    if kinds == ["array"]:
        return f"a list of {_type(mapping(schema.get('items')))}"
    if kinds == ["string"] and schema.get("format") == "binary":
        return "a file"
    return " or ".join(sorted(kinds)) or "anything"


def _code(code: str, entry: Mapping[str, object]) -> Part:
    concerns = text(entry.get("concerns"), "request")
    facts: dict[str, object] = {key: entry.get(key) for key in ("name", "family", "http_status", "message", "repeat")}
    return Part(
        f"code {code}",
        {**facts, "concerns": _CONCERNS.get(concerns, concerns)},
        aside=f" ({entry.get('name', 'without a name')})",
        why_new=text(entry.get("meaning")).rstrip("."),
    )


_CONCERNS = {
    "request": "the request as a whole",
    "batch": "how many recipients there are",
    "recipient": "one recipient",
}


def _listed(names: object) -> str:
    return ", ".join(map(str, sequence(names))) or "none"


# What is said of a fact that is another one now, and whether it breaks callers.


def _says(words: str, *, breaking: bool = True) -> Rule:
    return lambda _, old, new: (words.format(old=old, new=new), breaking)


def _turns(on: str, off: str, *, breaking: bool | None = None, narrows: bool = True) -> Rule:
    """Say what holds now or no longer; unless ``breaking`` decides, a part that holds it has less room, or more."""

    def rule(part: Part, _: object, new: object) -> tuple[str, bool]:
        breaks = part.breaks(less_room=bool(new) == narrows) if breaking is None else breaking
        return (on if new else off), breaks

    return rule


def _required(part: Part, _: object, new: object) -> tuple[str, bool]:
    if new:
        words = "is required now" if "sent" in part.directions else "always comes now"
    else:
        words = "may be absent now" if "received" in part.directions else "is optional now"
    return words, part.breaks(less_room=bool(new))


def _format(part: Part, old: object, new: object) -> tuple[str, bool]:
    words = f"has the format {new or 'none'} now, and had {old or 'none'}"
    if not (old and new) or {old, new} == {"int32", "int64"}:
        return words, part.breaks(less_room=new == "int32" if old and new else bool(new))
    return words, True


def _limit(keyword: str) -> Rule:
    def rule(part: Part, old: object, new: object) -> tuple[str, bool]:
        had, has = ("none" if value is None else value for value in (old, new))
        words = f"has {keyword} {has} now, and had {had}"
        if old is None or new is None:
            less_room = new is not None
        elif keyword not in _SHAPES and isinstance(old, int | float) and isinstance(new, int | float):
            less_room = (new > old) == (keyword in _FLOORS)
        else:
            return words, True
        return f"{words}: {'fewer' if less_room else 'more'} values fit", part.breaks(less_room=less_room)

    return rule


def _meaning(_: Part, old: object, new: object) -> tuple[str, bool]:
    return f"takes its meaning from {new or 'no set'} now, and took it from {old or 'none'}", bool(old)


def _needed(part: Part, old: object, new: object) -> tuple[str, bool]:
    before, after = mapping(old), mapping(new)
    more, fewer = not _within(after, before), not _within(before, after)
    breaking = (more and part.breaks(less_room=True)) or (fewer and part.breaks(less_room=False))
    words = f"is needed {_cases(after)} now, and was {_cases(before)}"
    return words if more or fewer else "", breaking


def _within(narrow: Mapping[str, object], wide: Mapping[str, object]) -> bool:
    """Return whether a field is needed in no other cases: where all conditions are met, and without any never."""
    if not narrow or not wide:
        return not narrow
    return all(name in narrow and {*sequence(narrow[name])} <= {*sequence(cases)} for name, cases in wide.items())


def _cases(conditions: Mapping[str, object]) -> str:
    met = (f"{name} is {' or '.join(map(str, sequence(cases)))}" for name, cases in conditions.items())
    return f"when {' and '.join(met)}" if conditions else "in no case"


def _closed(part: Part, _: object, new: object) -> tuple[str, bool]:
    # Clients that are generated from a closed object fail on the first field that the service adds.
    words = "takes no other fields now" if new else "takes other fields too now"
    return words, bool(new) or part.breaks(less_room=False)


def _statuses(_: Part, old: object, new: object) -> tuple[str, bool]:
    words = f"takes unknown codes with HTTP {_listed(new)} now, and took {_listed(old)}"
    return words, not {*sequence(old)} <= {*sequence(new)}


_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "address": _says("is {new} now, and was {old}"),
        "scheme": _says("is {new} now"),
        "where": _says("is {new} now, and was {old}"),
        "group": _says("moved from the group {old} to {new}"),
        "credentials": _says("takes the credentials {new} now, and took {old}"),
        "x-retry": _says("{new}"),
        "x-limits": _says("has other limits now"),
        "x-poll": _says("has another pace of polling now"),
        "x-effect": _says("has another effect now"),
        "deprecated": _turns("is deprecated now", "", breaking=False),
        "has_body": _turns("has a body now", "has no body any more", breaking=True),
        "required": _required,
        "type": _says("is {new} now, and was {old}"),
        "null": _turns("may be null now", "may no longer be null", narrows=False),
        "format": _format,
        **{keyword: _limit(keyword) for keyword in _KEYWORDS},
        "meaning": _meaning,
        "proves": _turns(f"proves {_CARRIED_OUT}", f"does not prove {_CARRIED_OUT}", breaking=True),
        "needed": _needed,
        "closed": _closed,
        "listed": _turns("takes only certain values now", "takes any value now"),
        "called": _says("is called {new} now"),
        "holds": _says("holds {new} now"),
        "name": _says("is called {new} now, and was called {old}"),
        "family": _says("belongs to the family {new} now, and belonged to {old}"),
        "http_status": _says("comes with HTTP {new} now, and came with {old}"),
        "message": _says("has the message “{new}” now, and had “{old}”", breaking=False),
        "repeat": _says("says {new} to whether sending again can help, and said {old}", breaking=False),
        "concerns": _says("is about {new} now, and was about {old}, which changes what a campaign does"),
        "statuses": _statuses,
        "sms_characters": _says("has at most {new} characters now, and had {old}"),
        "part_characters": _says("has {new} characters now, and had {old}"),
        "opt_out_suffix": _says("ends with “{new}” now, and ended with “{old}”"),
        "marketing_from": _says("is sent from {new} now, and was from {old}"),
        "marketing_until": _says("is sent until {new} now, and was until {old}"),
    }
)
# Where one of these differs, the rest of the part is another thing.
_DECISIVE = frozenset({"type", "has_body", "listed"})
