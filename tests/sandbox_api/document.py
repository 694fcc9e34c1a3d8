"""The test API's OpenAPI document, to check responses against."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from jsonschema import Draft202012Validator, ValidationError

PARAMETER = re.compile(r"\{[a-z_]+\}")


class Operation(NamedTuple):
    """One method of one path."""

    name: str
    path: str
    method: str
    content: Mapping[str, Any]

    @property
    def good_status(self) -> int:
        """The status of a response without a problem."""
        (status,) = (int(status) for status in self.content["responses"] if int(status) < 300)
        return status


class Document:
    """The document.

    Attributes:
        content: The body of the response.
        operations: By their names.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.operations = {
            operation["operationId"]: Operation(operation["operationId"], path, method.upper(), operation)
            for path, methods in content["paths"].items()
            for method, operation in methods.items()
        }

    @functools.cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], Operation]]:
        # Fixed paths first: /callbacks/samples fits /callbacks/{number} too.
        in_order = sorted(self.operations.values(), key=lambda operation: operation.path.count("{"))
        return [(re.compile(PARAMETER.sub("[^/]+", operation.path)), operation) for operation in in_order]

    def find(self, method: str, path: str) -> Operation:
        """Return the operation of a call."""
        for pattern, operation in self._patterns:
            if operation.method == method and pattern.fullmatch(path):
                return operation
        raise AssertionError(f"{method} {path} is not documented")

    def check(self, operation: Operation, status: int, media_type: str, body: object) -> None:
        """Hold a response against what the operation declares for its status."""
        declared = operation.content["responses"].get(str(status))
        assert declared is not None, f"{operation.name} does not declare {status}: {body}"
        content = declared.get("content")
        if content is None:
            assert body is None, f"{operation.name} declares no content for {status}"
            return
        assert media_type in content, f"{operation.name} does not declare {media_type}"
        reference: str = content[media_type]["schema"]["$ref"]
        errors: Iterable[ValidationError] = cast("Any", self._validator(reference)).iter_errors(body)
        wrong = [f"{error.json_path}: {error.message}" for error in errors]
        assert wrong == [], (operation.name, wrong)

    @functools.cache  # noqa: B019 - one document lives as long as the tests
    def _validator(self, reference: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": reference, "components": self.content["components"]})
