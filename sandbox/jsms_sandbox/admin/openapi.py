"""The OpenAPI document of the test API, made from the declarations of its endpoints."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from jsms_contract.limits import VERSION
from jsms_sandbox.admin.endpoint import Endpoint
from jsms_sandbox.admin.models import STATUSES, ProblemResponse, ProblemType

REFERENCE = "#/components/schemas/{model}"
ALWAYS: tuple[ProblemType, ...] = ("invalid", "refused_host", "not_found", "storage")
"""Problems of any call: not_found for an app that does not exist."""
CONVERTOR = re.compile(r":[a-z]+(?=\})")
PARAMETER = re.compile(r"\{([a-z_]+)\}")
DESCRIPTION = (
    "For tests and the inbox page of a JSMS sandbox. A call is about the first app unless the query's "
    "`app` or the header `X-Sandbox-App` names another; lists are about all apps. Times are milliseconds since the "
    "epoch on the sandbox's clock. Every problem says what is wrong, where, and what to do."
)


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Make the document of some endpoints."""
    all_of_them = tuple(endpoints)
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemResponse, "serialization")]
    for endpoint in all_of_them:
        models.append((endpoint.query, "validation"))
        if endpoint.body:
            models.append((endpoint.body, "validation"))
        if endpoint.response_model:
            models.append((endpoint.response_model, "serialization"))
    references, definitions = models_json_schema(list(dict.fromkeys(models)), ref_template=REFERENCE)
    schemas: dict[str, Any] = definitions["$defs"]
    queries = {references[endpoint.query, "validation"]["$ref"].rpartition("/")[2] for endpoint in all_of_them}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in all_of_them:
        describe = functools.partial(_reference, references)
        query = schemas[references[endpoint.query, "validation"]["$ref"].rpartition("/")[2]]
        path = CONVERTOR.sub("", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, path, query, describe)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "JSMS sandbox: test API",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/_sandbox/api"}],
        "security": [],
        "paths": paths,
        "components": {"schemas": {name: schema for name, schema in schemas.items() if name not in queries}},
    }


def _operation(
    endpoint: Endpoint, path: str, query: Mapping[str, Any], describe: functools.partial[dict[str, Any]]
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [path.split("/")[1]],
        "parameters": [*(_path_parameter(name) for name in PARAMETER.findall(path)), *_query_parameters(query)],
    }
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": any(field.is_required() for field in endpoint.body.model_fields.values()),
            "content": {"application/json": {"schema": describe(endpoint.body, "validation")}},
        }
    operation["responses"] = _responses(endpoint, describe)
    return operation


def _responses(endpoint: Endpoint, describe: functools.partial[dict[str, Any]]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": endpoint.summary}
    if endpoint.response_model is not None:
        good["content"] = {"application/json": {"schema": describe(endpoint.response_model, "serialization")}}
    elif endpoint.status == HTTPStatus.OK:
        good["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    always = (*ALWAYS, "too_large") if endpoint.method != "GET" else ALWAYS
    statuses = sorted({STATUSES[problem] for problem in (*always, *endpoint.problems)})
    problem = {"application/json": {"schema": describe(ProblemResponse, "serialization")}}
    return {
        str(endpoint.status.value): good,
        **{str(status.value): {"description": status.phrase, "content": problem} for status in statuses},
    }


def _reference(references: Mapping[Any, Any], *of: Any) -> dict[str, Any]:
    return dict(references[of])


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    for name, schema in query["properties"].items():
        shown = {key: value for key, value in schema.items() if key not in ("title", "description")}
        if shown.get("default", ...) is None:
            del shown["default"]
        choices = [choice for choice in shown.get("anyOf", ()) if choice != {"type": "null"}]
        if len(choices) == 1:  # left out is null: no caller can write it
            del shown["anyOf"]
            shown |= choices[0]
        elif choices:
            shown["anyOf"] = choices
        parameter = {"name": name, "in": "query", "schema": shown}
        if "description" in schema:
            parameter["description"] = schema["description"]
        parameters.append(parameter)
    return parameters
