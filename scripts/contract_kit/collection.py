"""A Postman collection of every operation, with an environment for the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from contract_tools.reading import follow, mapping, operations, schemas, sequence, text
from jsms_sandbox.settings import DEFAULT_PORT, Credentials

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_CREDENTIALS = {"appAuth": ("app_key", "master_secret"), "devAuth": ("dev_key", "dev_secret")}


def collection(data: Mapping[str, object]) -> dict[str, object]:
    """The collection: a folder for each tag, a request for each operation with its first example.

    A response that brings an id keeps it in a variable, so that the requests of a folder can be sent one after another.
    """
    info = mapping(data.get("info"))
    folders: dict[str, list[dict[str, object]]] = {}
    variables: dict[str, str] = {}
    for path, method, operation, around in operations(data):
        parameters = [
            follow(data, one) for one in (*sequence(around.get("parameters")), *sequence(operation.get("parameters")))
        ]
        for parameter in parameters:
            variables.setdefault(text(parameter.get("name")), str(parameter.get("example", "")))
        tag = str(sequence(operation.get("tags"))[0])
        folders.setdefault(tag, []).append(_item(data, path, method, operation, parameters))
    return {
        "info": {
            "name": f"{text(info.get('title'))} {text(info.get('version'))}",
            "description": text(info.get("description")),
            "schema": _SCHEMA,
        },
        "item": [{"name": tag, "item": items} for tag, items in folders.items()],
        "variable": [{"key": name, "value": value} for name, value in variables.items()],
    }


def sandbox_variables() -> dict[str, str]:
    """The address and the keys of a sandbox that was started without options."""
    keys = Credentials()
    return {
        "base_url": f"http://127.0.0.1:{DEFAULT_PORT}/v1",
        "app_key": keys.app_key,
        "master_secret": keys.master_secret,
        "dev_key": keys.dev_key,
        "dev_secret": keys.dev_secret,
    }


def sandbox_environment() -> dict[str, object]:
    """These variables as an environment of Postman."""
    values = sandbox_variables().items()
    return {
        "name": "JSMS sandbox",
        "values": [{"key": key, "value": value, "enabled": True} for key, value in values],
    }


def _item(
    data: Mapping[str, object],
    path: str,
    method: str,
    operation: Mapping[str, object],
    parameters: list[Mapping[str, object]],
) -> dict[str, object]:
    segments = [f":{part[1:-1]}" if part.startswith("{") else part for part in path.strip("/").split("/")]
    url: dict[str, object] = {
        "raw": "/".join(["{{base_url}}", *segments]),
        "host": ["{{base_url}}"],
        "path": segments,
        "variable": [
            {"key": parameter.get("name"), "value": f"{{{{{parameter.get('name')}}}}}"} for parameter in parameters
        ],
    }
    scheme = next(name for requirement in sequence(operation.get("security")) for name in mapping(requirement))
    user, password = (f"{{{{{name}}}}}" for name in _CREDENTIALS[scheme])
    request: dict[str, object] = {
        "method": method.upper(),
        "header": [],
        "auth": {
            "type": "basic",
            "basic": [
                {"key": "username", "value": user, "type": "string"},
                {"key": "password", "value": password, "type": "string"},
            ],
        },
        "url": url,
        "description": text(operation.get("description")),
    }
    for media_type, content in mapping(follow(data, operation.get("requestBody")).get("content")).items():
        request |= _body(data, media_type, mapping(content))
    made: dict[str, object] = {"name": text(operation.get("summary")), "request": request}
    kept = list(_ids(data, operation))
    if kept:
        lines = ["const found = pm.response.code === 200 ? pm.response.json() : {};"]
        lines += [
            f'if (found.{name} !== undefined) pm.collectionVariables.set("{name}", String(found.{name}));'
            for name in kept
        ]
        made["event"] = [{"listen": "test", "script": {"type": "text/javascript", "exec": lines}}]
    return made


def _body(data: Mapping[str, object], media_type: str, content: Mapping[str, object]) -> dict[str, object]:
    example = mapping(next(iter(mapping(content.get("examples")).values()), None)).get("value")
    if media_type != "multipart/form-data":
        raw = json.dumps(example, ensure_ascii=False, indent=2)
        return {
            "header": [{"key": "Content-Type", "value": media_type}],
            "body": {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}},
        }
    fields: list[dict[str, object]] = []
    for name, schema in mapping(follow(data, content.get("schema")).get("properties")).items():
        if mapping(schema).get("format") == "binary":
            fields.append({"key": name, "type": "file", "src": [], "disabled": True})
        elif name in mapping(example):
            fields.append({"key": name, "type": "text", "value": str(mapping(example)[name])})
    return {"body": {"mode": "formdata", "formdata": fields}}


def _ids(data: Mapping[str, object], operation: Mapping[str, object]) -> Iterator[str]:
    """Fields of a success that are parameters of other operations."""
    names = {
        text(mapping(one).get("name")) for one in mapping(mapping(data.get("components")).get("parameters")).values()
    }
    for content in mapping(mapping(mapping(operation.get("responses")).get("200")).get("content")).values():
        model = text(mapping(mapping(content).get("schema")).get("$ref")).rpartition("/")[2]
        for name in mapping(mapping(schemas(data).get(model)).get("properties")):
            if name in names:
                yield name
