"""The pages of one language as the site's builder takes them: every link leads to another page or to the repository."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from .pages import CHINESE, ROOT, by_source, source, written
from .reference import PAGES

_TOKEN: Final = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)[ \t]*$"  # a block of code
    r"|(?P<ticks>`+)[^`]+?(?P=ticks)"  # code in a line
    r"|(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)",  # a link
    re.DOTALL | re.MULTILINE,
)
# The site has a switch for that.
_TWIN: Final = re.compile(
    r"\s(?:中文说明：|English: )\[[^\]]*\]\([^)]*\)\.|^\[(?:简体中文|English)\]\([^)]*\)\n", re.MULTILINE
)
_WIDE: Final = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_GOES_ON: Final = re.compile(rf"^(?!#).*{_WIDE}\Z", re.DOTALL)
_FOLLOWS: Final = re.compile(rf" *{_WIDE}")
_MADE_BY: Final = re.compile(r"\A<!--.*?-->\n", re.DOTALL)


def stage(folder: Path, language: str, repository: str, root: Path = ROOT) -> list[str]:
    """Write the pages of a language into a folder.

    Args:
        folder: Where to; made if need be.
        language: One of `LANGUAGES`.
        repository: Address of the source repository; empty where there is none, and links to its files become text.
        root: The project.

    Returns:
        The name of each page.
    """
    names = [*written(root), *PAGES]
    for name in written(root):
        text = source(name, language, root)
        if not text.exists():
            text = source(name, "en", root)
        content = _TWIN.sub("", _MADE_BY.sub("", text.read_text(encoding="utf-8")))
        content = relink(content, text, repository, root)
        _write(folder / f"{name}.md", joined(content) if language == CHINESE else content)
    for name, make in PAGES.items():
        _write(folder / f"{name}.md", make(language == CHINESE))
    shutil.copytree(root / "docs" / "images", folder / "images", dirs_exist_ok=True)
    return names


def relink(content: str, page: Path, repository: str, root: Path = ROOT) -> str:
    """A page's text with its links as the site needs them.

    Args:
        content: The text.
        page: The file that it is from.
        repository: Address of the source repository, or nothing.
        root: The project.
    """
    pages = by_source(root)

    def one(found: re.Match[str]) -> str:
        image, text, target = found["image"], found["text"], found["target"]
        if target is None:
            return found[0]
        path, mark, anchor = target.partition("#")
        if not path or re.match(r"[a-z]+:", target):
            return found[0]
        file = Path(os.path.normpath(page.parent / path))
        if file in pages:
            return f"{image}[{text}]({pages[file]}.md{mark}{anchor})"
        if file.is_relative_to(root / "docs" / "images"):
            return f"{image}[{text}]({file.relative_to(root / 'docs').as_posix()})"
        if not repository:
            return text
        return f"{image}[{text}]({repository.rstrip('/')}/blob/main/{file.relative_to(root).as_posix()}{mark}{anchor})"

    return _TOKEN.sub(one, content)


def joined(content: str) -> str:
    """Chinese text without the spaces that a browser makes of the ends of lines."""
    lines: list[str] = []
    for line in content.split("\n"):
        if lines and _GOES_ON.match(lines[-1]) and _FOLLOWS.match(line):
            lines[-1] += line.lstrip()
        else:
            lines.append(line)
    return "\n".join(lines)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
