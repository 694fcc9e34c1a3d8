"""The parts of descriptions that follow from the rest of a document: lists of codes, tables of codes and fields."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from contract_tools.document import Document, DocumentError, parse
from contract_tools.openapi import (
    callbacks,
    follow,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    pointer_to,
    schemas,
    sequence,
    text,
    whole,
)
from contract_tools.python_source import LINE_LENGTH


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    meaning: str
    codes: str
    recipient_codes: str
    status: str
    separator: str
    comma: str
    end: str
    after_end: str
    payload: str
    payload_head: tuple[str, ...]
    null: str
    code_head: tuple[str, ...]


ENGLISH = Words(
    meaning="meaning",
    codes="Error codes: ",
    recipient_codes="For a single recipient: ",
    status="HTTP {}: ",
    separator="; ",
    comma=", ",
    end=".",
    after_end=" ",
    payload="With type {}, data is a JSON text with these fields:",
    payload_head=("field", "type", "meaning"),
    null=" or null",
    code_head=("code, HTTP status and message", "meaning"),
)
CHINESE = Words(
    meaning="meaning_zh",
    codes="返回码：",
    recipient_codes="单个接收者的返回码：",
    status="HTTP {}：",
    separator="；",
    comma="、",
    end="。",
    after_end="",
    payload="type 为 {} 时，data 为 JSON 文本，字段如下：",
    payload_head=("字段", "类型", "含义"),
    null="或 null",
    code_head=("返回码、HTTP 状态与消息", "含义"),
)


def shown_codes(data: Mapping[str, object], operation: Mapping[str, object], words: Words) -> str:
    """Write the paragraph that lists the codes of an operation by HTTP status; empty where it has none."""
    catalogue = mapping(data.get("x-error-codes"))
    by_status: dict[str, list[str]] = {}
    for code in sequence(operation.get("x-error-codes")):
        by_status.setdefault(str(mapping(catalogue.get(str(code))).get("http_status")), []).append(str(code))
    statuses = (words.status.format(status) + words.comma.join(by_status[status]) for status in sorted(by_status))
    recipients = words.comma.join(map(str, sequence(operation.get("x-recipient-error-codes"))))
    listed = ((words.codes, words.separator.join(statuses)), (words.recipient_codes, recipients))
    return words.after_end.join(f"{prefix}{codes}{words.end}" for prefix, codes in listed if codes)


def shown_payload(
    data: Mapping[str, object],
    callback: Mapping[str, object],
    words: Words,
    say: Callable[[str], str] = str,
) -> str:
    """Write the table of the fields in a callback's ``data``; empty where the document does not name them."""
    kind, name = _payload(data, callback)
    schema = mapping(schemas(data).get(name))
    if not schema:
        return ""
    rows = (
        (name, _type(mapping(field), words), say(text(mapping(field).get("description"))))
        for name, field in mapping(schema.get("properties")).items()
    )
    return f"{words.payload.format(kind)}\n\n{_table(words.payload_head, rows)}"


def shown_payloads(data: Mapping[str, object], tag: str, words: Words, say: Callable[[str], str] = str) -> str:
    """Write the tables of all callbacks of a tag: some renderers show the tag, and no callback."""
    posted = (callback for _, _, callback in callbacks(data) if tag in sequence(callback.get("tags")))
    return "\n\n".join(filter(None, (shown_payload(data, callback, words, say) for callback in posted)))


def shown_catalogue(data: Mapping[str, object], words: Words) -> str:
    """Write the table of all codes."""
    rows = (
        (
            f"{code}, HTTP {mapping(entry).get('http_status')}: {mapping(entry).get('message')}",
            text(mapping(entry).get(words.meaning)),
        )
        for code, entry in mapping(data.get("x-error-codes")).items()
    )
    return _table(words.code_head, rows)


def flat(description: str) -> str:
    """Join the lines of a description: where they are folded is no difference."""
    return " ".join(description.split())


def _payload(data: Mapping[str, object], callback: Mapping[str, object]) -> tuple[str, str]:
    """Find the ``type`` in a callback's examples, and the schema of what they carry."""
    for content in mapping(follow(data, callback.get("requestBody")).get("content")).values():
        fields = mapping(follow(data, mapping(content).get("schema")).get("properties")).values()
        payloads = next((mapping(field)["x-payloads"] for field in fields if "x-payloads" in mapping(field)), None)
        for example in mapping(mapping(content).get("examples")).values() if payloads is not None else ():
            kind = text(mapping(mapping(example).get("value")).get("type"))
            return kind, text(mapping(payloads).get(kind)).rsplit("/", 1)[-1]
    return "", ""


def _type(schema: Mapping[str, object], words: Words) -> str:
    return " ".join(kinds_of(schema)) + (words.null if may_be_null(schema) else "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_CODES = "#/components/schemas/ErrorCode"
_ROW = re.compile(r"^\| [0-9]+, ", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z](?:[^:#\n'\"{}\[\]&*!|>%@`]|:(?! |$))*[^\s:#'\"{}\[\]&*!|>%@`]")
_CODE_PARAGRAPHS = (ENGLISH.codes.strip(), ENGLISH.recipient_codes.strip())
_PAYLOAD = ENGLISH.payload.partition("{")[0]
_BLOCKS = ("|", ">")
_REPEATED = ("name", "message", "meaning")
_Edit = tuple[int, int, str]


def completed(document: Document) -> tuple[Document, list[str]]:
    """Update what follows from the document's catalogue and callbacks; return the document and the changed parts.

    The members of ErrorCode, the table of codes in a tag's description, the paragraph of codes in the description
    of each operation, and the tables of what callbacks carry. Only a YAML document is completed; JSON is left to the
    rules, which say what is missing.
    """
    if document.path.endswith(".json") or not _is_whole(document):
        return document, []
    edits = dict(_edits(document))
    if not edits:
        return document, []
    written = document.text
    for start, end, words in sorted(edits.values(), reverse=True):
        written = written[:start] + words + written[end:]
    try:
        return parse(written, document.path), [*edits]
    except DocumentError:
        return document, []  # written in a way that this does not know; the rules say what is missing


def _is_whole(document: Document) -> bool:
    """Return whether each code has everything that descriptions repeat."""
    catalogue = {code: mapping(entry) for code, entry in mapping(document.data.get("x-error-codes")).items()}
    return bool(catalogue) and all(
        code.isdecimal() and whole(entry.get("http_status")) and all(text(entry.get(name)) for name in _REPEATED)
        for code, entry in catalogue.items()
    )


def _edits(document: Document) -> Iterator[tuple[str, _Edit]]:
    catalogue = {code: mapping(entry) for code, entry in mapping(document.data.get("x-error-codes")).items()}
    columns: Mapping[str, list[object]] = {
        "enum": [int(code) for code in catalogue],
        "x-enum-varnames": [entry.get("name") for entry in catalogue.values()],
        "x-enum-descriptions": [entry.get("meaning") for entry in catalogue.values()],
    }
    members = mapping(schemas(document.data).get("ErrorCode"))
    for name, wanted in columns.items():
        found = sequence(members.get(name))
        if found and list(found) != wanted:
            edit = _new_list(document, document.node(pointer_to(_CODES, name)), found, wanted)
            if edit is not None:
                yield f"{name} of ErrorCode", edit
    for each in repeating(document.data):
        node = document.node(pointer_to(each.pointer, "description"))
        if node is not None and not each.is_shown_in(str(node.value)):
            edit = _new_description(document, node, each.written)
            if edit is not None:
                yield each.what, edit


class Repeating(NamedTuple):
    """A part whose description repeats something from the rest of the document."""

    what: str  # such as ``the codes of sendCode``
    pointer: str
    shown: str  # what it has to show
    written: str  # the description as it should be

    def is_shown_in(self, description: str) -> bool:
        """Return whether a description shows it: the rows of the table of codes anywhere, the rest at its end."""
        if _ROW.search(self.shown):
            here, there = ({*filter(_ROW.match, each.splitlines())} for each in (description, self.shown))
            return here == there
        return flat(description).endswith(flat(self.shown))


def repeating(data: Mapping[str, object]) -> Iterator[Repeating]:
    """Yield every part whose description has to repeat something."""
    for index, tag in enumerate(sequence(data.get("tags"))):
        name, said = (text(mapping(tag).get(key)) for key in ("name", "description"))
        table = shown_catalogue(data, ENGLISH)
        if _ROW.search(said) and _ROW.search(table):
            written = "\n\n".join(table if _ROW.search(each) else each for each in said.split("\n\n"))
            yield Repeating(f"the table of the tag {name}", f"#/tags/{index}", table, written)
        elif shown := shown_payloads(data, name, ENGLISH):
            what = f"the fields of the callbacks in the tag {name}"
            yield Repeating(what, f"#/tags/{index}", shown, _ending(said, shown, (_PAYLOAD,)))
    for name, pointer, callback in callbacks(data):
        if shown := shown_payload(data, callback, ENGLISH):
            what = f"the fields of {text(callback.get('operationId'), name)}"
            written = _ending(text(callback.get("description")), shown, (_PAYLOAD,))
            yield Repeating(what, pointer, shown, written)
    for path, method, operation, _ in operations(data):
        if shown := shown_codes(data, operation, ENGLISH):
            what = f"the codes of {text(operation.get('operationId'))}"
            written = _ending(text(operation.get("description")), shown, _CODE_PARAGRAPHS)
            yield Repeating(what, pointer_to("#/paths", path, method), shown, written)


def _ending(description: str, wanted: str, begins: tuple[str, ...]) -> str:
    """Put what a description has to end with in the place of an older one, which begins in the same way."""
    paragraphs = description.strip().split("\n\n")
    older = (index for index, each in enumerate(paragraphs) if each.startswith(begins))
    return "\n\n".join([*paragraphs[: next(older, None)], wanted])


def _new_list(document: Document, node: Any, found: Sequence[object], wanted: Sequence[object]) -> _Edit | None:
    """Replace the items of a list; those that stay are written as they were."""
    start, end = int(node.start_mark.index), int(node.value[-1].end_mark.index)
    if "#" in re.sub(r"'[^'\n]*'|\"[^\"\n]*\"", "", document.text[start:end]):
        return None  # a comment would be lost
    written = {
        str(value): document.text[int(item.start_mark.index) : int(item.end_mark.index)]
        for value, item in zip(found, node.value, strict=True)
    }
    items = [written.get(str(value), _scalar(value)) for value in wanted]
    if node.flow_style:
        return start, int(node.end_mark.index), f"[{', '.join(items)}]"
    return start, end, f"\n{' ' * int(node.start_mark.column)}- ".join(["", *items]).lstrip()


def _new_description(document: Document, node: Any, wanted: str) -> _Edit | None:
    """Write a description as a block: of the style that it has, or folded where it was none."""
    start = int(node.start_mark.index)
    before = document.text[document.text.rfind("\n", 0, start) + 1 : start]
    if before.strip() != "description:":
        return None
    older = document.text[start : int(node.end_mark.index)].rstrip()
    head, *lines = older.splitlines() if node.style in _BLOCKS else [">-"]
    indented = next((line for line in lines if line.strip()), f"  {before}")
    margin = " " * (len(indented) - len(indented.lstrip()))
    if head[0] == ">":
        width = LINE_LENGTH - len(margin)
        # A line break in a folded block is one empty line more.
        wanted = re.sub(r"\n+", r"\g<0>\n", wanted)
        wanted = re.sub(".+", lambda line: "\n".join(textwrap.wrap(line[0], width, break_on_hyphens=False)), wanted)
    return start, start + len(older), f"{head}\n{textwrap.indent(wanted, margin)}"


def _scalar(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    words = str(value)
    return words if _PLAIN.fullmatch(words) else f"'{words.replace(chr(39), chr(39) * 2)}'"
