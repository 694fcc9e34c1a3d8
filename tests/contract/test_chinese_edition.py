"""The Chinese edition: the same document, with Chinese descriptions and summaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from contract_tools.changes.contract import compare
from contract_tools.conversions import check_translations, to_chinese, translations
from contract_tools.document import DocumentError, load
from contract_tools.openapi import is_list, is_object, operations, text

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"
_FOR_PROGRAMS = {"x-error-codes", "x-error-families", "x-assumed", "servers", "value", "example"}


def _texts(node: object) -> Iterator[str]:
    if is_list(node):
        for item in node:
            yield from _texts(item)
    elif is_object(node):
        for name, value in node.items():
            if name in ("summary", "description") and isinstance(value, str):
                yield value
            elif name not in _FOR_PROGRAMS:
                yield from _texts(value)


@pytest.fixture
def chinese() -> dict[str, Any]:
    made = to_chinese(load(CONTRACT))
    assert made is not None
    return made


def test_every_text_of_the_contract_is_translated(chinese: dict[str, Any]) -> None:
    assert list(check_translations(load(CONTRACT))) == []
    assert [text for text in _texts(chinese) if not re.search("[\u4e00-\u9fff]", text)] == []


def test_it_is_valid_and_the_same_for_programs(chinese: dict[str, Any]) -> None:
    validate(chinese)
    assert compare(load(CONTRACT).data, chinese) == []


def test_it_shows_the_codes_of_an_operation_and_the_fields_of_a_callback(chinese: dict[str, Any]) -> None:
    described = {text(operation["operationId"]): operation["description"] for _, _, operation, _ in operations(chinese)}
    report = chinese["components"]["pathItems"]["SmsReportCallback"]["post"]["description"]

    assert "返回码：HTTP 400：50001、50003" in str(described["sendCode"])
    assert "| 字段 | 类型 | 含义 |" in report
    assert "| phone | string | 手机号码。 |" in report


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "fork.yaml"
    source = (Path(__file__).parent / "documents" / "small.yaml").read_text(encoding="utf-8")
    path.write_text(source, encoding="utf-8")
    return path


def test_a_document_without_translations_has_no_chinese_edition(small: Path) -> None:
    assert to_chinese(load(small)) is None
    assert list(check_translations(load(small))) == []


def test_a_missing_and_an_unused_translation_are_named_with_their_lines(small: Path) -> None:
    document = load(small)
    path = translations(document)
    path.parent.mkdir()
    path.write_text("# Texts\nGone.: 没有了。\n", encoding="utf-8")

    said = [str(problem) for problem in check_translations(document)]

    line = next(number for number, line in enumerate(document.text.splitlines(), 1) if "Sends a code to one" in line)
    assert any(
        re.search(rf"fork.yaml:{line - 1}: .*“Sends a code to one number.” has no Chinese", each) for each in said
    )
    assert any(f"{path}:2: #: “Gone.” is no longer in {small}" in each for each in said)


def test_a_broken_file_of_translations_is_named(small: Path) -> None:
    path = translations(load(small))
    path.parent.mkdir()
    path.write_text("a: [", encoding="utf-8")

    with pytest.raises(DocumentError, match=r"fork.zh-CN.yaml:1"):
        to_chinese(load(small))
