"""The 3.0.3 document: valid, and the same as far as 3.0 can express it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from openapi_spec_validator import OpenAPIV30SpecValidator

from contract_tools.changes.contract import compare
from contract_tools.conversions import to_3_0_3
from contract_tools.document import load, parse
from contract_tools.lint import lint

from .lint_cases import WHOLE
from .mutated_documents import mutated
from .schema_changes import Data

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
BOTH = pytest.mark.parametrize("path", [CONTRACT, WHOLE], ids=["the contract", "the whole document"])


def _with_schema(schema: Data) -> Data:
    info = {"title": "A", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": {}, "components": {"schemas": {"One": schema}}}


def _schema(schema: Data) -> object:
    converted: Any = to_3_0_3(_with_schema(schema))
    assert list(OpenAPIV30SpecValidator(converted).iter_errors()) == []
    return converted["components"]["schemas"]["One"]


@BOTH
def test_the_3_0_3_document_is_valid(path: Path) -> None:
    converted = to_3_0_3(load(path).data)

    assert converted["openapi"] == "3.0.3"
    assert list(OpenAPIV30SpecValidator(converted).iter_errors()) == []


@BOTH
def test_the_3_0_3_document_breaks_no_rule_of_ours(path: Path) -> None:
    text = json.dumps(to_3_0_3(load(path).data), ensure_ascii=False)

    assert lint(parse(text, "openapi-3.0.3.json")) == []


@BOTH
def test_the_3_0_3_document_is_the_same_for_callers(path: Path) -> None:
    data = load(path).data

    assert [
        change.sentence for change in compare(data, to_3_0_3(data)) if "contentMediaType" not in change.sentence
    ] == []


def test_the_document_itself_stays_as_it_is() -> None:
    data = load(WHOLE).data
    before = copy.deepcopy(data)

    converted: Any = to_3_0_3(data)
    converted["components"]["schemas"].clear()
    converted["x-error-codes"]["101"]["name"] = "OTHER"

    assert data == before


def test_a_document_of_3_0_is_only_copied() -> None:
    converted = to_3_0_3(load(WHOLE).data)

    assert to_3_0_3(converted) == converted


@pytest.mark.parametrize(
    ("schema", "converted"),
    [
        ({"type": ["integer", "null"]}, {"type": "integer", "nullable": True}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        ({"type": "string", "$comment": "a"}, {"type": "string", "x-comment": "a"}),
        ({"type": "string", "example": "c", "examples": ["a"]}, {"type": "string", "example": "c"}),
        ({"type": "number", "exclusiveMinimum": 1}, {"type": "number", "minimum": 1, "exclusiveMinimum": True}),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": 1},
            {"type": "number", "minimum": 1, "exclusiveMinimum": True},
        ),
        (
            {"type": "number", "exclusiveMinimum": 1, "minimum": 0},
            {"type": "number", "minimum": 1, "exclusiveMinimum": True},
        ),
        ({"type": "number", "minimum": 2, "exclusiveMinimum": 1}, {"type": "number", "minimum": 2}),
        (
            {"type": "number", "maximum": 9, "exclusiveMaximum": 8},
            {"type": "number", "maximum": 8, "exclusiveMaximum": True},
        ),
        (
            {"type": "object", "properties": {"type": {"type": ["string", "null"]}, "examples": {"type": "string"}}},
            {
                "type": "object",
                "properties": {"type": {"type": "string", "nullable": True}, "examples": {"type": "string"}},
            },
        ),
    ],
)
def test_a_schema_says_the_same_in_the_words_of_3_0(schema: Data, converted: Data) -> None:
    assert _schema(schema) == converted


def test_callbacks_stay_readable_and_keep_their_references() -> None:
    converted: Any = to_3_0_3(load(WHOLE).data)

    assert converted["x-webhooks"] == {"letterArrived": {"$ref": "#/components/x-pathItems/LetterArrived"}}
    assert "LetterArrived" in converted["components"]["x-pathItems"]
    assert "webhooks" not in converted
    assert "pathItems" not in converted["components"]


@pytest.mark.parametrize(
    ("licence", "converted"),
    [
        ({"name": "MIT", "identifier": "MIT"}, {"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"}),
        ({"name": "Ours", "identifier": "MIT OR 0BSD"}, {"name": "Ours", "x-identifier": "MIT OR 0BSD"}),
        ({"name": "Ours", "url": "https://example.test"}, {"name": "Ours", "url": "https://example.test"}),
    ],
)
def test_a_licence_is_named_the_way_3_0_knows(licence: Data, converted: Data) -> None:
    data = load(WHOLE).data | {"info": {"title": "A", "version": "1", "summary": "B", "license": licence}}

    assert to_3_0_3(data)["info"] == {"title": "A", "version": "1", "x-summary": "B", "license": converted}


def test_what_3_0_cannot_leave_out_is_added() -> None:
    data = {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "components": {}}
    assert to_3_0_3(data)["paths"] == {}

    converted: Any = to_3_0_3(data | {"paths": {"/a": {"get": {"operationId": "a"}}}})
    assert list(OpenAPIV30SpecValidator(converted).iter_errors()) == []


@given(mutated())
def test_any_document_can_be_downgraded(data: Data) -> None:
    assert to_3_0_3(data | {"openapi": "3.1.0"})["openapi"] == "3.0.3"
