"""The arguments of an operation's method as the contract's own example has them."""

from __future__ import annotations

from collections.abc import Mapping

from contract_tools.openapi import follow, mapping, operations, sequence, text
from jsms_client.contract import ARGUMENTS, Argument


def arguments_of(data: Mapping[str, object], operation: str, file: bytes) -> dict[str, object]:
    """The arguments of the first example of an operation, in the order of its method.

    Args:
        data: The document.
        operation: The operationId.
        file: What is given for a file.
    """
    example = _example(data, operation)
    found = {each.name: _value(each, example, file) for each in ARGUMENTS[operation]}
    return {name: value for name, value in found.items() if value is not None}


def body_of(data: Mapping[str, object], operation: str) -> object:
    """The body of that example; None where the operation has none."""
    content = mapping(follow(data, _source(data, operation)[0].get("requestBody")).get("content"))
    media_type = mapping(next(iter(content.values()), None))
    first = next(iter(mapping(media_type.get("examples")).values()), None)
    return mapping(follow(data, first)).get("value", media_type.get("example"))


def _example(data: Mapping[str, object], operation: str) -> Mapping[str, object]:
    """The values of an example by their names in the request."""
    source, around = _source(data, operation)
    parameters = [
        follow(data, each) for each in (*sequence(around.get("parameters")), *sequence(source.get("parameters")))
    ]
    body = body_of(data, operation)
    return {**{text(each.get("name")): each.get("example") for each in parameters}, **(mapping(body) or {"body": body})}


def _source(data: Mapping[str, object], operation: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    found = operations(data)
    return next((source, around) for _, _, source, around in found if source.get("operationId") == operation)


def _value(argument: Argument, example: Mapping[str, object], file: bytes) -> object:
    value = example.get(argument.field, example.get(argument.name))
    return file if value is not None and (argument.kind == "image" or argument.media_types) else value


__all__ = ["arguments_of", "body_of"]
