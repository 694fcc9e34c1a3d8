"""What the documentation says of the contract: tables in Markdown, and the Chinese of pages made in English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

_TRANSLATIONS: Final = Path("translations")
_LETTER: Final = re.compile(r"[A-Za-z]")
_LETTERS: Final = re.compile(r"[A-Za-z]{3}")
_NAME: Final = re.compile(r"--[a-z-]+|[A-Za-z]*[A-Z.][A-Za-z.]*")
_CODE: Final = re.compile(r"`[^`]*`|\]\([^)]*\)")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(" | ".join(["", *line, ""]).strip() for line in lines)


def between(content: str, first: str, last: str, made: str, path: Path) -> str:
    """Replace the text between two marks of a file; end the command where a mark is missing."""
    before, begin, rest = content.partition(first)
    _, end, after = rest.partition(last)
    if not end:
        raise SystemExit(f"{path} has lost the marks {first.strip()} and {last.strip()}.")
    return f"{before}{begin}{made}{end}{after}"


def texts(root: Path, name: str) -> Mapping[str, Any]:
    """Read the translations of a page: ``translations/NAME.zh-CN.yaml``."""
    reader: Any = YAML(typ="safe", pure=True)
    content: Mapping[str, Any] = reader.load((root / _TRANSLATIONS / f"{name}.zh-CN.yaml").read_text(encoding="utf-8"))
    return content


def chinese_of(english: str, root: Path, name: str, more: Mapping[str, str] | None = None) -> str:
    """Translate a page into Chinese; end the command where translations and page are out of step.

    Of the translations, ``prose`` has the Chinese of whole paragraphs, items, headings and cells, ``cells`` that of
    parts of a cell, and ``templates`` that of paragraphs that match a regular expression. Code stays as it is.

    Args:
        english: The page in Markdown.
        root: The folder of the project with the translations.
        name: The translations' name, as `texts` takes it.
        more: Chinese that is known from elsewhere, by its English.
    """
    known = texts(root, name)
    prose: Mapping[str, str] = known["prose"]
    parts: Mapping[str, str] = known.get("cells", {})
    templates: Mapping[str, str] = known.get("templates", {})
    used: set[str] = set()
    missing: list[str] = []
    lines: list[str] = []

    def say(text: str) -> str:
        if text in prose:
            used.add(text)
            return prose[text]
        if more and text in more:
            return more[text]
        for template, chinese in templates.items():
            if found := re.fullmatch(template, text):
                used.add(template)
                return found.expand(chinese)
        made = rest = text
        for part in (part for part in parts if part in text):
            used.add(part)
            made = made.replace(part, parts[part])
            rest = rest.replace(part, _LETTER.sub("", part))
        if _has_english(rest):
            missing.append(text)
        return made

    for line in _joined(english):
        if line.startswith("|"):
            cells = [say(cell.strip()) for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
            lines.append(f"| {' | '.join(cells)} |")
        elif line.startswith(("<!--", "```")):
            lines.append(line)
        else:
            text = line.lstrip("#").removeprefix(" ")
            lines.append(line.removesuffix(text) + say(text))
    require_translations(name, missing, [text for text in (*prose, *parts, *templates) if text not in used])
    return "\n".join(lines) + "\n"


def require_translations(name: str, missing: Iterable[str], unused: Iterable[str] = ()) -> None:
    """End the command when texts and translations are out of step; the message has each, the file, and what to do."""
    path = (_TRANSLATIONS / f"{name}.zh-CN.yaml").as_posix()
    found = [f"“{text}” has no Chinese translation. Fix: add it to {path}." for text in dict.fromkeys(missing)]
    found += [f"“{text}” is in {path}, but no longer in its page. Fix: correct it, or take it out." for text in unused]
    if found:
        raise SystemExit("\n".join(found))


def _has_english(text: str) -> bool:
    """Say whether a text has words outside code, and is not the name of an operation, a field or an option."""
    plain = _CODE.sub("", text)
    return bool(_LETTERS.search(plain)) and not _NAME.fullmatch(plain)


def _joined(english: str) -> list[str]:
    """Split a page into lines; a paragraph or an item that goes on in the next line is one, as is a block of code."""
    lines: list[str] = []
    for line in english.rstrip("\n").split("\n"):
        if lines and lines[-1].startswith("```") and not lines[-1].endswith("\n```"):
            lines[-1] += f"\n{line}"
            continue
        goes_on = lines and lines[-1] and line and not re.match(r"[|#!]|```|<!--|- |\d+\. ", line)
        if goes_on and not lines[-1].startswith(("|", "#", "<", "```", "!")):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    return lines
