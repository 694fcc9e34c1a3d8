"""What changed for callers from one document to the next, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contract_tools.changes import Change, added, changed, members, removed, reworded
from contract_tools.changes.schemas import (
    RECEIVED,
    SENT,
    Value,
    compare_components,
    compare_models,
    compare_properties,
    compare_schemas,
)
from contract_tools.emit.model import parameters_of
from contract_tools.openapi import callbacks, follow, mapping, operations, sequence, text
from contract_tools.openapi import operations as operations_of

_RETRY_WORDS = {
    "safe": "is retried after a lost response now, which ends in LostResponseError instead of UnknownOutcomeError",
    "never": "is not retried after a lost response now, which raises UnknownOutcomeError instead of LostResponseError",
}
_SCHEME = ("type", "scheme", "in", "name", "bearerFormat")
# Facts about an operation that are reported unchanged.
_FACTS = {
    "x-limits": "has other limits now",
    "x-poll": "has another pace of polling now",
    "x-effect": "has another effect now",
}


@dataclass(frozen=True, slots=True)
class _Operation:
    name: str
    method: str
    path: str
    data: Mapping[str, object]
    value: Mapping[str, object]
    around: Mapping[str, object]

    @property
    def where(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def subject(self) -> str:
        return f"operation {self.name}"


def _operations(data: Mapping[str, object]) -> dict[str, _Operation]:
    found: dict[str, _Operation] = {}
    for path, method, value, around in operations_of(data):
        name = text(value.get("operationId")) or f"{method.upper()} {path}"
        found[name] = _Operation(name, method, path, data, value, around)
    return found


def compare_operations(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the operations."""
    before, after = _operations(old), _operations(new)
    renamed = {operation.where: operation for name, operation in after.items() if name not in before}
    for name, operation in before.items():
        match = after.get(name) or renamed.get(operation.where)
        if match is None:
            yield removed(operation.subject, why=operation.where)
            continue
        if match.name != name:
            del renamed[operation.where]
            yield changed(operation.subject, f"is called {match.name} now ({match.where})", breaking=True)
        yield from _compare_operation(operation, match)
    for name, operation in after.items():
        if name not in before and (operation.where in renamed):
            yield added(operation.subject, why=operation.where)


def _compare_operation(old: _Operation, new: _Operation) -> Iterator[Change]:
    if old.where != new.where:
        yield changed(new.subject, f"is {new.where} now, and was {old.where}", breaking=True)
    before, after = sequence(old.value.get("tags")), sequence(new.value.get("tags"))
    if before != after:
        words = f"moved from the group {_listed(before)} to {_listed(after)}"
        yield changed(new.subject, words, breaking=True)
    schemes_before, schemes_after = _schemes(old), _schemes(new)
    if schemes_before != schemes_after:
        words = f"takes the credentials {_listed(schemes_after)} now, and took {_listed(schemes_before)}"
        yield changed(new.subject, words, breaking=True)
    retry = new.value.get("x-retry")
    if old.value.get("x-retry") != retry and isinstance(retry, str):
        yield changed(new.subject, _RETRY_WORDS.get(retry, f"has x-retry {retry} now"), breaking=True)
    for key, words in _FACTS.items():
        if old.value.get(key) != new.value.get(key):
            yield changed(new.subject, words, breaking=True)
    if new.value.get("deprecated") and not old.value.get("deprecated"):
        yield changed(new.subject, "is deprecated now", breaking=False)
    for place in ("path", "query", "header", "cookie"):
        label = f"{place} parameter {{}} of {new.name}"
        yield from compare_properties(Value(label, SENT), label, _parameters(old, place), _parameters(new, place))
    yield from _compare_body(old, new)
    yield from _compare_responses(old, new)


def _schemes(operation: _Operation) -> list[str]:
    required = operation.value.get("security", operation.data.get("security"))
    return [name for requirement in sequence(required) for name in mapping(requirement)]


def _listed(names: object) -> str:
    return ", ".join(map(str, sequence(names))) or "none"


def _parameters(operation: _Operation, place: str) -> dict[str, object]:
    """Describe the parameters of one place as the fields of an object."""
    given = parameters_of(operation.data, operation.value, operation.around)
    found = {text(each.get("name")): each for each in given if each.get("in") == place}
    schemas = {
        name: {**mapping(each.get("schema")), **({"deprecated": True} if each.get("deprecated") else {})}
        for name, each in found.items()
    }
    return {"properties": schemas, "required": [name for name, each in found.items() if each.get("required") is True]}


def _compare_body(old: _Operation, new: _Operation) -> Iterator[Change]:
    before, after = follow(old.data, old.value.get("requestBody")), follow(new.data, new.value.get("requestBody"))
    subject = f"the body of {new.name}"
    must = after.get("required") is True
    if before and not after:
        yield removed(subject)
    elif after and not before:
        yield added(subject, breaking=must, why="it has to be sent" if must else "")
    elif before and after:
        if must != (before.get("required") is True):
            yield changed(subject, "is required now" if must else "is optional now", breaking=must)
        value = Value(subject, SENT)
        yield from _compare_content(value, mapping(before.get("content")), mapping(after.get("content")))


def _compare_content(value: Value, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    yield from members(old, new, f"content type {{}} of {value.subject}")
    for media_type, content in new.items():
        if media_type in old:
            before, after = mapping(mapping(old[media_type]).get("schema")), mapping(mapping(content).get("schema"))
            yield from compare_schemas(value, before, after)


def _compare_responses(old: _Operation, new: _Operation) -> Iterator[Change]:
    before, after = mapping(old.value.get("responses")), mapping(new.value.get("responses"))
    for status in before:
        if status not in after:
            yield removed(f"response {status} of {new.name}", breaking=status.startswith("2"))
    for status, response in after.items():
        subject = f"response {status} of {new.name}"
        if status not in before:
            yield added(subject, breaking=status.startswith("2"))
            continue
        was = mapping(follow(old.data, before[status]).get("content"))
        now = mapping(follow(new.data, response).get("content"))
        if bool(was) != bool(now):
            yield changed(subject, "has a body now" if now else "has no body any more", breaking=True)
        else:
            yield from _compare_content(Value(subject, RECEIVED), was, now)


def compare_callbacks(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare what the service posts to apps."""
    before, after = _posted(old), _posted(new)
    yield from members(before, after, "callback {}")
    for name in (name for name in before if name in after):
        yield from _compare_content(Value(f"the body of callback {name}", RECEIVED), before[name], after[name])


def _posted(data: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """Find what each callback posts."""
    bodies = {name: follow(data, callback.get("requestBody")) for name, _, callback in callbacks(data)}
    return {name: mapping(body.get("content")) for name, body in bodies.items()}


def compare_security(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the security schemes."""
    before = mapping(mapping(old.get("components")).get("securitySchemes"))
    after = mapping(mapping(new.get("components")).get("securitySchemes"))
    yield from members(before, after, "security scheme {}")
    for name in before:
        was, now = mapping(before[name]), mapping(after.get(name))
        if name in after and [was.get(key) for key in _SCHEME] != [now.get(key) for key in _SCHEME]:
            words = " ".join(str(now[key]) for key in _SCHEME if key in now)
            yield changed(f"security scheme {name}", f"is {words} now", breaking=True)


def compare_servers(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the addresses of the service; the first is where clients go by themselves."""
    before = [text(mapping(server).get("url")) for server in sequence(old.get("servers"))]
    after = [text(mapping(server).get("url")) for server in sequence(new.get("servers"))]
    if before[:1] != after[:1]:
        words = f"is {_listed(after[:1])} now, and was {_listed(before[:1])}"
        yield changed("the address of the service", words, breaking=True)
    yield from members(dict.fromkeys(before[1:]), dict.fromkeys(after[1:]), "server {}")


# Facts of a code, how they are called, and whether an app may have relied on them.
_FACTS_OF_CODES = (
    ("name", "is called {new} now, and was called {old}", True),
    ("family", "belongs to the family {new} now, and belonged to {old}", True),
    ("http_status", "comes with HTTP {new} now, and came with {old}", True),
    ("message", "has the message “{new}” now, and had “{old}”", False),
    ("repeat", "says {new} to whether sending again can help, and said {old}", False),
)
_CONCERNS = {
    "request": "the request as a whole",
    "batch": "how many recipients there are",
    "recipient": "one recipient",
}
_BILLING = {
    "sms_characters": ("a text billed as one SMS", "has at most {new} characters now, and had {old}"),
    "part_characters": ("each part of a longer SMS", "has {new} characters now, and had {old}"),
    "opt_out_suffix": ("marketing", "ends with “{new}” now, and ended with “{old}”"),
    "marketing_from": ("marketing", "is sent from {new} now, and was from {old}"),
    "marketing_until": ("marketing", "is sent until {new} now, and was until {old}"),
}
_LISTS = (
    ("x-error-codes", "code {code} as a response of {id}"),
    ("x-recipient-error-codes", "code {code} for a recipient of {id}"),
)


def compare_codes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the error codes and their families."""
    before, after = mapping(old.get("x-error-codes")), mapping(new.get("x-error-codes"))
    for code, entry in before.items():
        if code not in after:
            yield removed(_subject(code, entry))
            continue
        was, now = mapping(entry), mapping(after[code])
        for key, words, breaking in _FACTS_OF_CODES:
            if was.get(key) != now.get(key):
                sentence = words.format(old=was.get(key), new=now.get(key))
                yield changed(f"code {code}", sentence, breaking=breaking)
        concern, former = (text(each.get("concerns"), "request") for each in (now, was))
        if concern != former:
            sentence = f"is about {_CONCERNS.get(concern, concern)} now, and was about {_CONCERNS.get(former, former)}"
            yield changed(f"code {code}", f"{sentence}, which changes what a campaign does", breaking=True)
    for code, entry in after.items():
        if code not in before:
            yield added(_subject(code, entry), why=text(mapping(entry).get("meaning")).rstrip("."))
    yield from _compare_families(old, new)


def compare_billing(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare how SMS are counted."""
    was, now = mapping(old.get("x-billing")), mapping(new.get("x-billing"))
    for key, (subject, words) in _BILLING.items():
        if key in was and key in now and was[key] != now[key]:
            yield changed(subject, words.format(old=was[key], new=now[key]), breaking=True)


def _subject(code: str, entry: object) -> str:
    return f"code {code} ({mapping(entry).get('name', 'without a name')})"


def _compare_families(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    before, after = mapping(old.get("x-error-families")), mapping(new.get("x-error-families"))
    yield from members(before, after, "error family {}")
    for name in before:
        was, now = _statuses(before[name]), _statuses(after.get(name))
        if name in after and set(was) != set(now):
            words = f"takes unknown codes with HTTP {_in_words(now)} now, and took {_in_words(was)}"
            yield changed(f"error family {name}", words, breaking=bool(set(was) - set(now)))


def _statuses(family: object) -> list[str]:
    return [str(status) for status in sequence(mapping(family).get("http_statuses"))]


def _in_words(statuses: list[str]) -> str:
    return ", ".join(statuses) or "none"


def compare_returned_codes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Compare the codes of each operation in both documents; the sets are open, so nothing of it breaks an app."""
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


_PARTS = (
    compare_servers,
    compare_security,
    compare_operations,
    compare_callbacks,
    compare_models,
    compare_components,
    compare_codes,
    compare_returned_codes,
    compare_billing,
)


def compare(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """List what changed for callers, breaking changes first.

    Descriptions and examples are for readers, and no change for callers.
    """
    found = dict.fromkeys(change for part in _PARTS for change in part(old, new))
    return sorted(found, key=lambda change: not change.breaking)


def compare_words(old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    """Report that texts for readers differ; nothing where :func:`compare` finds more, or nothing differs."""
    if compare(old, new) or _without_version(old) == _without_version(new):
        return []
    return [reworded("the contract", "has other descriptions, examples or notes")]


def _without_version(data: Mapping[str, object]) -> dict[str, object]:
    info = {name: value for name, value in mapping(data.get("info")).items() if name != "version"}
    return {**data, "info": info}
