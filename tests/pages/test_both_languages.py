"""Every page is there in English and in Chinese, and both say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documentation import untranslated
from website.pages import CHINESE, ENGLISH, ENGLISH_ONLY, missing, source, written

from .markdown import blocks, headings, prose, table_rows

PAGES = [name for name in written() if name not in ENGLISH_ONLY]


def test_every_page_is_in_the_site_and_in_both_languages() -> None:
    assert list(missing()) == []


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


def test_a_page_that_is_not_in_the_site_is_named_and_shown(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "site.toml").write_text(
        '[[sections]]\ntitle = { en = "One", zh-CN = "一" }\npages = ["a", "gone"]\n', encoding="utf-8"
    )
    for name in ("a.md", "a.zh-CN.md", "late.md"):
        (tmp_path / "docs" / name).write_text("# A page\n", encoding="utf-8")
    assert list(missing(tmp_path)) == [
        "docs/site.toml does not name late.",
        "docs/site.toml names gone, which is not there.",
        "docs/late.zh-CN.md is missing.",
    ]
