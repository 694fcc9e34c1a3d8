"""A document in another form: in Chinese, as OpenAPI 3.0.3 for tools that read nothing newer, and as YAML."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from contract_tools.derived_descriptions import (
    CHINESE,
    ENGLISH,
    flat,
    shown_catalogue,
    shown_codes,
    shown_payload,
    shown_payloads,
)
from contract_tools.document import Document, DocumentError, Problem
from contract_tools.openapi import is_list, is_object, mapping, nodes, pointer_to, sequence, text

_FOLDER = "translations"
# Values and facts for programs. A server's description becomes an identifier in some generated clients.
_DATA = frozenset({"value", "example", "enum", "x-error-codes", "x-error-families", "x-assumed", "servers"})
_SPACE = "\n\n"


def translations(document: Document) -> Path:
    """Name the file that holds a document's translations, whether or not it exists."""
    path = Path(document.path)
    return path.parent / _FOLDER / f"{path.stem}.zh-CN.yaml"


def to_chinese(document: Document) -> dict[str, object] | None:
    """Make the Chinese edition; None where the document has no file of translations."""
    path = translations(document)
    return _Translation(document.data, _read(path)).edition if path.is_file() else None


def check_translations(document: Document) -> Iterator[Problem]:
    """Find texts without a translation, and translations of texts that the document no longer has."""
    path = translations(document)
    if not path.is_file():
        return
    own = _read(path)
    translation = _Translation(document.data, own)
    for source, pointer in translation.missing.items():
        message, remedy = f"“{source}” has no Chinese translation", f"add it to {path} with its translation"
        if not source.strip():
            message, remedy = "the text is empty, and can have no translation", "write the text, or take the key out"
        yield document.place(Problem("translation-missing", pointer, message, remedy))
    lines = path.read_text(encoding="utf-8").splitlines()
    for source in own:
        if source not in translation.used:
            line = next((number for number, line in enumerate(lines, 1) if source in line), 1)
            message, remedy = f"“{source}” is no longer in {document.path}", "take it out, or correct it"
            yield Problem("translation-unused", "#", message, remedy, str(path), line)


def _read(path: Path) -> dict[str, str]:
    try:
        content: object = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel.yaml gives it no types
    except (YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        raise DocumentError(str(path), 1, "#", problem, "write one English text and its translation a line") from error
    return {str(source): str(translation) for source, translation in mapping(content).items()}


class _Translation:
    """The Chinese edition of a document, the translations that it uses, and the texts that have none."""

    def __init__(self, data: Mapping[str, object], texts: Mapping[str, str]) -> None:
        codes = [mapping(entry) for entry in mapping(data.get("x-error-codes")).values()]
        meanings = {flat(text(entry.get("meaning"))): text(entry.get("meaning_zh")) for entry in codes}
        self._data, self._texts = data, {**meanings, **texts}
        self.used: set[str] = set()
        self.missing: dict[str, str] = {}  # with where each was found first
        self.edition = {name: self._node(value, pointer_to("#", name), name) for name, value in data.items()}

    def _node(self, node: object, pointer: str, name: str) -> object:
        if name in _DATA:
            return node
        if is_list(node):
            return [self._node(item, pointer_to(pointer, index), "") for index, item in enumerate(node)]
        if not is_object(node):
            return node
        made: dict[str, object] = {}
        chinese = text(node.get("x-summary-zh"))
        for key, value in node.items():
            where = pointer_to(pointer, key)
            if key == "summary" and isinstance(value, str):
                made[key] = chinese or self._translate(value, where)
            elif key == "description" and isinstance(value, str):
                made[key] = self._description(node, value, where)
            elif key == "x-enum-descriptions" and is_list(value):
                made[key] = [self._translate(str(item), where) for item in value]
            elif key != "x-summary-zh":
                made[key] = self._node(value, where, key)
        return made

    def _description(self, node: Mapping[str, object], source: str, pointer: str) -> str:
        otherwise = "" if "summary" in node else text(node.get("x-summary-zh"))
        paragraphs = source.strip().split(_SPACE)
        for english, chinese in self._shown(node, lambda meaning: self._translate(meaning, pointer)):
            if english and flat(source).endswith(flat(english)):
                kept = _SPACE.join(paragraphs[: -len(english.split(_SPACE))])
                return f"{self._translate(kept, pointer, otherwise)}{_SPACE}{chinese}"
        return self._translate(source.strip(), pointer, otherwise)

    def _shown(self, node: Mapping[str, object], say: Callable[[str], str]) -> Iterator[tuple[str, str]]:
        """Yield what a description shows of the extensions, in English and in Chinese."""
        data = self._data
        if "operationId" in node:
            yield shown_codes(data, node, ENGLISH), shown_codes(data, node, CHINESE)
            yield shown_payload(data, node, ENGLISH), shown_payload(data, node, CHINESE, say)
        elif "name" in node:
            tag = text(node["name"])
            yield shown_payloads(data, tag, ENGLISH), shown_payloads(data, tag, CHINESE, say)
            yield shown_catalogue(data, ENGLISH), shown_catalogue(data, CHINESE)

    def _translate(self, source: str, pointer: str, otherwise: str = "") -> str:
        """Translate each paragraph; return ``otherwise`` where there is no translation of all of them."""
        paragraphs = [flat(paragraph) for paragraph in source.split(_SPACE)]
        missing = [paragraph for paragraph in paragraphs if paragraph not in self._texts]
        if otherwise and missing:
            return otherwise
        for paragraph in missing:
            self.missing.setdefault(paragraph, pointer)
        self.used |= {*paragraphs} - {*missing}
        return _SPACE.join(self._texts.get(paragraph, paragraph) for paragraph in paragraphs)


# A single licence; an expression such as "MIT OR Apache-2.0" has no page of its own.
_SPDX_NAME = re.compile(r"[A-Za-z0-9.+-]+")
# What 3.0 does not know stays readable for people, and is passed over by tools.
_RENAMED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "document": {"webhooks": "x-webhooks", "jsonSchemaDialect": "x-jsonSchemaDialect"},
        "info": {"summary": "x-summary"},
        "components": {"pathItems": "x-pathItems"},
        "schema": {"$comment": "x-comment"},
    }
)
# A limit that takes no value of its own in 3.0, the limit beside it, and which of the two counts.
_LIMITS = {"exclusiveMinimum": ("minimum", max), "exclusiveMaximum": ("maximum", min)}
_Part = dict[str, object]


def to_3_0_3(data: Mapping[str, object]) -> _Part:
    """Convert a document that the linter accepts to OpenAPI 3.0.3; one that is 3.0 already is only copied."""
    made: _Part = json.loads(json.dumps(data))
    if not str(data.get("openapi")).startswith("3.1"):
        return made
    for node in nodes(made):  # each part is yielded before what is inside it is looked at
        part, renamed = cast("_Part", node.value), _RENAMED.get(node.kind, {})
        members = {renamed.get(name, name): value for name, value in part.items()}
        part.clear()
        part |= _CHANGES[node.kind](members) if node.kind in _CHANGES else members
    return made


def _document(part: _Part) -> _Part:
    part["openapi"] = "3.0.3"
    part.setdefault("paths", {})
    return part


def _info(part: _Part) -> _Part:
    licence = dict(mapping(part.get("license")))
    if identifier := text(licence.pop("identifier", None)):
        has_page = _SPDX_NAME.fullmatch(identifier)
        licence |= {"url": f"https://spdx.org/licenses/{identifier}.html"} if has_page else {"x-identifier": identifier}
        part["license"] = licence
    return part


def _path_item(part: _Part) -> _Part:
    reference = text(part.get("$ref")).replace("#/components/pathItems/", "#/components/x-pathItems/")
    return part | {"$ref": reference} if reference else part


def _operation(part: _Part) -> _Part:
    return part if "responses" in part else part | {"responses": {"default": {"description": "Any response."}}}


def _schema(part: _Part) -> _Part:
    made: _Part = {}
    for name, value in part.items():
        kinds = sequence(value) if name == "type" else ()
        if kinds:
            made["type"] = next((kind for kind in kinds if kind != "null"), "object")
            if "null" in kinds:
                made["nullable"] = True
        elif name == "examples":
            if examples := sequence(value):
                made.setdefault("example", part.get("example", examples[0]))
        elif name in _LIMITS and isinstance(value, int | float):
            other, narrower = _LIMITS[name]
            beside = part.get(other)
            # Where both limits stand, the narrower one of the two counts.
            made[other] = narrower(value, beside) if isinstance(beside, int | float) else value
            if made[other] == value:
                made[name] = True
        else:
            made.setdefault(name, value)  # a limit that was made of another one stays
    return made


_CHANGES: Mapping[str, Callable[[_Part], _Part]] = MappingProxyType(
    {"document": _document, "info": _info, "path_item": _path_item, "operation": _operation, "schema": _schema}
)


# What a reader of YAML 1.1 would take for a boolean, a number or a date.
_NOT_PLAIN = re.compile(r"(?i)(y|n|yes|no|on|off|true|false|null|~|[-+.:\d].*)?")


def as_yaml(data: Mapping[str, object]) -> str:
    """Write the document as YAML that YAML 1.1 and 1.2 read the same way."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 1_000_000  # folding leaves a space at the end of a line
    stream = io.StringIO()
    yaml.dump(_styled(data), stream)  # pyright: ignore[reportUnknownMemberType] - ruamel.yaml gives it no types
    return stream.getvalue()


def _styled(node: object) -> object:
    """Give the texts of a value the style that they need; in a copy, because shared objects would become aliases."""
    if is_object(node):
        return {_styled(key): _styled(value) for key, value in node.items()}
    if is_list(node):
        return [_styled(item) for item in node]
    if isinstance(node, str) and "\n" in node:
        return LiteralScalarString(node)
    if isinstance(node, str) and _NOT_PLAIN.fullmatch(node):
        return DoubleQuotedScalarString(node)
    return node
