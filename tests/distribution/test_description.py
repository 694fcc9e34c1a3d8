"""What a package index shows of the project."""

from __future__ import annotations

import re
from email.parser import HeaderParser

import pytest
from hatch_build import describe

from .conftest import ROOT, Built

README = (ROOT / "README.md").read_text(encoding="utf-8")
RELATIVE = re.compile(r"\]\((?!https?:)[^)]*\)")
ADDRESS = "https://host.example/owner/name"


def description(built: Built) -> str:
    files = built.in_wheel()
    (name,) = (name for name in files if name.endswith(".dist-info/METADATA"))
    return str(HeaderParser().parsestr(files[name].decode()).get_payload())


def test_the_description_is_the_readme_without_relative_links(built: Built) -> None:
    text = description(built)
    assert text.strip() == describe(README, "").strip()
    assert RELATIVE.findall(text) == []
    assert "## First send" in text
    assert "![" not in text


def test_every_link_leads_to_the_repository_once_its_address_is_set() -> None:
    text = describe(README, ADDRESS)
    assert RELATIVE.findall(text) == []
    linked = re.findall(rf"\]\({ADDRESS}/(?:blob|raw)/main/([^)#]+)\)", text)
    assert len(linked) == len(RELATIVE.findall(README))
    assert [target for target in linked if not (ROOT / target).exists()] == []
    assert f"({ADDRESS}/raw/main/docs/images/inbox.png)" in text


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_code_is_left_as_it_is(address: str) -> None:
    code = "```python\nfound[0](docs)\nlist[int](x)\n```\n"
    assert describe(code, address) == code
