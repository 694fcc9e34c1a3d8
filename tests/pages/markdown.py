"""Read Markdown, as far as the tests need it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
_FENCE = re.compile(r'^ *```(\w*)(?: title="([^"]*)")?\n(.*?)^ *```$', re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"\s*(?:^|(?<=\s))#.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code, the line that it begins on, and the title above it."""

    language: str
    code: str
    line: int
    title: str = ""

    def without_comments(self) -> str:
        """Return the code without its comments."""
        return _COMMENT.sub("", self.code)


def blocks(page: Path) -> list[Block]:
    """List the blocks of code of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[3], text[: found.start(3)].count("\n") + 1, found[2] or "")
        for found in _FENCE.finditer(text)
    ]


def in_both_languages(name: str) -> tuple[Path, Path]:
    """Return a page of docs/ in English and in Chinese."""
    return ROOT / "docs" / f"{name}.md", ROOT / "docs" / f"{name}.zh-CN.md"


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def headings(page: Path) -> list[int]:
    """Return the level of each heading."""
    return [len(found[1]) for found in re.finditer(r"^(#+) ", prose(page), re.MULTILINE)]


def table_rows(page: Path) -> list[int]:
    """Return the number of columns of each row of each table."""
    return [line.count("|") for line in prose(page).splitlines() if line.startswith("|")]
