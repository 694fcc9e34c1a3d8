"""A new code or field is one edit: the run writes what repeats it, and reports all that is missing at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract_tools.derived_descriptions import completed
from contract_tools.document import load, parse
from contract_tools.openapi import mapping, schemas, sequence
from sandbox.sandbox_process import Process

from .command import ROOT, python_with, run
from .maintainer import copy_contract

ENTRY = """\
  '50987':
    name: LEAFLETS_PAUSED
    http_status: 403
    message: leaflets paused
    family: rate_limit
    repeat: later
    meaning: 'The service has paused: wait for a while.'
    meaning_zh: 服务暂停，请稍候。
    remedy: Wait for a while.
    remedy_zh: 请稍候。
"""
BEFORE = "  '50101':\n"
CODES_OF_SEND_CODE = re.compile(r"(operationId: sendCode\n.*?x-error-codes: \[[^\]]*)", re.DOTALL)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Provide a copy of the contract and its translations."""
    copy_contract(tmp_path)
    return tmp_path / "openapi.yaml"


def edit(document: Path, entry: str) -> None:
    """Add the code to the catalogue and to the operation that responds with it."""
    text = document.read_text(encoding="utf-8")
    assert text.count(BEFORE) == 1
    text, found = CODES_OF_SEND_CODE.subn(r"\1, 50987", text.replace(BEFORE, entry + BEFORE), 1)
    assert found == 1
    document.write_text(text, encoding="utf-8")


def test_one_edit_and_one_run_are_a_new_code(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(document, ENTRY)
    before = document.read_text(encoding="utf-8").splitlines()
    made = document.parent / "made"
    assert run(document, "--output", made) == 0
    said = capsys.readouterr().out
    for part in ("enum of ErrorCode", "the table of the tag errors", "the codes of sendCode"):
        assert f"wrote {part}, from its x-error-codes" in said
    after = document.read_text(encoding="utf-8").splitlines()
    # A member, its name, its meaning, and a row of the table; the list of the operation's codes may need a line more.
    assert len(after) - len(before) in (4, 5)
    assert "        - 'The service has paused: wait for a while.'" in after

    known = mapping(schemas(load(document).data)["ErrorCode"])
    at = sequence(known["enum"]).index(50987)
    assert sequence(known["x-enum-varnames"])[at] == "LEAFLETS_PAUSED"
    chinese = (made / "openapi.zh-CN.yaml").read_text(encoding="utf-8")
    assert "| 50987, HTTP 403: leaflets paused | 服务暂停，请稍候。 |" in chinese
    program = (
        f"sys.path.insert(1, {str(ROOT / 'overlay')!r})\n"
        "from jsms_client.errors import RateLimitError, LeafletsPausedError\n"
        "from jsms_api.models import ErrorCode\n"
        "from jsms_contract.errors import error_class\n"
        "assert issubclass(LeafletsPausedError, RateLimitError)\n"
        "assert error_class(50987, 403) is LeafletsPausedError and ErrorCode.LEAFLETS_PAUSED == 50987\n"
    )
    done = python_with(made, program)
    assert done.returncode == 0, done.stderr
    with Process(generated=made) as sandbox:
        refused = sandbox.http.post("/codes", json={"mobile": "13000050987", "temp_id": 1})
    assert (refused.status_code, refused.json()["error"]["message"]) == (403, "leaflets paused")

    assert run(document, "--output", made, "--check") == 0
    assert document.read_text(encoding="utf-8").splitlines() == after


def test_all_that_is_missing_is_said_in_one_run(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = ENTRY.replace("family: rate_limit", "family: rate_limits").replace("http_status: 403", "http_status: 409")
    edit(document, entry.replace("    remedy_zh: 请稍候。\n", ""))
    text = document.read_text(encoding="utf-8")
    translations = document.parent / "translations" / "openapi.zh-CN.yaml"
    words = translations.read_text(encoding="utf-8")
    translations.write_text(words.replace('"Accepted": 已受理\n', ""), encoding="utf-8")
    assert run(document, "--output", document.parent / "made", "--check") == 1
    said = capsys.readouterr().err
    line = text.splitlines().index("  '50987':") + 1
    for where, words in (
        (f"{line}: ", "'remedy_zh' is a required property"),
        (f"{line + 4}: ", "the family rate_limits of 50987 is not declared. Fix: use one of these: authentication"),
        (f"{line}: ", "50987 is in the catalogue, but not in ErrorCode. Fix: add it to the enum"),
        ("", "50987 comes with HTTP 409, which sendCode does not declare. Fix: add the response 409"),
        ("", "does not show the table of the tag errors as the rest of the document has them: '| 50987, HTTP 409"),
        ("", "the description does not show the codes of sendCode as the rest of the document has them"),
        ("", "“Accepted” has no Chinese translation"),
    ):
        assert any(where in each and words in each for each in said.splitlines()), (words, said)
    assert said.count("#/") == 7, said
    assert not (document.parent / "made").exists()


def test_a_run_that_finds_problems_leaves_the_document_as_it_is(document: Path) -> None:
    edit(document, ENTRY.replace("rate_limit", "rate_limits"))
    before = document.read_bytes()
    assert run(document, "--output", document.parent / "made") == 1
    assert document.read_bytes() == before


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("description: Show what was used.", ">-"),
        ("description: 'Show what was used: all of it.'", ">-"),
        ("description: |-\n        Show what was used.", "|-"),
        ("description: >-\n        Show what\n        was used.\n\n\n        Error codes: HTTP 400: 1.", ">-"),
    ],
)
def test_the_codes_of_an_operation_are_written_below_any_description(written: str, found: str) -> None:
    text = f"""openapi: 3.1.0
paths:
  /usage:
    get:
      operationId: getTally
      {written}
      x-error-codes: [50001, 50002]
x-error-codes:
  '50001': {{name: A, http_status: 400, message: a, meaning: A.}}
  '50002': {{name: B, http_status: 401, message: b, meaning: B.}}
"""
    whole, changed = completed(parse(text, "openapi.yaml"))
    assert changed == ["the codes of getTally"]
    description = str(mapping(mapping(mapping(whole.data["paths"])["/usage"])["get"])["description"])
    words, _, codes = description.partition("\n\n")
    assert words.startswith("Show what was used")
    assert codes == "Error codes: HTTP 400: 50001; HTTP 401: 50002."
    assert f"description: {found}\n" in whole.text
    assert completed(whole)[1] == []


def test_a_new_field_of_a_callback_is_one_edit(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    head, begin, rest = text.partition("    DeliveryReport:\n")
    field = "      properties:\n        network:\n          type: string\n          description: Whose network.\n"
    text = head + begin + rest.replace("      properties:\n", field, 1)
    whole, changed = completed(parse(text, "openapi.yaml"))
    assert changed == ["the fields of the callbacks in the tag callbacks", "the fields of onSmsReport"]
    assert whole.text.count("| network | string | Whose network. |") == 2
    assert completed(whole)[1] == []


def test_a_code_that_is_gone_leaves_the_table_too(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    edited = text.replace("      | 50101, ", "      | 50999, HTTP 403: old | Old. |\n      | 50101, ", 1)
    assert edited != text
    whole, changed = completed(parse(edited, "openapi.yaml"))
    assert changed == ["the table of the tag errors"]
    assert whole.text == text
