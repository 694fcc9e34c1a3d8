"""The Chinese edition of a document, from its own Chinese texts and a file of translations beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from .document import Document, DocumentError, pointer_to
from .lint.rules import Problem
from .reading import is_list, is_object, mapping, text
from .shown import CHINESE, ENGLISH, flat, shown_catalogue, shown_codes, shown_payload, shown_payloads

_FOLDER = "translations"
# Values and facts for programs. A server's description becomes an identifier in some generated clients.
_DATA = frozenset({"value", "example", "enum", "x-error-codes", "x-error-families", "x-assumed", "servers"})
_SPACE = "\n\n"


@dataclass(slots=True)
class _Translator:
    texts: Mapping[str, str]
    used: set[str] = field(default_factory=set[str])
    missing: dict[str, str] = field(default_factory=dict[str, str])

    def translate(self, source: str, pointer: str, otherwise: str = "") -> str:
        """Each paragraph in Chinese; ``otherwise`` where there is no translation of all of them."""
        paragraphs = [flat(paragraph) for paragraph in source.split(_SPACE)]
        if otherwise and not all(paragraph in self.texts for paragraph in paragraphs):
            return otherwise
        return _SPACE.join(self._paragraph(paragraph, pointer) for paragraph in paragraphs)

    def _paragraph(self, source: str, pointer: str) -> str:
        if source not in self.texts:
            self.missing.setdefault(source, pointer)
            return source
        self.used.add(source)
        return self.texts[source]


def translations(document: Document) -> Path:
    """The file that holds a document's translations, whether or not it exists."""
    path = Path(document.path)
    return path.parent / _FOLDER / f"{path.stem}.zh-CN.yaml"


def to_chinese(document: Document) -> dict[str, object] | None:
    """The Chinese edition; None where the document has no file of translations."""
    path = translations(document)
    return _translated(document.data, _Translator(_read(path))) if path.is_file() else None


def check_translations(document: Document) -> Iterator[Problem]:
    """Texts without a translation, and translations of texts that the document no longer has."""
    path = translations(document)
    if not path.is_file():
        return
    own = _read(path)
    translator = _Translator(own)
    _translated(document.data, translator)
    for source, pointer in translator.missing.items():
        line, remedy = document.line(pointer), f"add it to {path} with its translation"
        message = f"“{source}” has no Chinese translation"
        yield Problem(document.path, line, pointer, "translation-missing", message, remedy)
    lines = path.read_text(encoding="utf-8").splitlines()
    for source in own:
        if source not in translator.used:
            line = next((number for number, line in enumerate(lines, 1) if source in line), 1)
            message = f"“{source}” is no longer in {document.path}"
            yield Problem(str(path), line, "#", "translation-unused", message, "take it out, or correct it")


def _read(path: Path) -> dict[str, str]:
    try:
        content: object = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel.yaml gives it no types
    except (YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        raise DocumentError(str(path), 1, "#", problem, "write one English text and its translation a line") from error
    return {str(source): str(translation) for source, translation in mapping(content).items()}


def _translated(data: Mapping[str, object], translator: _Translator) -> dict[str, object]:
    meanings = {
        flat(text(mapping(entry).get("meaning"))): text(mapping(entry).get("meaning_zh"))
        for entry in mapping(data.get("x-error-codes")).values()
    }
    translator.texts = {**meanings, **translator.texts}
    return {name: _node(data, value, pointer_to("#", name), name, translator) for name, value in data.items()}


def _node(data: Mapping[str, object], node: object, pointer: str, name: str, translator: _Translator) -> object:
    if name in _DATA:
        return node
    if is_list(node):
        return [_node(data, item, pointer_to(pointer, index), "", translator) for index, item in enumerate(node)]
    if not is_object(node):
        return node
    made: dict[str, object] = {}
    chinese = text(node.get("x-summary-zh"))
    for key, value in node.items():
        where = pointer_to(pointer, key)
        if key == "summary" and isinstance(value, str):
            made[key] = chinese or translator.translate(value, where)
        elif key == "description" and isinstance(value, str):
            made[key] = _description(data, node, value, where, translator)
        elif key == "x-enum-descriptions" and is_list(value):
            made[key] = [translator.translate(str(item), where) for item in value]
        elif key != "x-summary-zh":
            made[key] = _node(data, value, where, key, translator)
    return made


def _description(
    data: Mapping[str, object], node: Mapping[str, object], source: str, pointer: str, translator: _Translator
) -> str:
    otherwise = "" if "summary" in node else text(node.get("x-summary-zh"))
    paragraphs = source.strip().split(_SPACE)
    for english, chinese in _shown(data, node, lambda meaning: translator.translate(meaning, pointer)):
        if english and flat(source).endswith(flat(english)):
            kept = paragraphs[: -len(english.split(_SPACE))]
            return f"{translator.translate(_SPACE.join(kept), pointer, otherwise)}{_SPACE}{chinese}"
    return translator.translate(source.strip(), pointer, otherwise)


def _shown(
    data: Mapping[str, object], node: Mapping[str, object], say: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """What a description shows of the extensions, in English and in Chinese."""
    if "operationId" in node:
        yield shown_codes(data, node, ENGLISH), shown_codes(data, node, CHINESE)
        yield shown_payload(data, node, ENGLISH), shown_payload(data, node, CHINESE, say)
    elif "name" in node:
        tag = text(node["name"])
        yield shown_payloads(data, tag, ENGLISH), shown_payloads(data, tag, CHINESE, say)
        yield shown_catalogue(data, ENGLISH), shown_catalogue(data, CHINESE)
