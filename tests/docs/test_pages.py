"""Every page is there in both languages, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from jsms_contract.errors import ERRORS
from jsms_contract.operations import OPERATIONS
from website import CHINESE, ENGLISH, joined, main, relink, sections

from .built_site import Site

ROOT = Path(__file__).parents[2]
OUTSIDE_PAGES = {"openapi.html"}


def test_every_page_is_there_in_both_languages(site: Site) -> None:
    english = {page.relative_to(site.folder) for page in site.pages}
    chinese = {page.relative_to(CHINESE) for page in english if page.parts[0] == CHINESE}
    assert {page for page in english if page.parts[0] != CHINESE} == chinese
    named = {Path(f"{name}.html") for names in sections(ENGLISH).values() for name in names}
    assert named | {Path(name) for name in OUTSIDE_PAGES} == chinese


def test_every_page_says_its_language(site: Site) -> None:
    for path, page in site.pages.items():
        assert page.language.startswith("zh" if CHINESE in path.parts else "en"), path


def test_no_link_inside_the_site_is_dead(site: Site) -> None:
    dead: list[str] = []
    for page, _, address in site.links():
        if (found := site.target(page, address)) is None:
            continue
        path, anchor = found
        if not path.is_relative_to(site.folder.resolve()) or not path.exists():
            dead.append(f"{page.path.relative_to(site.folder.resolve())}: {address}")
        elif (
            anchor
            and path.suffix == ".html"
            and anchor not in site.pages[site.folder / path.relative_to(site.folder.resolve())].ids
        ):
            dead.append(f"{page.path.relative_to(site.folder.resolve())}: {address} has no such anchor")
    assert dead == []


def test_nothing_is_fetched_from_elsewhere(site: Site) -> None:
    fetched = [(page.path.name, address) for page, tag, address in site.links() if tag != "a" and "//" in address]
    assert fetched == []
    for path in site.folder.rglob("*.css"):
        assert re.findall(r"url\((?!['\"]?(?:data:|#))[^)]*//[^)]*\)", path.read_text(encoding="utf-8")) == [], path


def test_no_link_to_the_repository_is_made_up(site: Site) -> None:
    assert [address for _, _, address in site.links() if "/blob/" in address or address.startswith("/")] == []


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_every_error_code_has_an_anchor_of_its_own(site: Site, language: str) -> None:
    page = site.pages[site.folder / ("" if language == ENGLISH else language) / "errors.html"]
    assert [code for code in ERRORS if str(code) not in page.ids] == []


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_the_pages_are_there_as_markdown_too(site: Site, language: str) -> None:
    folder = site.folder / ("" if language == ENGLISH else language)
    listed = re.findall(r"\]\(<?([^)>]+)>?\)", (folder / "llms.txt").read_text(encoding="utf-8"))
    pages = {f"{name}.md" for names in sections(language).values() for name in names}
    assert set(listed) - pages == {"openapi.yaml", "llms-full.txt"}
    assert pages <= set(listed)
    for name in pages:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.startswith("# "), name
        linked = [each.partition("#")[0] for each in re.findall(r"\]\(<(?![a-z]+:)([^>]+\.md[^>]*)>\)", text)]
        assert [each for each in linked if not (folder / name).parent.joinpath(each).exists()] == [], name
    assert "jsms.codes.send" in (folder / "llms-full.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", [ENGLISH, CHINESE])
def test_the_contract_is_rendered_from_the_document_of_the_language(site: Site, language: str) -> None:
    page = (site.folder / ("" if language == ENGLISH else language) / "openapi.html").read_text(encoding="utf-8")
    found = re.search(r'<script id="document" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    document = json.loads(found[1].replace("<\\/", "</"))
    assert len(
        [1 for path in document["paths"].values() for method in path if method in {"get", "post", "put", "delete"}]
    ) == len(OPERATIONS)
    assert ("极光" in document["info"]["description"]) is (language == CHINESE)


def test_a_link_to_a_file_of_the_repository_is_text_until_its_address_is_set() -> None:
    page = ROOT / "docs" / "testing.md"
    text = "See [the example](../examples/login_service) and [a page](cli.md#output); `[x](../y)` stays."
    code = "\n```text\n[x](../examples)\n```\n"
    assert (
        relink(text + code, page, "") == text.replace("[the example](../examples/login_service)", "the example") + code
    )
    assert "(https://host/repo/blob/main/examples/login_service)" in relink(text, page, "https://host/repo/")


def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert "is no site" in capsys.readouterr().out
    assert (tmp_path / "letter.txt").exists()


def test_lines_of_chinese_text_are_joined_without_a_space() -> None:
    assert joined("# 标题\n第一行，\n第二行\n- 一项，\n  还是它\n") == "# 标题\n第一行，第二行\n- 一项，还是它\n"


def test_every_name_of_a_chinese_reference_page_has_a_chinese_summary(site: Site) -> None:
    english: list[str] = []
    for page in sorted((site.folder / CHINESE / "reference").glob("*.md")):
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)[1:]
        for name, body in zip(parts[::2], parts[1::2], strict=True):
            first = next((line for line in body.splitlines() if line and not line.startswith(("Bases:", ">"))), "")
            if first and not re.search(r"[\u4e00-\u9fff]", first):
                english.append(f"{page.stem}: {name}: {first}")
    assert english == []
