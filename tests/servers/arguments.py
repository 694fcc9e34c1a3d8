"""Arguments for every operation of the contract, made from the contract's own examples."""

from __future__ import annotations

from collections.abc import Mapping

from contract_tools.reading import follow, mapping, operations, sequence, text
from jsms_contract.fields import ARGUMENTS, Argument

from .contract import load_document

PNG = b"\x89PNG\r\n\x1a\n\x00\r\n--+++\r\n\x00"


def arguments_of(operation: str) -> dict[str, object]:
    """The arguments of the first example of an operation, in the order of its method; a file is a small PNG."""
    example = _example(operation)
    found = {each.name: _value(each, example) for each in ARGUMENTS[operation]}
    return {name: value for name, value in found.items() if value is not None}


def body_of(operation: str) -> object:
    """The body of that example; None where the operation has none."""
    document = load_document()
    content = mapping(follow(document, _source(operation)[0].get("requestBody")).get("content"))
    media_type = mapping(next(iter(content.values()), None))
    first = next(iter(mapping(media_type.get("examples")).values()), None)
    return mapping(follow(document, first)).get("value", media_type.get("example"))


def _example(operation: str) -> Mapping[str, object]:
    """The values of an example by their names in the request."""
    document = load_document()
    source, around = _source(operation)
    parameters = [
        follow(document, each) for each in (*sequence(around.get("parameters")), *sequence(source.get("parameters")))
    ]
    body = body_of(operation)
    values = mapping(body) or {"body": body}
    return {**{text(each.get("name")): each.get("example") for each in parameters}, **values}


def _source(operation: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    found = operations(load_document())
    return next((source, around) for _, _, source, around in found if source.get("operationId") == operation)


def _value(argument: Argument, example: Mapping[str, object]) -> object:
    value = example.get(argument.field, example.get(argument.name))
    if value is not None and (argument.kind == "image" or argument.media_types):
        return PNG
    return value
