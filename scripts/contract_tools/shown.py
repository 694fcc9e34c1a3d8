"""Text for descriptions that shows what renderers hide: codes, payloads of callbacks, the table of codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .reading import METHODS, follow, mapping, schemas, sequence, text, webhooks


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
    """The paragraph that lists the codes of an operation by HTTP status; empty where it has none."""
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
    """The table of the fields in a callback's ``data``; empty where the document does not say which they are."""
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
    """The tables of all callbacks of a tag: some renderers show the tag, and no callback."""
    callbacks = (operation for operation in _callbacks(data) if tag in sequence(operation.get("tags")))
    return "\n\n".join(filter(None, (shown_payload(data, callback, words, say) for callback in callbacks)))


def shown_catalogue(data: Mapping[str, object], words: Words) -> str:
    """The table of all codes."""
    rows = (
        (
            f"{code}, HTTP {mapping(entry).get('http_status')}: {mapping(entry).get('message')}",
            text(mapping(entry).get(words.meaning)),
        )
        for code, entry in mapping(data.get("x-error-codes")).items()
    )
    return _table(words.code_head, rows)


def flat(description: str) -> str:
    """A description without its line breaks: where lines are folded is no difference."""
    return " ".join(description.split())


def _callbacks(data: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    for item in webhooks(data).values():
        around = follow(data, item)
        yield from (mapping(around[method]) for method in METHODS if method in around)


def _payload(data: Mapping[str, object], callback: Mapping[str, object]) -> tuple[str, str]:
    """The ``type`` in a callback's examples, and the schema of what they carry."""
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
    written = schema.get("type")
    kinds = [str(kind) for kind in (sequence(written) or [written])]
    named = [kind for kind in kinds if kind != "null"]
    may_be_null = len(named) < len(kinds) or schema.get("nullable") is True  # as OpenAPI 3.1 and 3.0 write it
    return " ".join(named) + (words.null if may_be_null else "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
