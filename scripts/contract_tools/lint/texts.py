"""Descriptions: texts that end up in other languages' source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..document import pointer_to
from ..reading import mapping, sequence, text
from .contract import Contract
from .rule import Family, Finding, Rule

_COMMENT = Rule("text-comment", "{token} ends a comment in generated source", "write it in another way")
_ESCAPE = Rule(
    "text-escape", "\\u is an escape in generated source, even within a comment", "write the character itself"
)
_LONG = Rule(
    "info-short",
    "the description is {length} characters long, and generators copy it into every file",
    "keep it below {most}; tags have room for more",
)

_COMMENT_ENDS = ("*/", '"""')
_MOST = 300
_WORDS = ("description", "summary", "title", "x-summary-zh", "x-assumed")
_CODE_WORDS = ("meaning", "meaning_zh", "remedy", "remedy_zh", "message", "summary", "summary_zh")


def _texts(contract: Contract) -> Iterator[tuple[str, str]]:
    """Every text that may be copied into source, and where it stands."""
    owners: list[tuple[str, Mapping[str, object], tuple[str, ...]]] = [
        (place.pointer, place.value, _WORDS) for place in contract.places
    ]
    owners.append(("#/info", mapping(contract.data.get("info")), _WORDS))
    for key in ("x-error-codes", "x-error-families"):
        for name, entry in mapping(contract.data.get(key)).items():
            owners.append((pointer_to("#", key, name), mapping(entry), _CODE_WORDS))
    for pointer, owner, names in owners:
        for name in names:
            if isinstance(value := owner.get(name), str):
                yield pointer_to(pointer, name), value
        for index, value in enumerate(sequence(owner.get("x-enum-descriptions"))):
            yield pointer_to(pointer, "x-enum-descriptions", index), text(value)


def _check(contract: Contract) -> Iterator[Finding]:
    for pointer, value in _texts(contract):
        for token in _COMMENT_ENDS:
            if token in value:
                yield _COMMENT.broken(pointer, token=token)
        if "\\u" in value:
            yield _ESCAPE.broken(pointer)
    description = text(mapping(contract.data.get("info")).get("description"))
    if len(description) > _MOST:
        yield _LONG.broken("#/info/description", length=len(description), most=_MOST)


TEXTS = Family(_check, (_COMMENT, _ESCAPE, _LONG))
