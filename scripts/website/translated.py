"""Chinese docstrings for the reference pages: an extension of Griffe, which reads the source for mkdocstrings."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import griffe

from documentation import texts
from documentation.api import chinese_summaries
from jsms_contract.errors import ERRORS

_ROOT: Final = Path(__file__).resolve().parents[2]
_CODE: Final = re.compile(r"Code (\d{5}) \((\w+)\), HTTP (\d{3})\. .*")
_OPERATION: Final = "JSMS operation: "


class Translated(griffe.Extension):
    """Puts Chinese texts in place of the English ones that have a translation; the others stay."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Translate the docstring of a module, class, function or attribute."""
        if obj.docstring is None:
            return
        chinese = _translations()
        for section in obj.docstring.parsed:
            if isinstance(section, griffe.DocstringSectionText):
                summary = chinese.names.get(_name(obj))
                parts = section.value.split("\n\n")
                rest = [chinese.paragraph(part) or part for part in parts[bool(summary) :] if part != summary]
                section.value = "\n\n".join([summary, *rest] if summary else rest)
            else:
                for item in _elements(section):
                    item.description = chinese.paragraph(item.description) or item.description


@dataclass(frozen=True, slots=True)
class Translations:
    """What is known in Chinese.

    Attributes:
        names: The summary of a name, of Class.member and of resource.method.
        texts: A paragraph, or sentences of one.
    """

    names: Mapping[str, str]
    texts: Mapping[str, str]

    def paragraph(self, english: str) -> str | None:
        """A paragraph in Chinese; None where part of it is not known."""
        text = " ".join(english.split())
        if code := _CODE.fullmatch(text):
            return _remedy(int(code[1]), code[2], code[3])
        if text.startswith(_OPERATION):
            return f"JSMS 接口：{text.removeprefix(_OPERATION)}"
        if text in self.texts:
            return self.texts[text]
        for end in re.finditer(r"\. (?=[A-Z])", text):
            begin, rest = text[: end.start() + 1], text[end.end() :]
            if begin in self.texts and (following := self.paragraph(rest)):
                return self.texts[begin] + following
        return None


def _elements(section: griffe.DocstringSection) -> Sequence[griffe.DocstringElement]:
    """The arguments, attributes, exceptions … of a section that lists them."""
    match section:
        case griffe.DocstringSectionParameters() | griffe.DocstringSectionAttributes():
            return section.value
        case griffe.DocstringSectionRaises() | griffe.DocstringSectionReturns() | griffe.DocstringSectionYields():
            return section.value
        case _:
            return ()


@functools.cache
def _translations() -> Translations:
    reference = texts(_ROOT, "reference")
    known: Mapping[str, str] = {**texts(_ROOT, "openapi"), **reference["texts"]}
    return Translations({**chinese_summaries(_ROOT), **reference["names"]}, known)


def _name(obj: griffe.Object) -> str:
    """The name that its summary has in the translations."""
    owner = obj.parent.name if obj.parent is not None and obj.parent.is_class else ""
    if not owner:
        return obj.name
    both = owner.removeprefix("Async")
    names = (f"{owner}.{obj.name}", f"{both}.{obj.name}", f"{both.lower()}.{obj.name}", obj.name)
    return next((name for name in names if name in _translations().names), obj.name)


def _remedy(code: int, name: str, status: str) -> str | None:
    info = ERRORS[code].info if code in ERRORS else None
    return f"错误码 {code}（{name}），HTTP {status}。{info.remedy_zh}" if info else None
