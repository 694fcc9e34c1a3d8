"""The operations of the contract, and the shapes of their answers, as data."""

from __future__ import annotations

from collections.abc import Mapping

from .naming import constant_name
from .python_source import docstring, literal, module
from .reading import follow, mapping, operations, schemas, sequence, text, whole

_BODIES = {"application/json": "json", "multipart/form-data": "multipart"}
# A method that HTTP calls idempotent; what the document says of an operation comes first.
_IDEMPOTENT = frozenset({"get", "head", "options", "put", "delete", "trace"})
_SCALARS = {"string": "Text", "integer": "Integer", "boolean": "Boolean"}


class UnknownShapeError(Exception):
    """A success answer that the checking of answers has no words for."""


def emit_operations(data: Mapping[str, object]) -> str:
    """The module ``operations``: everything that sending a request and reading its answer need to know."""
    shapes = _Shapes(data)
    rows: dict[str, str] = {}
    for path, method, operation, _ in operations(data):
        name = text(operation.get("operationId")) or constant_name(method, path).lower()
        rows[name] = _operation(data, shapes, name, path, method, operation)
    table = "".join(f"        {literal(name)}: {row},\n" for name, row in rows.items())
    return module(
        "Every operation of the contract: method, path, credentials, codes, and the shape of its answer.",
        "\n".join(shapes.constants.values()),
        f"OPERATIONS: Mapping[str, Operation] = MappingProxyType(\n    {{\n{table}    }}\n)\n"
        + docstring("Every operation, by operationId.", indent=0),
        imports=[
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "",
            "from .operation import Operation",
            *([f"from .shapes import {', '.join(sorted(shapes.used))}"] if shapes.used else []),
        ],
        exports=["OPERATIONS", "Operation"],
    )


def _operation(
    data: Mapping[str, object],
    shapes: _Shapes,
    name: str,
    path: str,
    method: str,
    operation: Mapping[str, object],
) -> str:
    answers = {
        int(status): follow(data, response)
        for status, response in mapping(operation.get("responses")).items()
        if str(status).startswith("2") and str(status).isdecimal()
    }
    retry = text(operation.get("x-retry")) or ("safe" if method in _IDEMPOTENT else "never")
    codes = sorted({whole(code) for code in sequence(operation.get("x-error-codes"))})
    facts = {
        "id": literal(name),
        "method": literal(method.upper()),
        "path": literal(path),
        "tag": literal(text(next(iter(sequence(operation.get("tags"))), ""), "default")),
        "credentials": literal(_credentials(data, operation)),
        "retry": literal(retry),
        "statuses": literal(sorted(answers)),
        "error_codes": f"frozenset({literal(codes)})" if codes else "frozenset()",
        "body": literal(_body(data, operation)),
        "answer": _answer(shapes, name, answers),
        "poll_seconds": literal(_poll_seconds(operation)),
    }
    return f"Operation({', '.join(f'{key}={value}' for key, value in facts.items())},)"


def _credentials(data: Mapping[str, object], operation: Mapping[str, object]) -> str:
    for requirement in sequence(operation.get("security", data.get("security"))):
        if "devAuth" in mapping(requirement):
            return "dev"
    return "app"


def _poll_seconds(operation: Mapping[str, object]) -> int | None:
    """How long to wait between two calls of an operation that hands out each record once."""
    poll = mapping(operation.get("x-poll"))
    return whole(poll["interval_seconds"]) if "interval_seconds" in poll else None


def _body(data: Mapping[str, object], operation: Mapping[str, object]) -> str | None:
    for media_type in mapping(follow(data, operation.get("requestBody")).get("content")):
        if media_type in _BODIES:
            return _BODIES[media_type]
    return None


def _answer(shapes: _Shapes, name: str, answers: Mapping[int, Mapping[str, object]]) -> str:
    for status in sorted(answers):
        schema = mapping(mapping(answers[status].get("content")).get("application/json")).get("schema")
        if schema is None:
            continue
        shape = shapes.of(schema)
        if shape is None:
            raise UnknownShapeError(
                f"the answer {status} of {name} is neither an object, a list of them, a text, a whole number nor a "
                "boolean; make it one of these"
            )
        return shape
    return "None"


class _Shapes:
    """Shapes as source; each named object becomes a constant, written once, after those it needs."""

    def __init__(self, data: Mapping[str, object]) -> None:
        self.constants: dict[str, str] = {}
        self.used: set[str] = set()
        self._data = data
        self._open: list[str] = []

    def of(self, schema: object) -> str | None:
        """The shape of a schema; None where there is no shape for it, and its value is taken as it comes."""
        reference = text(mapping(schema).get("$ref"))
        if not reference:
            return self._inline(mapping(schema), "")
        name = reference.rsplit("/", 1)[-1]
        target = follow(self._data, schema)
        if target is not mapping(schemas(self._data).get(name)) or not _is_record(target):
            return self._inline(target, name)
        constant = f"_{constant_name(name)}"
        if name in self._open:
            return self._made("Record", literal(name), "()")  # inside itself: its fields are checked one level deep
        if constant not in self.constants:
            self._open.append(name)
            record = self._record(target, name)
            self._open.pop()
            self.constants[constant] = f"{constant} = {record}"
        return constant

    def _inline(self, schema: Mapping[str, object], name: str) -> str | None:
        kind = schema.get("type")
        kinds = {text(item) for item in sequence(kind)} or {text(kind)}
        nullable = ["nullable=True"] if "null" in kinds or schema.get("nullable") is True else []
        kinds.discard("null")
        only = kinds.pop() if len(kinds) == 1 else ""
        if only in _SCALARS:
            return self._made(_SCALARS[only], *nullable)
        if only == "array":
            of = self.of(schema.get("items"))
            return self._made("Items", of, *nullable) if of is not None else None
        if only == "object" and mapping(schema.get("additionalProperties")).get("type") == "string":
            return self._made("TextMap", *nullable)
        if _is_record(schema) or (only == "object" and "additionalProperties" not in schema):
            return self._record(schema, name, *nullable)
        return None

    def _record(self, schema: Mapping[str, object], name: str, *nullable: str) -> str:
        required = sequence(schema.get("required"))
        fields: list[str] = []
        for key, value in mapping(schema.get("properties")).items():
            shape = self.of(value)
            if shape is not None:
                fields.append(self._made("Field", literal(key), shape, literal(key in required)))
        return self._made("Record", literal(name), f"({''.join(f'{field}, ' for field in fields)})", *nullable)

    def _made(self, kind: str, *arguments: str) -> str:
        self.used.add(kind)
        return f"{kind}({', '.join(arguments)})"


def _is_record(schema: Mapping[str, object]) -> bool:
    return bool(mapping(schema.get("properties"))) and schema.get("type") in ("object", ["object"], None)
