"""What the documentation says of the contract: tables in Markdown, and the Chinese of pages made in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

_TRANSLATIONS: Final = Path("translations")
_LETTERS: Final = re.compile(r"[A-Za-z]{3}")
_CODE: Final = re.compile(r"`[^`]*`|\]\([^)]*\)")


def texts(root: Path, name: str) -> Mapping[str, Any]:
    """The translations of a page: ``translations/NAME.zh-CN.yaml``."""
    reader: Any = YAML(typ="safe", pure=True)
    content: Mapping[str, Any] = reader.load((root / _TRANSLATIONS / f"{name}.zh-CN.yaml").read_text(encoding="utf-8"))
    return content


def chinese_of(english: str, known: Mapping[str, Any]) -> str:
    """A page in Chinese; what has no translation stays English.

    Args:
        english: The page.
        known: ``prose`` has the Chinese of whole paragraphs, items, headings and heads of columns; ``cells`` that of
            parts of a table's cells.
    """
    prose: Mapping[str, str] = known["prose"]
    parts: Mapping[str, str] = known.get("cells", {})
    lines: list[str] = []
    for line in _joined(english):
        if line.startswith("|"):
            cells = [_cell(cell.strip(), prose, parts) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            lines.append(f"| {' | '.join(cells)} |")
        else:
            mark, text = re.fullmatch(r"(#* ?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr] # it always fits
            lines.append(mark + prose.get(text, text))
    return "\n".join(lines) + "\n"


def untranslated(chinese: str) -> list[str]:
    """The lines of prose of a page in which no Chinese is, though words are."""
    plain = (
        _CODE.sub("", line) for line in chinese.splitlines() if not line.startswith(("|", "#", "<!--", "```", "!"))
    )
    return [line for line in plain if _LETTERS.search(line) and not re.search(r"[\u4e00-\u9fff]", line)]


def _cell(cell: str, prose: Mapping[str, str], parts: Mapping[str, str]) -> str:
    if cell in prose:
        return prose[cell]
    for english, chinese in parts.items():
        cell = cell.replace(english, chinese)
    return cell


def _joined(english: str) -> list[str]:
    """The lines of a page; a paragraph or an item that goes on in the next line is one."""
    lines: list[str] = []
    for line in english.rstrip("\n").split("\n"):
        goes_on = lines and lines[-1] and line and not re.match(r"[|#`<!-]|\d+\. ", line)
        if goes_on and not lines[-1].startswith(("|", "#", "<", "```", "!")):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(" | ".join(["", *line, ""]).strip() for line in lines)
