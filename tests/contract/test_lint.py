"""What the linter finds, and on which line."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings

from contract_tools.document import DocumentError, load, parse
from contract_tools.lint import json_schema, lint

from .lint_cases import BROKEN, WHOLE, Broken
from .mutated_documents import mutated
from .schema_changes import Data

CONTRACT = Path(__file__).parents[2] / "openapi.yaml"


@pytest.mark.parametrize("path", [CONTRACT, WHOLE], ids=["the contract", "the whole document"])
def test_a_good_document_has_no_problem(path: Path) -> None:
    assert lint(load(path)) == []


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.rule}: {case.new.strip()[:40]!r}")
def test_a_broken_rule_is_found_on_its_line(case: Broken) -> None:
    problems = lint(parse(case.text, "broken.yaml"))

    found = [(problem.rule, problem.line) for problem in problems]
    assert (case.rule, case.line) in found


def test_every_rule_has_a_document_that_breaks_it() -> None:
    modules = Path(json_schema.__file__).parent.glob("*.py")
    rules = {name for path in modules for name in re.findall(r'Problem\(\s*"([a-z-]+)"', path.read_text("utf-8"))}

    assert {case.rule for case in BROKEN} == rules.union(*json_schema.RULES.values())


def test_a_problem_reads_as_place_fault_and_remedy() -> None:
    text = WHOLE.read_text(encoding="utf-8").replace("operationId: scanLetter", "operationId: sendLetter")

    (problem,) = lint(parse(text, "openapi.yaml"))

    assert str(problem) == (
        "openapi.yaml:152: #/paths/~1letters~1{letter_id}/put/operationId: operationId sendLetter is as good as that "
        "of #/paths/~1letters/post; one of the two would vanish from the client. Fix: give each operation an id of its "
        "own, apart by more than case and underscores."
    )


def test_problems_come_in_the_order_of_the_lines() -> None:
    text = WHOLE.read_text(encoding="utf-8")
    text = text.replace("x-retry: safe", "x-retry: maybe").replace("maxLength: 4", "maxLength: 0")

    lines = [problem.line for problem in lint(parse(text, "broken.yaml"))]

    assert lines == sorted(lines)
    assert len(lines) >= 2


def test_a_document_without_our_extensions_needs_none_of_them() -> None:
    document = parse(
        """\
openapi: 3.1.0
info: {title: A fork, version: '1'}
tags: [{name: things}]
paths:
  /things:
    get:
      operationId: listThings
      tags: [things]
      responses:
        '200': {description: None.}
        default: {description: Anything.}
""",
        "fork.yaml",
    )

    assert lint(document) == []


def test_a_document_of_3_0_is_read_by_the_rules_of_3_0() -> None:
    document = parse(
        """\
openapi: 3.0.3
info: {title: A fork, version: '1'}
tags: [{name: things}]
paths:
  /things:
    get:
      operationId: listThings
      tags: [things]
      responses:
        '200':
          description: One.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
              examples: {none: {value: {size: null}}}
        default: {description: Anything.}
components:
  schemas:
    Thing:
      type: object
      required: [size]
      properties:
        size: {type: integer, format: int32, nullable: true}
""",
        "fork.yaml",
    )

    assert lint(document) == []


@settings(max_examples=40, deadline=None)
@given(mutated())
def test_any_document_can_be_linted(data: Data) -> None:
    text = json.dumps(data)

    with suppress(DocumentError):
        for problem in lint(parse(text, "any.json")):
            assert problem.line == 1
            assert str(problem).endswith(".")
