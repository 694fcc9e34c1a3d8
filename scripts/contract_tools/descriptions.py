"""What descriptions repeat of the rest of a document: as text, and written into the document."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tools.document import Document, DocumentError, parse
from contract_tools.openapi import (
    METHODS,
    follow,
    kinds_of,
    mapping,
    may_be_null,
    operations,
    pointer_to,
    schemas,
    sequence,
    text,
    webhooks,
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
    recipients = [str(code) for code in sequence(operation.get("x-recipient-error-codes"))]
    parts = [
        prefix + written + words.end
        for prefix, written in (
            (words.codes, words.separator.join(statuses)),
            (words.recipient_codes, words.comma.join(recipients)),
        )
        if written
    ]
    return " ".join(parts) if words is ENGLISH else "".join(parts)


def _as_it_is(meaning: str) -> str:
    return meaning


def shown_payload(
    data: Mapping[str, object],
    callback: Mapping[str, object],
    words: Words,
    say: Callable[[str], str] = _as_it_is,
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


def shown_payloads(data: Mapping[str, object], tag: str, words: Words, say: Callable[[str], str] = _as_it_is) -> str:
    """Write the tables of all callbacks of a tag: some renderers show the tag, and no callback."""
    callbacks = (operation for operation in _callbacks(data) if tag in sequence(operation.get("tags")))
    return "\n\n".join(filter(None, (shown_payload(data, callback, words, say) for callback in callbacks)))


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


def _callbacks(data: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for item in webhooks(data).values():
        around = follow(data, item)
        yield from (mapping(around[method]) for method in METHODS if method in around)


def _payload(data: Mapping[str, object], callback: Mapping[str, object]) -> tuple[str, str]:
    """Find the ``type`` in a callback's examples, and the schema of what they carry."""
    for content in mapping(follow(data, callback.get("requestBody")).get("content")).values():
        form = follow(data, mapping(content).get("schema"))
        for payloads in _payloads(form):
            for example in mapping(mapping(content).get("examples")).values():
                kind = text(mapping(mapping(example).get("value")).get("type"))
                return kind, text(payloads.get(kind)).rsplit("/", 1)[-1]
    return "", ""


def _payloads(form: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for field in mapping(form.get("properties")).values():
        if "x-payloads" in mapping(field):
            yield mapping(mapping(field)["x-payloads"])


def _type(schema: Mapping[str, object], words: Words) -> str:
    return " ".join(kinds_of(schema)) + (words.null if may_be_null(schema) else "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_CODES = "#/components/schemas/ErrorCode"
_ROW = re.compile(r"\s*\| [0-9]+, ")
_PLAIN = re.compile(r"[A-Za-z](?:[^:#\n'\"{}\[\]&*!|>%@`]|:(?! |$))*[^\s:#'\"{}\[\]&*!|>%@`]")
_BEGINS = (ENGLISH.codes.strip(), ENGLISH.recipient_codes.strip())
_BLOCKS = ("|", ">")
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
    """Return whether each code has what is repeated of it."""
    catalogue = mapping(document.data.get("x-error-codes"))
    return bool(catalogue) and all(
        code.isdecimal() and whole(mapping(entry).get("http_status")) and all(_required_words(mapping(entry)))
        for code, entry in catalogue.items()
    )


def _required_words(entry: Mapping[str, object]) -> Iterator[str]:
    for name in ("name", "message", "meaning"):
        yield text(entry.get(name))


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
    for index, tag in enumerate(sequence(document.data.get("tags"))):
        edit = _new_table(document, document.node(f"#/tags/{index}/description"))
        if edit is not None:
            yield f"the table of the tag {text(mapping(tag).get('name'))}", edit
    for name, pointer, wanted_fields in _payload_tables(document.data):
        edit = _new_fields(document, document.node(pointer_to(pointer, "description")), wanted_fields)
        if edit is not None:
            yield f"the fields of {name}", edit
    for path, method, operation, _ in operations(document.data):
        wanted_codes = shown_codes(document.data, operation, ENGLISH)
        if wanted_codes and not flat(text(operation.get("description"))).endswith(flat(wanted_codes)):
            edit = _new_paragraph(
                document, document.node(pointer_to("#/paths", path, method, "description")), wanted_codes
            )
            if edit is not None:
                yield f"the codes of {text(operation.get('operationId'))}", edit


def _payload_tables(data: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """Yield every tag and callback that shows what callbacks carry: its name, where it is, and the tables."""
    for index, tag in enumerate(sequence(data.get("tags"))):
        name = text(mapping(tag).get("name"))
        yield f"the callbacks in the tag {name}", f"#/tags/{index}", shown_payloads(data, name, ENGLISH)
    for name, item in webhooks(data).items():
        pointer = text(mapping(item).get("$ref")) or pointer_to("#/webhooks", name)
        around = follow(data, item)
        for method in (each for each in METHODS if each in around):
            callback = mapping(around[method])
            shown = shown_payload(data, callback, ENGLISH)
            yield text(callback.get("operationId"), name), pointer_to(pointer, method), shown


def _new_fields(document: Document, node: Any, wanted: str) -> _Edit | None:
    """Replace the tables of fields that a description ends with."""
    lines = [(start, line) for start, line in _lines(document, node) if line.strip()]
    if not wanted or not lines or node.style != "|" or flat(str(node.value)).endswith(flat(wanted)):
        return None
    first, last = lines[0][1], lines[-1]
    margin = first[: len(first) - len(first.lstrip())]
    begin = ENGLISH.payload.partition("{")[0]
    older = next((start for start, line in lines if line.strip().startswith(begin) and line.endswith(":")), None)
    written = textwrap.indent(wanted, margin)
    end = last[0] + len(last[1])
    return (end, end, f"\n\n{written}") if older is None else (older, end, written)


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


def _new_table(document: Document, node: Any) -> _Edit | None:
    """Replace the rows of the table of codes, where a description has one."""
    lines = _lines(document, node)
    rows = [(start, line) for start, line in lines if _ROW.match(line)]
    wanted = [line for line in shown_catalogue(document.data, ENGLISH).splitlines() if _ROW.match(line)]
    if not rows or node.style != "|" or [line.strip() for _, line in rows] == wanted:
        return None
    first, last = rows[0], rows[-1]
    margin = first[1][: len(first[1]) - len(first[1].lstrip())]
    return first[0], last[0] + len(last[1]), "\n".join(margin + line for line in wanted)


def _new_paragraph(document: Document, node: Any, wanted: str) -> _Edit | None:
    """Replace the paragraph of codes that a description ends with."""
    if node is None:
        return None
    if node.style not in _BLOCKS:
        return _folded(document, node, wanted)
    lines = [(start, line) for start, line in _lines(document, node) if line.strip()]
    if not lines:
        return None
    last = lines[-1]
    margin = last[1][: len(last[1]) - len(last[1].lstrip())]
    older = next((start for start, line in lines if line.strip().startswith(_BEGINS)), None)
    wrapped = textwrap.wrap(wanted, LINE_LENGTH - len(margin), break_on_hyphens=False)
    end = last[0] + len(last[1])
    if older is not None:
        return older, end, "\n".join(margin + line for line in wrapped)
    between = "\n\n" if node.style == "|" else "\n\n\n"
    return end, end, between + "\n".join(margin + line for line in wrapped)


def _folded(document: Document, node: Any, wanted: str) -> _Edit | None:
    """Turn a description on one line into a folded block that ends with the paragraph."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    line = document.text[document.text.rfind("\n", 0, start) + 1 : start]
    if line.strip() != "description:":
        return None
    margin = " " * (len(line) - len(line.lstrip()) + 2)
    kept = [part for part in str(node.value).strip().split("\n\n") if not part.startswith(_BEGINS)]
    width = LINE_LENGTH - len(margin)
    wrapped = ("\n".join(margin + row for row in textwrap.wrap(part, width)) for part in [*kept, wanted])
    return start, end, ">-\n" + "\n\n\n".join(wrapped)


def _lines(document: Document, node: Any) -> list[tuple[int, str]]:
    """Find the lines of a block scalar below its first, each with where it starts; none for other nodes."""
    if node is None or node.style not in _BLOCKS:
        return []
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    lines: list[tuple[int, str]] = []
    for line in document.text[start:end].splitlines(keepends=True):
        lines.append((start, line.rstrip("\r\n")))
        start += len(line)
    return lines[1:]


def _scalar(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    words = str(value)
    return words if _PLAIN.fullmatch(words) else f"'{words.replace(chr(39), chr(39) * 2)}'"
