"""Which pages there are, in which order, and where their text is."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from . import reference

ROOT: Final = Path(__file__).resolve().parents[2]
ENGLISH, CHINESE = "en", "zh-CN"
LANGUAGES: Final = (ENGLISH, CHINESE)
OTHER_SECTION: Final[Mapping[str, str]] = {ENGLISH: "More", CHINESE: "其他"}
"""What pages stand under that no section names."""
_ELSEWHERE: Final[Mapping[str, str]] = {
    "index": "README",
    "architecture": "ARCHITECTURE",
    "changelog": "CHANGELOG",
    "contributing": "CONTRIBUTING",
    "security": "SECURITY",
}
"""Pages that stand at the top of the project, where people and tools look for them."""
ENGLISH_ONLY: Final = frozenset({"changelog"})
"""Pages without a Chinese text: the Chinese site has the English one."""


@dataclass(frozen=True, slots=True)
class Section:
    """Pages under one title."""

    title: str
    pages: Sequence[str]


def source(name: str, language: str, root: Path = ROOT) -> Path:
    """The file that holds a page's text in a language, whether it exists or not."""
    suffix = "" if language == ENGLISH or name in ENGLISH_ONLY else f".{language}"
    if name in _ELSEWHERE:
        return root / f"{_ELSEWHERE[name]}{suffix}.md"
    return root / "docs" / f"{name}{suffix}.md"


def sections(language: str, root: Path = ROOT) -> list[Section]:
    """Every section with its pages; those of docs/ that no section names stand in one of their own."""
    known = [Section(titles[language], pages) for titles, pages in _read(root)]
    named = {page for section in known for page in section.pages}
    rest = [name for name in written(root) if name not in named]
    return [*known, *([Section(OTHER_SECTION[language], rest)] if rest else [])]


def written(root: Path = ROOT) -> list[str]:
    """The name of every page that somebody wrote."""
    inside = [path.stem for path in sorted((root / "docs").glob("*.md")) if not path.stem.endswith(f".{CHINESE}")]
    return [*inside, *(name for name in _ELSEWHERE if source(name, ENGLISH, root).exists())]


def by_source(root: Path = ROOT) -> dict[Path, str]:
    """The page of each file, in both languages."""
    names = written(root)
    return {source(name, language, root): name for name in names for language in reversed(LANGUAGES)}


def missing(root: Path = ROOT) -> Iterator[str]:
    """What is not complete, as sentences."""
    named = [page for _, pages in _read(root) for page in pages]
    names = written(root)
    yield from (f"docs/site.toml names {page} twice." for page in sorted(set(named)) if named.count(page) > 1)
    yield from (f"docs/site.toml does not name {name}." for name in names if name not in named)
    yield from (
        f"docs/site.toml names {page}, which is not there."
        for page in named
        if page not in names and page not in reference.PAGES
    )
    for name in names:
        if not source(name, CHINESE, root).exists():
            yield f"{source(name, CHINESE, root).relative_to(root)} is missing."


def _read(root: Path) -> list[tuple[Mapping[str, str], list[str]]]:
    content = tomllib.loads((root / "docs" / "site.toml").read_text(encoding="utf-8"))
    return [
        (cast("Mapping[str, str]", section["title"]), cast("list[str]", section["pages"]))
        for section in content["sections"]
    ]
