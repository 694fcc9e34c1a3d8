"""The docstrings of the surface, from the descriptions of the contract."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contract_tools.emit.model import Argument, Member, Operation, Surface, Value
from contract_tools.openapi import mapping, sequence, text
from contract_tools.python_source import error_class_name

DEPRECATED = "Deprecated."
ONCE = (
    'once: A key of this message, such as ``"login-42"``. The same key again, in any process that shares the client\'s '
    "store, sends nothing and gives the first result."
)
_CODES = re.compile(r"Error codes: HTTP .*")
_MORE: Mapping[str, str] = {
    "beijing-time": "An aware datetime in any zone (a fraction of a second is dropped), or the text in Beijing time.",
    "epoch-millis": "An aware datetime, or the milliseconds.",
    "template-parameters": (
        "Numbers and booleans become texts, numbers without an exponent; a date has to be given as the text that it "
        "should read as."
    ),
    "secret": "Spaces around it do not count.",
}
_MOBILE = "A mainland China mobile number: 11 digits, with or without +86, spaces and hyphens."
_RECIPIENTS = (
    "{span} of `Recipient`, mappings with ``mobile`` and ``temp_para``, (mobile, parameters) pairs, or numbers; any "
    "iterable, read once."
)
_RECORDS = "The records that were not fetched before, often none: a list, whose ``malformed`` has what cannot be read."
_UNKNOWN = {
    "sends": "No response came, and it may have been sent. It was not sent again.",
    "schedules": "No response came, and the schedule may have been saved. It was not sent again.",
    "polls": "The response got lost, and with it the records that it held, if any.",
}
_OTHER_UNKNOWN = "No response came, and the request may have been carried out. It was not sent again."


def sentence(words: str) -> str:
    """Turn words into a sentence, without the list of codes: each is an exception."""
    words = _CODES.sub("", " ".join(words.split())).rstrip()
    return words if not words or words.endswith((".", "!", "?", ":")) else f"{words}."


def first_sentence(words: str) -> tuple[str, str]:
    """Split a description into its first sentence and the rest."""
    words = sentence(words)
    head, found, rest = words.partition(". ")
    return (f"{head}.", rest) if found else (words, "")


def argument_line(argument: Argument) -> str:
    """Describe an argument, its limits and its units."""
    member = argument.member
    return f"{member.name}: {_argument_words(member)}"


def _argument_words(member: Member) -> str:
    value = member.value
    if value.kind == "mobile":
        return _marked(_MOBILE, value)
    if value.kind == "recipients":
        return _marked(_RECIPIENTS.format(span=_span(value.limit("minItems"), value.limit("maxItems"))), value)
    words = [sentence(value.description), _MORE.get(value.kind, "")]
    if value.kind == "image":
        words.append(_image(value))
    if value.kind == "secret" and value.schema.get("pattern"):
        words.remove(_MORE["secret"])
    if member.needed_when:
        words.append(_needed(member))
    return _marked(" ".join(word for word in words if word) or f"The {member.name}.", value)


def _marked(words: str, value: Value) -> str:
    """Say first that it is deprecated, where the contract says so."""
    return f"{DEPRECATED} {words}" if value.schema.get("deprecated") is True else words


def _span(fewest: int | None, most: int | None) -> str:
    if most is None:
        return f"At least {fewest}" if fewest else "Any number"
    return f"{fewest or 0} to {most}"


def _image(value: Value) -> str:
    kinds = " or ".join(each.removeprefix("image/").upper() for each in value.media_types)
    size = value.limit("x-max-bytes")
    largest = f" of at most {size / 2**20:g} MB" if size is not None else ""
    return f"A {kinds}{largest}: a path, bytes, or a file opened in binary mode." if kinds else ""


def _needed(member: Member) -> str:
    pairs = [
        f"``{name}`` {' or '.join(str(item) for item in sequence(values))}"
        for name, values in member.needed_when.items()
    ]
    return f"Required with {', '.join(pairs)}."


def raises(operation: Operation, codes: Mapping[str, object]) -> list[str]:
    """List the exceptions that a method's docstring names."""
    lines: list[str] = []
    if operation.arguments:
        lines.append("ArgumentError: An argument that the service would refuse; nothing was sent.")
    if operation.takes_once:
        lines.append("IdempotencyError: ``once`` was used with other arguments; nothing was sent.")
        lines.append("StoreError: The store failed before the request left; nothing was sent.")
    if operation.credentials == "dev":
        lines.append("ConfigurationError: The client has no developer credentials.")
    if operation.polls:
        entries = [mapping(codes.get(str(code))) for code in sequence(operation.source.get("x-error-codes"))]
        lines += [
            f"{error_class_name(text(entry.get('name')))}: The last call was too recent; nothing was handed out."
            for entry in entries
            if entry.get("family") == "rate_limit"
        ]
    if operation.retry == "never":
        lines.append(f"UnknownOutcomeError: {_UNKNOWN.get(operation.effect, _OTHER_UNKNOWN)}")
    lines.append("JSMSError: Anything else.")
    return lines


def returns(operation: Operation, surface: Surface) -> list[str]:
    """Describe what a method returns."""
    value = operation.response
    if value is None:
        return []
    if operation.polls:
        return [_RECORDS]
    if value.record:
        return [sentence(surface.record(value.record).description) or f"The `{value.record}`."]
    if value.type == "array" and value.of is not None and value.of.record:
        return [f"One `{value.of.record}` for each."]
    return [sentence(value.description) or "The response."]


def member_words(member: Member, *, lenient_time: bool, optional: bool) -> str:
    """Describe a field of a result."""
    value = member.value
    words = [sentence(value.description)]
    if value.has_times:
        form = "An aware datetime" if value.is_time else "Aware datetimes"
        words.append(f"{form} in Beijing time (UTC+8).")
        if lenient_time:
            none = "the value is no time, which" if value.is_time else "one of them is no time: the value"
            words.append(f'None where {none} is then in ``extra["{member.wire}"]``.')
    if value.values and value.kind != "error-code":
        words.append("A plain value where this version does not know it.")
    if value.kind == "error-code":
        words.append("None where there is none that is a number.")
    elif optional:
        words.append("None where it is absent.")
    return _marked(" ".join(word for word in words if word), value)
