"""What readers of a rendered document have to see of the extensions, which renderers hide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import pointer_to
from ..reading import mapping, sequence, text
from ..shown import ENGLISH, flat, shown_codes, shown_payload, shown_payloads
from .contract import Contract, title
from .rules import Finding, broken

_WORD = re.compile(r"[A-Z][A-Za-z]*")


def check_shown(contract: Contract) -> Iterator[Finding]:
    """What readers have to see of the extensions."""
    for operations, shown, rule in (
        (contract.operations, shown_codes, "codes-shown"),
        (contract.callbacks, shown_payload, "payload-shown"),
    ):
        for operation in operations:
            wanted = shown(contract.data, operation.value, ENGLISH)
            if not flat(text(operation.value.get("description"))).endswith(flat(wanted)):
                yield broken(rule, pointer_to(operation.pointer, "description"), id=title(operation), wanted=wanted)
    for tag in contract.of_kind("tag"):
        wanted = shown_payloads(contract.data, text(tag.value.get("name")), ENGLISH)
        if not flat(text(tag.value.get("description"))).endswith(flat(wanted)):
            pointer = pointer_to(tag.pointer, "description")
            yield broken("payload-shown", pointer, id=f"the tag {tag.value.get('name')}", wanted=wanted)
    for index, server in enumerate(sequence(contract.data.get("servers"))):
        found = mapping(server).get("description")
        if found is not None and not _WORD.fullmatch(text(found)):
            yield broken("server-name", pointer_to("#/servers", index, "description"), found=repr(found))
