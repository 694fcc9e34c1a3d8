"""Every page exists in English and in Chinese, and both say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documentation.reference import reference_pages
from website import CHINESE, ENGLISH, ENGLISH_ONLY, OTHER_SECTION, sections, source, written

from .markdown import blocks, headings, prose, table_rows

PAGES = [name for name in written() if name not in ENGLISH_ONLY]

LETTERS = re.compile(r"[A-Za-z]{3}")


def untranslated(chinese: str) -> list[str]:
    """List the lines of prose of a page that have words outside code and no Chinese."""
    lines = (line for line in chinese.splitlines() if not line.startswith(("|", "#", "<!--", "```", "!")))
    plain = (re.sub(r"`[^`]*`|\]\([^)]*\)", "", line) for line in lines)
    return [line for line in plain if LETTERS.search(line) and not re.search(r"[\u4e00-\u9fff]", line)]


def test_every_page_is_in_the_site_once_and_in_both_languages() -> None:
    named = [page for title, pages in sections(ENGLISH).items() if title != OTHER_SECTION[ENGLISH] for page in pages]
    assert sorted(named) == sorted([*written(), *reference_pages(chinese=False)])
    assert [name for name in PAGES if not source(name, CHINESE).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_have_the_same_headings_tables_and_code(name: str) -> None:
    english, chinese_page = source(name, ENGLISH), source(name, CHINESE)
    assert headings(english) == headings(chinese_page)
    assert table_rows(english) == table_rows(chinese_page)
    code, same = ([b.without_comments() for b in blocks(page) if b.language] for page in (english, chinese_page))
    assert code == same  # drawings have words in them
    assert len(re.findall(r"^(?:- |\d+\. )", prose(english), re.MULTILINE)) == len(
        re.findall(r"^(?:- |\d+\. )", prose(chinese_page), re.MULTILINE)
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_chinese_page_links_to_chinese_pages(name: str) -> None:
    page = source(name, CHINESE)
    english = {source(each, ENGLISH): each for each in PAGES}
    linked = re.findall(r"\]\((?!https?:)([^)#\s]+)", prose(page))
    wrong = {english.get((page.parent / target).resolve()) for target in linked}
    assert wrong <= {None, name}  # a page may link to its translation


@pytest.mark.parametrize("name", [name for name in PAGES if name != "benchmarks"])
def test_no_line_of_a_chinese_page_is_left_in_english(name: str) -> None:
    assert [line for line in untranslated(prose(source(name, CHINESE))) if len(line) > 60] == []


def test_a_page_that_no_section_names_is_shown_under_a_title_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "site.toml").write_text(
        '[[sections]]\ntitle = { en = "One", zh-CN = "一" }\npages = ["a"]\n', encoding="utf-8"
    )
    for name in ("a.md", "a.zh-CN.md", "late.md"):
        (tmp_path / "docs" / name).write_text("# A page\n", encoding="utf-8")
    assert sections(CHINESE, tmp_path) == {"一": ["a"], OTHER_SECTION[CHINESE]: ["late"]}
