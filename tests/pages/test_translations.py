"""A Chinese page is made only if each of its texts has a translation, and each translation a text."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from client_recipes.cli import chinese_page as portability
from documentation import chinese_of
from documentation.pages import RECIPE_PAGES, ROOT, assumed
from documentation.reference import chinese_api_page, known_translations, require_reference
from jsms_client.errors import JSMSError


def errors_page(root: Path) -> str:
    return chinese_of((ROOT / RECIPE_PAGES[0]).read_text(encoding="utf-8"), root, RECIPE_PAGES[0].stem)


# The maker of a page, and the beginning of a line of its translations.
PAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "sandbox-errors": (errors_page, '  "Provoking every error code": '),
    "assumptions": (assumed, '  "refusals": '),
    "api": (chinese_api_page, '  "Anything that went wrong between an app and JSMS.": '),
    "portability": (portability, '  "The contract in other languages": '),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "translations", tmp_path / "translations")
    return tmp_path


def edit(project: Path, page: str, change: Callable[[str], str]) -> None:
    path = project / "translations" / f"{page}.zh-CN.yaml"
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_the_page_is_made_where_all_is_translated(project: Path, page: str) -> None:
    assert PAGES[page][0](project)


@pytest.mark.parametrize("page", PAGES)
def test_a_text_without_a_translation_is_named_with_its_file(project: Path, page: str) -> None:
    make, begin = PAGES[page]
    edit(project, page, lambda text: "".join(each for each in text.splitlines(True) if not each.startswith(begin)))
    with pytest.raises(SystemExit) as raised:
        make(project)
    text = begin.strip(' :"')
    assert raised.value.code == f"“{text}” has no Chinese translation. Fix: add it to translations/{page}.zh-CN.yaml."


@pytest.mark.parametrize("page", PAGES)
def test_a_translation_without_a_text_is_named_with_its_file(project: Path, page: str) -> None:
    make, begin = PAGES[page]
    old = f"{begin[: len(begin) - len(begin.lstrip())]}Of yesterday: 昨天的\n"
    edit(project, page, lambda text: text.replace(begin, old + begin))
    with pytest.raises(SystemExit) as raised:
        make(project)
    assert raised.value.code == (
        f"“Of yesterday” is in translations/{page}.zh-CN.yaml, but no longer in its page. "
        "Fix: correct it, or take it out."
    )


def test_a_docstring_that_changed_needs_its_translation_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JSMSError, "__doc__", "Anything at all.")
    with pytest.raises(SystemExit) as raised:
        chinese_api_page(project)
    assert str(raised.value.code).splitlines() == [
        "“Anything at all.” has no Chinese translation. Fix: add it to translations/api.zh-CN.yaml.",
        (
            "“Anything that went wrong between an app and JSMS.” is in translations/api.zh-CN.yaml, but no longer in "
            "its page. Fix: correct it, or take it out."
        ),
    ]


@pytest.mark.parametrize("part", ['  " seconds later": ', '  " of them": ', '  "=a GIF": '])
def test_a_part_of_a_cell_needs_its_translation(project: Path, part: str) -> None:
    edit(project, "sandbox-errors", lambda text: text.replace(part, part.replace('": ', ' today": ')))
    with pytest.raises(SystemExit, match=r"translations/sandbox-errors\.zh-CN\.yaml"):
        errors_page(project)


def test_a_text_of_the_reference_without_a_translation_is_named() -> None:
    translations = known_translations()
    text = "What to call it on the page."
    require_reference(translations)
    with pytest.raises(SystemExit) as raised:
        require_reference(replace(translations, texts={k: v for k, v in translations.texts.items() if k != text}))
    assert (
        raised.value.code == f"“{text}” has no Chinese translation. Fix: add it to translations/reference.zh-CN.yaml."
    )
