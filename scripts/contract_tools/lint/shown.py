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
_CONTACT = Rule(
    "info-contact",
    "info has no contact with a name and a url, so readers of a rendered document find nobody to ask",
    "add contact with name and url",
)
_PAGES = Rule(
    "external-docs",
    "the document does not say where the service's own pages are",
    "add externalDocs with description and url",
)
_SANDBOX = Rule(
    "server-sandbox",
    "no server is on this machine, so that trying a request out in a rendered document sends a real SMS",
    "add the sandbox to servers: url http://127.0.0.1:8025/v1, description Sandbox",
)
_VERSION = Rule(
    "info-version",
    "info.version is {found}, which says nothing of what a change does to clients",
    "write three numbers: breaking changes raise the first, additions the second, other words the third",
)
_NUMBERS = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_LOCAL = re.compile(r"http://(127\.0\.0\.1|localhost)[:/]")
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


def _check_published(contract: Contract) -> Iterator[Finding]:
    """What readers of a published contract need. A document without a catalogue of codes is not held to it."""
    if "x-error-codes" not in contract.data:
        return
    info = mapping(contract.data.get("info"))
    contact = mapping(info.get("contact"))
    if not (contact.get("name") and contact.get("url")):
        yield _CONTACT.broken("#/info")
    if not _NUMBERS.fullmatch(text(info.get("version"))):
        yield _VERSION.broken("#/info/version", found=repr(info.get("version")))
    pages = mapping(contract.data.get("externalDocs"))
    if not (pages.get("description") and pages.get("url")):
        yield _PAGES.broken("#/externalDocs" if pages else "#")
    servers = [text(mapping(server).get("url")) for server in sequence(contract.data.get("servers"))]
    if not any(map(_LOCAL.match, servers)):
        yield _SANDBOX.broken("#/servers" if servers else "#")


def _check_all(contract: Contract) -> Iterator[Finding]:
    yield from _check(contract)
    yield from _check_published(contract)


SHOWN = Family(_check_all, (_CODES, _PAYLOAD, _SERVER, _CONTACT, _PAGES, _SANDBOX, _VERSION))
