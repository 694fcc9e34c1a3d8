"""The journal's sentences are in English and in Chinese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from jsms_sandbox.service import request
from jsms_sandbox.service.body import JSON_NAMES
from jsms_sandbox.service.composing import CODE_TEMPLATE
from jsms_sandbox.service.form import NOT_A_FORM
from jsms_sandbox.service.request import Hint, Leniency, hint
from jsms_sandbox.service.send_checks import MESSAGES

PACKAGE = Path(str(resources.files("jsms_sandbox")))
CONVERSION = re.compile(r"%[^ ]*?[srdfg]")
SAYING = {"Refusal": 2, "Hint": 0, "hint": 0, "warn": 0, "_refuse": 0}
"""Which argument of a call is the sentence."""


def said() -> Iterator[object]:
    """List the sentences of the package that the journal may show."""
    yield from (*JSON_NAMES.values(), *MESSAGES.values(), *(each.value for each in Leniency), NOT_A_FORM, CODE_TEMPLATE)
    yield from ("sent", "deleted")
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                sentences = node.args[SAYING[name] :][:1] if name in SAYING else []
                for sentence in sentences:
                    yield from (each.value for each in ast.walk(sentence) if isinstance(each, ast.Constant))
            elif isinstance(node, ast.FunctionDef) and node.name == "_unknown_key":
                returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
                yield from (each.value for each in returned if isinstance(each, ast.Constant))


def test_every_sentence_has_its_chinese_and_no_other_is_kept() -> None:
    assert {each for each in said() if isinstance(each, str)} == set(request.chinese())


@pytest.mark.parametrize(("english", "chinese"), request.chinese().items())
def test_both_take_the_same_values(english: str, chinese: str) -> None:
    assert CONVERSION.findall(english) == CONVERSION.findall(chinese)


def test_a_part_is_translated_with_its_sentence() -> None:
    sentence = hint("The app has no template %s; it has %s.", 7, Hint("none"))
    assert sentence.english() == "The app has no template 7; it has none."
    assert sentence.chinese() == "应用没有模板 7；现有模板：无。"


def test_a_percent_sign_in_what_was_sent_is_left_alone() -> None:
    assert hint("The text holds the blocked word %s.", "100%s %d").english() == (
        "The text holds the blocked word 100%s %d."
    )
    assert Hint("100%").english() == Hint("100%").chinese() == "100%"
