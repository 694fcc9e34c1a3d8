"""Chinese docstrings for the reference pages: an extension of Griffe, which reads the source for mkdocstrings."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import griffe

from documentation import require_translations, texts
from documentation.api import TRANSLATIONS, chinese_models, contract_summaries
from jsms_contract.errors import ERRORS
from website import REFERENCE, ROOT

_CODE: Final = re.compile(r"Code (\d{5}) \((\w+)\), HTTP (\d{3})\. .*")
_REFERENCE: Final = "reference"
_OPERATION: Final = "JSMS operation: "


class Translated(griffe.Extension):
    """Puts Chinese texts in place of the English ones, and keeps those without a translation."""

    def __init__(self, translations: Translations | None = None) -> None:
        self.missing: list[str] = []
        self._translations = translations or known()

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Translate the docstring of a module, class, function or attribute."""
        if obj.docstring is None:
            return
        for section in obj.docstring.parsed:
            if isinstance(section, griffe.DocstringSectionText):
                first, *rest = section.value.split("\n\n")
                own = " ".join(first.split()) in self._translations.texts
                chinese = (not own and self._translations.summary(obj)) or self._chinese(first)
                # The errors of the contract say it in both languages.
                section.value = "\n\n".join([chinese, *(self._chinese(part) for part in rest if part != chinese)])
            else:
                for item in _elements(section):
                    item.description = self._chinese(item.description)

    def _chinese(self, english: str) -> str:
        if not english.strip() or english.startswith("```"):
            return english
        found = self._translations.paragraph(english)
        if found is None:
            self.missing.append(" ".join(english.split()))
        return found or english


def require_reference(translations: Translations | None = None) -> None:
    """End the command when a text on the reference's pages has no translation; the message has each and the file."""
    loader = griffe.GriffeLoader(
        search_paths=[ROOT / name for name in ("overlay", "generated", "sandbox")], docstring_parser="google"
    )
    names = [name for make in REFERENCE.values() for name in re.findall("^::: ([^ \n]+)", make(True), re.MULTILINE)]
    for package in sorted({name.partition(".")[0] for name in names}):
        loader.load(package)
    extension, seen = Translated(translations), set[str]()
    for name in names:
        found = loader.modules_collection[name]
        for each in _with_members(found.final_target if isinstance(found, griffe.Alias) else found):
            if each.path not in seen:
                seen.add(each.path)
                extension.on_object(obj=each)
    require_translations(_REFERENCE, extension.missing)


def _with_members(found: griffe.Object) -> Iterator[griffe.Object]:
    yield found
    for name, member in (found.all_members if found.is_class else found.members).items():
        target = member.final_target if isinstance(member, griffe.Alias) and found.is_class else member
        if not name.startswith("_") and isinstance(target, griffe.Object):
            yield from _with_members(target)


@dataclass(frozen=True, slots=True)
class Translations:
    """What is known in Chinese."""

    names: Mapping[str, str]  # the contract's summary of a class, a resource and of resource.method
    texts: Mapping[str, str]  # a summary, a paragraph, or sentences of one, by its English
    templates: Mapping[str, str]  # regular expressions of sentences that name a field, a model or a limit

    def paragraph(self, english: str) -> str | None:
        """Translate a paragraph into Chinese; None where part of it is not known."""
        text = " ".join(english.split())
        if code := _CODE.fullmatch(text):
            return _remedy(int(code[1]), code[2], code[3])
        if text.startswith(_OPERATION):
            return f"JSMS 接口：{text.removeprefix(_OPERATION)}"
        if (found := self._sentence(text)) is not None:
            return found
        for end in re.finditer(r"\. (?=[A-Z])", text):
            begin, rest = text[: end.start() + 1], text[end.end() :]
            if (first := self._sentence(begin)) is not None and (following := self.paragraph(rest)):
                return first + following
        return None

    def _sentence(self, english: str) -> str | None:
        # The docstring of what the contract describes without a full stop has one.
        for text, end in ((english, ""), (english.removesuffix("."), "。")):
            if text in self.texts:
                return self.texts[text].removesuffix(end) + end
        for template, chinese in self.templates.items():
            if found := re.fullmatch(template, english):
                return found.expand(chinese)
        return None

    def summary(self, obj: griffe.Object) -> str | None:
        """Find the contract's summary of a class or a call."""
        owner = obj.parent.name.removeprefix("Async") if obj.parent is not None and obj.parent.is_class else ""
        return self.names.get(f"{owner.lower()}.{obj.name}" if owner else obj.name.removeprefix("Async"))


def _elements(section: griffe.DocstringSection) -> Sequence[griffe.DocstringElement]:
    """List the arguments, attributes, exceptions … of a section that has them."""
    match section:
        case griffe.DocstringSectionParameters() | griffe.DocstringSectionAttributes():
            return section.value
        case griffe.DocstringSectionRaises() | griffe.DocstringSectionReturns() | griffe.DocstringSectionYields():
            return section.value
        case _:
            return ()


@functools.cache
def known() -> Translations:
    """Read the translations of the project."""
    reference = texts(ROOT, _REFERENCE)
    return Translations(
        contract_summaries(),
        {**chinese_models(), **texts(ROOT, "openapi"), **texts(ROOT, TRANSLATIONS), **reference["texts"]},
        reference["templates"],
    )


def _remedy(code: int, name: str, status: str) -> str | None:
    info = ERRORS[code].info if code in ERRORS else None
    return f"错误码 {code}（{name}），HTTP {status}。{info.remedy_zh}" if info else None
