"""What the contract says of arguments and of billing, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .naming import constant_name
from .python_source import docstring, literal, module
from .reading import mapping, sequence, text, whole
from .surface.model import Argument, Member, Surface, Value, python_name


def emit_fields(surface: Surface) -> str:
    """The module ``fields``: the arguments of every operation."""
    written = {
        operation.id: [_argument(surface, each) for each in operation.arguments] for operation in surface.operations
    }
    names = {_argument(surface, each): each.member.name for o in surface.operations for each in o.arguments}
    shared = _shared([each for arguments in written.values() for each in arguments], names)
    rows = "".join(
        f"        {literal(name)}: ({''.join(f'{shared.get(each, each)}, ' for each in arguments)}),\n"
        for name, arguments in written.items()
    )
    return module(
        "The arguments of every operation of the contract, with their limits.",
        "".join(f"{constant} = {argument}\n" for argument, constant in shared.items()),
        f"ARGUMENTS: Mapping[str, tuple[Argument, ...]] = MappingProxyType(\n    {{\n{rows}    }}\n)\n"
        + docstring("The arguments of every operation, by operationId, in the order of its method.", indent=0),
        imports=[
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "",
            "from jsms_runtime.operation import Argument",
        ],
        exports=["ARGUMENTS", "Argument"],
    )


def _shared(written: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """A constant for each argument that several operations have."""
    seen: Counter[str] = Counter()
    constants: dict[str, str] = {}
    for argument, count in Counter(written).items():
        if count > 1:
            name = constant_name(names[argument])
            seen[name] += 1
            constants[argument] = f"_{name}" if seen[name] == 1 else f"_{name}_{seen[name]}"
    return constants


_JSON_TYPES = {"map": "object", "record": "object", "anything": "object"}


def _argument(surface: Surface, argument: Argument) -> str:
    place = next(place for place in ("path", "query", "body") if place in argument.places)
    return _field(surface, argument.member, place, positional=argument.positional).rstrip(", ")


def _field(
    surface: Surface, member: Member, place: str, *, positional: bool = False, around: tuple[str, ...] = ()
) -> str:
    value = member.value
    facts = {
        "name": literal(member.name),
        "field": literal(member.wire),
        "place": literal(place),
        "required": literal(member.required),
        "positional": literal(positional),
        "type": literal(_JSON_TYPES.get(value.type, value.type)),
        "kind": literal(value.kind),
        "description": literal(value.description),
    }
    entries = value.of.type if value.of is not None else ""
    optional: dict[str, tuple[object, str]] = {
        "values": (value.values, literal(value.values)),
        "needed_when": (member.needed_when, _needed_when(member.needed_when)),
        "pattern": (value.schema.get("pattern"), literal(text(value.schema.get("pattern")))),
        "media_types": (
            value.schema.get("x-media-types"),
            literal([text(item) for item in sequence(value.schema.get("x-media-types"))]),
        ),
        "entries": (entries, literal(_JSON_TYPES.get(entries, entries))),
    }
    for name, limit in (
        ("minimum", value.bound("minimum")),
        ("maximum", value.bound("maximum")),
        ("shortest", _first(value.limit("minLength"), value.limit("minItems"), value.limit("minProperties"))),
        ("longest", _first(value.limit("maxLength"), value.limit("maxItems"), value.limit("maxProperties"))),
        ("max_bytes", value.limit("x-max-bytes")),
    ):
        optional[name] = (limit is not None, repr(limit))
    if record := _record_within(value, around):
        inside = [_field(surface, each, place, around=(*around, record)) for each in surface.record(record).members]
        optional["members"] = (inside, f"({''.join(inside)})")
    facts |= {name: written for name, (given, written) in optional.items() if given}
    return f"Argument({', '.join(f'{name}={written}' for name, written in facts.items())},), "


def _record_within(value: Value, around: tuple[str, ...]) -> str:
    """The record that a value is, or that its entries are; empty for none, and for one that holds itself."""
    inside: Value | None = value
    while inside is not None and not inside.record:
        inside = inside.of
    return "" if inside is None or inside.record in around else inside.record


def _first(*limits: int | None) -> int | None:
    return next((limit for limit in limits if limit is not None), None)


def _needed_when(fields: Mapping[str, object]) -> str:
    pairs = [
        f"({literal(python_name(name))}, ({''.join(f'{literal(_scalar(value))}, ' for value in sequence(values))}))"
        for name, values in fields.items()
    ]
    return f"({''.join(f'{pair}, ' for pair in pairs)})"


def _scalar(value: object) -> str | int | bool:
    return value if isinstance(value, (str, int)) else str(value)


def emit_billing(data: Mapping[str, object]) -> str | None:
    """The module ``billing``: how SMS are counted; None where the document does not say it."""
    billing = mapping(data.get("x-billing"))
    if not billing:
        return None
    lines = [
        f"SMS_CHARACTERS: Final = {literal(whole(billing.get('sms_characters')))}\n"
        + docstring("The most characters of a text that is billed as one SMS.", indent=0),
        f"PART_CHARACTERS: Final = {literal(whole(billing.get('part_characters')))}\n"
        + docstring("How many characters of a longer text are billed as one SMS.", indent=0),
        f"OPT_OUT_SUFFIX: Final = {literal(text(billing.get('opt_out_suffix')))}\n"
        + docstring("What the service puts at the end of marketing.", indent=0),
    ]
    return module(
        "How SMS are counted, and what marketing ends with.",
        "".join(lines),
        imports=["from typing import Final"],
        exports=["SMS_CHARACTERS", "PART_CHARACTERS", "OPT_OUT_SUFFIX"],
    )
