"""Read an OpenAPI document from YAML or JSON: its plain data, and the line of each part."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from contract_tools.openapi import pointer_parts, pointer_to

# ruamel.yaml gives its nodes no types; this is how they call themselves.
_MAPPING, _SEQUENCE = "mapping", "sequence"
_TAG = "tag:yaml.org,2002:"
# What JSON may hold and YAML may not: JSON is read as YAML too, for its lines.
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_VERSION = re.compile(r"3\.[01](\.[0-9]+)?")
_SUCCESSOR = re.compile(r"3\.[2-9]")
_MOST_DIGITS = 100
# How many characters aliases may add to a document when each of them is written out.
_MOST_REPEATED = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A place that has to change."""

    rule: str  # the rule that it breaks, such as ``operation-id-unique``
    pointer: str  # where in the document, as a JSON pointer that begins with ``#``
    message: str
    remedy: str
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        """File, line, pointer, what is wrong and what to do, in one line."""
        return f"{self.path}:{self.line}: {self.pointer}: {self.message}. Fix: {self.remedy}."


class DocumentError(Exception):
    """A document that cannot be read at all."""

    def __init__(self, path: str, line: int, pointer: str, problem: str, remedy: str) -> None:
        super().__init__(str(Problem("document", pointer, problem, remedy, path, line)))
        self.path, self.line, self.pointer = path, line, pointer
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True, slots=True)
class Document:
    """An OpenAPI document."""

    path: str
    text: str
    data: dict[str, object]  # the document as JSON would hold it: every key is a text
    _root: Any = field(repr=False, compare=False)

    def line(self, pointer: str) -> int:
        """Find the line of a part, counted from 1; where it is missing, that of the nearest part around it."""
        return next((_line(key) for key, _ in reversed(self._way(pointer))), 1)

    def place(self, problem: Problem) -> Problem:
        """Say in which file and on which line a problem is."""
        return replace(problem, path=self.path, line=self.line(problem.pointer))

    def node(self, pointer: str) -> Any:
        """Find the node of YAML that a pointer leads to; None where there is none."""
        way = self._way(pointer)
        return way[-1][1] if way and len(way) == len(pointer_parts(pointer)) else None

    def _way(self, pointer: str) -> list[tuple[Any, Any]]:
        """Follow a pointer as far as it leads: the nodes with the place and the value of each part."""
        way: list[tuple[Any, Any]] = []
        for part in pointer_parts(pointer):
            found = _member(way[-1][1] if way else self._root, part)
            if found is None:
                break
            way.append(found)
        return way


def load(path: Path | str) -> Document:
    """Read a document from a YAML or JSON file; DocumentError where it is missing or no OpenAPI 3.0 or 3.1 document."""
    name = str(path)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        problem = "there is no such file" if is_missing else f"the file cannot be read ({error.strerror})"
        raise DocumentError(name, 1, "#", problem, "give the path of an OpenAPI document") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise DocumentError(name, line, "#", problem, "save the file as UTF-8") from error
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Read a document from a text; the name is shown in errors, and one that ends in ``.json`` must be JSON."""
    is_json = name.endswith(".json")
    try:
        from_json = _read_json(text, name) if is_json else None
        root = _compose(_as_yaml(text) if is_json else text, name)
        from_yaml = _Construction(name, len(text)).value(root, "#")
    except RecursionError as error:
        raise DocumentError(name, 1, "#", "the document is nested too deeply", "make it flatter") from error
    if root.id != _MAPPING:
        remedy = "begin with openapi: 3.1.0"
        raise DocumentError(name, 1, "#", "the document is not an object with named parts", remedy)
    data: Any = from_json if is_json else from_yaml
    document = Document(name, text, data, root)
    _check_version(document)
    return document


def _member(node: Any, name: str) -> tuple[Any, Any] | None:
    if node.id == _MAPPING:
        return next(((key, value) for key, value in node.value if key.value == name), None)
    if node.id == _SEQUENCE and name.isdecimal() and int(name) < len(node.value):
        return node.value[int(name)], node.value[int(name)]
    return None


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1


def _compose(text: str, name: str) -> Any:
    reader: Any = YAML(typ="safe", pure=True)
    try:
        root = reader.compose(text)
    except MarkedYAMLError as error:
        failure: Any = error
        mark = failure.problem_mark or failure.context_mark
        problem = " ".join(str(part) for part in (failure.context, failure.problem) if part)
        line, remedy = (mark.line + 1 if mark else 1), "correct the YAML; look at the lines above this one too"
        if "'\\t'" in problem:
            problem, remedy = "a tab is where YAML takes only spaces", "indent with spaces"
        raise DocumentError(name, line, "#", f"this is not YAML: {problem}", remedy) from error
    except ReaderError as error:
        failure = error
        position = int(failure.position)
        line, remedy = text.count("\n", 0, position) + 1, "take it out, or write it as an escape in double quotes"
        problem = f"character U+{ord(text[position]):04X} may not stand in YAML"
        raise DocumentError(name, line, "#", problem, remedy) from error
    except YAMLError as error:
        raise DocumentError(name, 1, "#", f"this is not YAML: {error}", "correct the YAML") from error
    if root is None:
        raise DocumentError(name, 1, "#", "the document is empty", "begin with openapi: 3.1.0")
    return root


def _read_json(text: str, name: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        problem = f"this is not JSON: {error.msg} at column {error.colno}"
        raise DocumentError(name, error.lineno, "#", problem, "correct the JSON, or name the file .yaml") from error
    except ValueError as error:  # of _refuse_constant
        line = next((number for number, row in enumerate(text.splitlines(), 1) if str(error) in row), 1)
        problem = f"{error} is not a number in JSON"
        raise DocumentError(name, line, "#", problem, "give a finite number") from error


def _as_yaml(text: str) -> str:
    # Each of them becomes a character of its own, so that two keys stay two keys.
    return _NOT_YAML.sub(lambda found: chr(0xE000 + ord(found[0]) % 0x1000), text.replace("\t", " "))


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _whole_number(digits: str) -> int:
    # A longer one is refused with its line, when the JSON is read as YAML.
    return int(digits) if len(digits) <= _MOST_DIGITS else 0


class _Construction:
    """Nodes of YAML to what JSON knows, refusing what JSON does not know."""

    def __init__(self, name: str, length: int) -> None:
        self._name = name
        reader: Any = YAML(typ="safe", pure=True)
        self._constructor = reader.constructor
        self._made: dict[int, object] = {}
        self._open: set[int] = set()
        # Characters of each node with its aliases written out, and how many the document may have.
        self._lengths: dict[int, int] = {}
        self._longest = length + _MOST_REPEATED

    def value(self, node: Any, pointer: str) -> object:
        """Build the value of a node; one that an alias repeats is made once."""
        if id(node) in self._open:
            raise self._error(node, pointer, "an alias is inside what it refers to", "write the part out")
        if id(node) not in self._made:
            self._open.add(id(node))
            self._made[id(node)] = self._new(node, pointer)
            self._lengths[id(node)] = self._length(node, pointer)
            self._open.discard(id(node))
        return self._made[id(node)]

    def _length(self, node: Any, pointer: str) -> int:
        if node.id == _MAPPING:
            length = sum(len(key.value) + self._lengths[id(value)] for key, value in node.value)
        elif node.id == _SEQUENCE:
            length = sum(self._lengths[id(item)] for item in node.value)
        else:
            length = len(node.value)
        if length >= self._longest:
            problem = f"the aliases (*) in this part make it {length:,} characters long when they are written out"
            raise self._error(node, pointer, problem, "refer with $ref to a part among the components instead")
        return length + 1

    def _new(self, node: Any, pointer: str) -> object:
        if node.id == _MAPPING:
            return {key: self.value(value, pointer_to(pointer, key)) for key, value in self._members(node, pointer)}
        if node.id == _SEQUENCE:
            return [self.value(item, pointer_to(pointer, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, pointer)

    def _members(self, node: Any, pointer: str) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key, value in node.value:
            if key.id in (_MAPPING, _SEQUENCE):
                raise self._error(key, pointer, "a key is not a text", "use a text as the key")
            if str(key.tag) == f"{_TAG}merge":
                raise self._error(key, pointer, "a merge key (<<) is no part of YAML 1.2", "write the parts out")
            name = _joined(str(key.value))
            if name in lines:
                problem = f"{name} is there twice, the first time on line {lines[name]}"
                raise self._error(key, pointer_to(pointer, name), problem, "keep one of the two")
            lines[name] = _line(key)
            yield name, value

    def _scalar(self, node: Any, pointer: str) -> object:
        kind = str(node.tag).removeprefix(_TAG)
        # A time without quotes is a text for JSON.
        if kind in ("str", "timestamp", "value"):
            return _joined(str(node.value))
        if kind not in ("null", "bool", "int", "float"):
            raise self._error(node, pointer, f"the YAML tag {node.tag} means nothing in JSON", "take it off")
        if len(node.value) > _MOST_DIGITS:
            problem = f"this number has {len(node.value):,} characters"
            raise self._error(node, pointer, problem, f"write at most {_MOST_DIGITS}, or put it in quotes as a text")
        value: object = self._constructor.construct_object(node)
        if isinstance(value, float) and not math.isfinite(value):
            raise self._error(node, pointer, f"{node.value} is not a number in JSON", "give a finite number")
        return value

    def _error(self, node: Any, pointer: str, problem: str, remedy: str) -> DocumentError:
        return DocumentError(self._name, _line(node), pointer, problem, remedy)


def _joined(text: str) -> str:
    # JSON writes a character beyond the 65,536th as two escapes.
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _check_version(document: Document) -> None:
    version = document.data.get("openapi")
    if isinstance(version, str) and _VERSION.fullmatch(version):
        return
    pointer, remedy = "#/openapi", "write openapi: 3.1.0"
    if "swagger" in document.data and version is None:
        problem, pointer = "this is Swagger 2, not OpenAPI 3", "#/swagger"
        remedy = "convert the document to OpenAPI 3.1"
    elif version is None:
        problem, pointer = "openapi is missing, so this is no OpenAPI document", "#"
        remedy = "begin the document with openapi: 3.1.0"
    elif isinstance(version, str) and _SUCCESSOR.match(version):
        problem = f"OpenAPI {version} is newer than what the generators read"
    else:
        problem = f"OpenAPI version {version!r} is none of 3.0 and 3.1"
        remedy = "write openapi: 3.1.0, as a text"
    raise DocumentError(document.path, document.line(pointer), pointer, problem, remedy)
