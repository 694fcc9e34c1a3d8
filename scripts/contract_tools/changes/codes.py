"""What changed in the catalogue of error codes, and in what each operation can answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..reading import mapping, operations, sequence, text
from .change import Change, added, changed, members, removed

# Facts of a code, how they are called, and whether an app may have relied on them.
_FACTS = (
    ("name", "is called {new} now, and was called {old}", True),
    ("family", "belongs to the family {new} now, and belonged to {old}", True),
    ("http_status", "comes with HTTP {new} now, and came with {old}", True),
    ("message", "has the message “{new}” now, and had “{old}”", False),
    ("repeat", "says {new} to whether a repeat can help, and said {old}", False),
)
_LISTS = (
    ("x-error-codes", "code {code} as an answer of {id}"),
    ("x-recipient-error-codes", "code {code} for a recipient of {id}"),
)


def compare_codes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Error codes and their families."""
    before, after = mapping(old.get("x-error-codes")), mapping(new.get("x-error-codes"))
    for code, entry in before.items():
        if code not in after:
            yield removed(_subject(code, entry))
            continue
        was, now = mapping(entry), mapping(after[code])
        for key, words, breaking in _FACTS:
            if was.get(key) != now.get(key):
                sentence = words.format(old=was.get(key), new=now.get(key))
                yield changed(f"code {code}", sentence, breaking=breaking)
    for code, entry in after.items():
        if code not in before:
            yield added(_subject(code, entry), why=text(mapping(entry).get("meaning")).rstrip("."))
    yield from _compare_families(old, new)


def _subject(code: str, entry: object) -> str:
    return f"code {code} ({mapping(entry).get('name', 'without a name')})"


def _compare_families(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    before, after = mapping(old.get("x-error-families")), mapping(new.get("x-error-families"))
    yield from members(before, after, "error family {}")
    for name in before:
        was, now = _statuses(before[name]), _statuses(after.get(name))
        if name in after and set(was) != set(now):
            words = f"takes unknown codes with HTTP {_listed(now)} now, and took {_listed(was)}"
            yield changed(f"error family {name}", words, breaking=bool(set(was) - set(now)))


def _statuses(family: object) -> list[str]:
    return [str(status) for status in sequence(mapping(family).get("http_statuses"))]


def _listed(statuses: list[str]) -> str:
    return ", ".join(statuses) or "none"


def compare_answered_codes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Codes of each operation that is in both documents; the sets are open, so nothing of it breaks an app."""
    before = {text(operation.get("operationId")): operation for _, _, operation, _ in operations(old)}
    for _, _, operation, _ in operations(new):
        name = text(operation.get("operationId"))
        if name not in before:
            continue
        for key, what in _LISTS:
            was, now = sequence(before[name].get(key)), sequence(operation.get(key))
            subject = what.replace("{id}", name).replace("{code}", "{}")
            yield from members(
                {str(code): None for code in was}, {str(code): None for code in now}, subject, loss_breaks=False
            )
