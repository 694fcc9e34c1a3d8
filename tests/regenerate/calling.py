"""Calls every new operation of a changed contract: ``calling.py DOCUMENT URL KEY SECRET OPERATION …``.

With both clients and with the command; prints what went wrong. Its own process, with the fork's packages first.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from contract_tools.openapi import is_list, is_object, mapping, operations, sequence
from contract_tools.python_source import python_name
from jsms_cli.commands.api import group
from jsms_client import JSMS, AsyncJSMS
from jsms_client.contract import ARGUMENTS, OPERATIONS
from local_sandbox import PICTURE, arguments_of


def lost(result: object, example: object, where: str) -> Iterator[str]:
    """Say what of an example the result does not have."""
    if is_object(example):
        for name, value in example.items():
            found = mapping(result).get(name) if is_object(result) else getattr(result, python_name(name), None)
            if name in mapping(getattr(result, "extra", None)):
                yield f"{where}.{name} is in the extra of {result!r}"
            yield from lost(found, value, f"{where}.{name}")
    elif is_list(example):
        if len(sequence(result)) != len(example):
            yield f"{where} is {result!r}, not {example!r}"
        for index, (one, value) in enumerate(zip(sequence(result), example, strict=False)):
            yield from lost(one, value, f"{where}[{index}]")
    elif (result is None) != (example is None) or (isinstance(example, (float, bool)) and result != example):
        yield f"{where} is {result!r}, not {example!r}"


def options(operation: str, values: Mapping[str, object], file: Path) -> Iterator[str]:
    """Write arguments as the options of the command."""
    command = group().commands[operation]
    named = {each.name: each.opts[0] for each in command.params}
    off = {each.name: each.secondary_opts[0] for each in command.params if each.secondary_opts}
    for argument in ARGUMENTS[operation]:
        value, name = values.get(argument.name), f"field_{argument.name}"
        if isinstance(value, bool) and name in off:
            yield named[name] if value else off[name]
        elif value is not None:
            yield named[name]
            written = json.dumps(value) if isinstance(value, (list, dict)) else str(value)
            yield str(file) if isinstance(value, bytes) else written


def _example(data: Mapping[str, object], name: str) -> object:
    """Find what an operation responds, by its example; None for nothing."""
    found = next(each for _, _, each, _ in operations(data) if each.get("operationId") == name)
    success = next(value for status, value in mapping(found["responses"]).items() if status.startswith("2"))
    content = mapping(mapping(mapping(success).get("content")).get("application/json"))
    return mapping(mapping(content.get("examples")).get("one")).get("value")


def main(document: str, url: str, key: str, secret: str, *names: str) -> None:
    """Call each operation in three ways."""
    data = json.loads(Path(document).read_text(encoding="utf-8"))
    image = Path(document).with_name("image.png")
    image.write_bytes(PICTURE)
    os.environ |= {"JSMS_APP_KEY": key, "JSMS_MASTER_SECRET": secret, "JSMS_BASE_URL": url}
    jsms = JSMS(key, secret, base_url=url)

    async def call_async(resource: str, method: str, given: Mapping[str, object]) -> object:
        async with AsyncJSMS(key, secret, base_url=url) as client:
            return await getattr(getattr(client, resource), method)(**given)

    for name in names:
        operation = OPERATIONS[name]
        given = arguments_of(data, name, PICTURE)
        result = getattr(getattr(jsms, operation.resource), operation.method_name)(**given)
        example = _example(data, name)
        if example is not None:
            for problem in lost(result, example, name):
                print("WRONG", problem)
        assert "13800138000" not in repr(result), result
        assert "a secret" not in repr(result), result
        if operation.poll_seconds is None:
            assert asyncio.run(call_async(operation.resource, operation.method_name, given)) == result, name
            arguments = [name, *options(name, given, image), "--json"]
            arguments += ["--yes"] if operation.effect == "sends" else []
            try:
                group().main(arguments, prog_name="jsms api", standalone_mode=False)
            except Exception as error:  # noqa: BLE001 - each is a failure
                print(f"WRONG {arguments}: {type(error).__name__}: {error}")
    print("WRONG: nothing else")


if __name__ == "__main__":
    main(*sys.argv[1:])
