"""The tables that scripts/document makes."""

from __future__ import annotations

import pydoc
import re
import shutil
from pathlib import Path

import pytest

import jsms_client
from documentation import texts
from documentation.pages import ERROR_PAGES, FAILURE_PAGES, ROOT, SANDBOX_PAGES, main, pages
from documentation.reference import PACKAGE
from documentation.reference import PAGES as API_PAGES
from jsms_client import errors, results
from jsms_contract.errors import ERRORS
from jsms_sandbox.assumptions import assumptions

FAILURES = FAILURE_PAGES[0]
CODE = next(iter(ERRORS))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "generated/jsms_contract/openapi.json",
        *map(str, (*FAILURE_PAGES, PACKAGE, *SANDBOX_PAGES)),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_what_is_committed_is_in_step_with_the_contract() -> None:
    assert main(["--check"]) == 0


def test_every_code_stands_in_every_language_with_its_exception() -> None:
    made = pages(ROOT)
    for path in (*FAILURE_PAGES, *ERROR_PAGES):
        text = made[path]
        for code, error in ERRORS.items():
            assert str(code) in text, (path, code)
            assert path.name.startswith("failures") or f"### {code}\n\n`{error.__name__}` ·" in text, (path, code)


def test_checking_names_what_is_stale_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = project / FAILURES
    main([], root=project)
    stale = page.read_text(encoding="utf-8").replace(str(CODE), "59999")
    page.write_text(stale, encoding="utf-8")
    capsys.readouterr()
    assert main(["--check"], root=project) == 1
    assert capsys.readouterr().out == f"{FAILURES} is out of step with what it is made from; run scripts/document.\n"
    assert page.read_text(encoding="utf-8") == stale


def test_writing_mends_the_table_and_nothing_around_it(project: Path) -> None:
    page = project / FAILURES
    before = page.read_text(encoding="utf-8")
    page.write_text(before.replace(str(CODE), "59999") + "\nand more\n", encoding="utf-8")
    assert main([], root=project) == 0
    assert page.read_text(encoding="utf-8") == before + "\nand more\n"
    assert main(["--check"], root=project) == 0


def test_a_page_without_its_marks_is_refused(project: Path) -> None:
    (project / FAILURES).write_text("# all gone\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="has lost the marks"):
        main([], root=project)


def test_every_assumption_of_the_sandbox_has_its_chinese() -> None:
    known = texts(ROOT, "assumptions")["prose"]
    technical = {about for about, _ in assumptions() if not about.islower() or about.startswith("--")}
    said = {text for assumption in assumptions() for text in assumption} - technical
    assert said | {"about", "chosen"} == set(known)


def test_every_public_name_is_on_the_page_with_a_path_that_works() -> None:
    made = pages(ROOT)[API_PAGES[0]]
    imports = re.findall(r"`(from jsms_client[a-z_.]* import (\w+))`", made)
    for line, name in imports:
        found: dict[str, object] = {}
        exec(line, found)
        assert name in found
    assert {name for _, name in imports} >= {*jsms_client.__all__, *results.__all__, *vars(errors)["__all__"]}


def test_every_public_name_is_described_by_words_of_its_own() -> None:
    cells = [
        line.rsplit(" | ", 1)[1].strip("| ") for line in pages(ROOT)[API_PAGES[0]].splitlines() if " | `from " in line
    ]
    assert [words for words in cells if not words or words.startswith(("Enum where", "str(object"))] == []


def test_results_are_importable_from_the_top() -> None:
    assert set(results.__all__) <= set(jsms_client.__all__)
    assert jsms_client.SentMessage is results.SentMessage


def test_help_lists_every_call_result_and_exception() -> None:
    # Bold letters are written twice, with a backspace between.
    text = re.sub(".\b", "", pydoc.render_doc(jsms_client))
    for name in (
        "jsms.codes.send(mobile",
        "jsms.receipts.iter_reports",
        "class SentMessage",
        "class UnknownOutcomeError",
    ):
        assert name in text
