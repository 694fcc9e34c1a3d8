"""What readers of a rendered document have to see of the extensions, which renderers hide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import pointer_to
from ..reading import mapping, sequence, text
from ..shown import ENGLISH, flat, shown_codes, shown_payload, shown_payloads
from .contract import Contract, title
from .rule import Family, Finding, Rule

_CODES = Rule(
    "codes-shown",
    "the description of {id} does not end with its error codes, which readers see nowhere else",
    "end it with a paragraph of its own: {wanted}",
)
_PAYLOAD = Rule(
    "payload-shown",
    "the description of {id} does not end with the fields of its data, which readers see nowhere else",
    "end it with:\n{wanted}\n",
)
_SERVER = Rule(
    "server-name",
    "the description of a server becomes a name in some generated clients, and {found} is none",
    "describe it in one word, such as Production",
)
_WORD = re.compile(r"[A-Z][A-Za-z]*")


def _check(contract: Contract) -> Iterator[Finding]:
    for operations, shown, rule in (
        (contract.operations, shown_codes, _CODES),
        (contract.callbacks, shown_payload, _PAYLOAD),
    ):
        for operation in operations:
            wanted = shown(contract.data, operation.value, ENGLISH)
            if not flat(text(operation.value.get("description"))).endswith(flat(wanted)):
                yield rule.broken(pointer_to(operation.pointer, "description"), id=title(operation), wanted=wanted)
    for tag in contract.of_kind("tag"):
        wanted = shown_payloads(contract.data, text(tag.value.get("name")), ENGLISH)
        if not flat(text(tag.value.get("description"))).endswith(flat(wanted)):
            pointer = pointer_to(tag.pointer, "description")
            yield _PAYLOAD.broken(pointer, id=f"the tag {tag.value.get('name')}", wanted=wanted)
    for index, server in enumerate(sequence(contract.data.get("servers"))):
        found = mapping(server).get("description")
        if found is not None and not _WORD.fullmatch(text(found)):
            yield _SERVER.broken(pointer_to("#/servers", index, "description"), found=repr(found))


SHOWN = Family(_check, (_CODES, _PAYLOAD, _SERVER))
