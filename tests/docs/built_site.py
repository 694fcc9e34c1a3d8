"""The pages, links and anchors of a built site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ADDRESSES = {"a": "href", "link": "href", "script": "src", "img": "src"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.addresses: list[tuple[str, str]] = []
        self.language = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = known.get("lang", "")
        self.ids |= {known[name] for name in ("id", "name") if name in known}
        if (address := known.get(_ADDRESSES.get(tag, ""))) is not None:
            self.addresses.append((tag, address))


@dataclass(frozen=True)
class HTMLPage:
    """One page."""

    path: Path
    language: str
    ids: frozenset[str]
    addresses: tuple[tuple[str, str], ...]


@dataclass
class Site:
    """All pages of a site."""

    folder: Path

    @cached_property
    def pages(self) -> dict[Path, HTMLPage]:
        return {path: _read(path) for path in sorted(self.folder.rglob("*.html"))}

    def links(self) -> Iterator[tuple[HTMLPage, str, str]]:
        """Yield each address on each page: the page, the tag and the address."""
        for page in self.pages.values():
            for tag, address in page.addresses:
                yield page, tag, address

    def target(self, page: HTMLPage, address: str) -> tuple[Path, str] | None:
        """Return the file and the anchor that an address leads to; None where it leads out of the site."""
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return None
        path = page.path if not parts.path else (page.path.parent / unquote(parts.path)).resolve()
        return (path / "index.html" if path.is_dir() else path), unquote(parts.fragment)


def _read(path: Path) -> HTMLPage:
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return HTMLPage(path.resolve(), reader.language, frozenset(reader.ids), tuple(reader.addresses))
