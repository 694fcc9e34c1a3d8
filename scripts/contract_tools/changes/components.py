"""Named parts other than schemas: generators make classes of some, and other documents refer to all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..reading import mapping
from .change import Change, changed, removed

# Their own comparisons tell what happens to the others.
_COMPARED = ("schemas", "securitySchemes")


def compare_components(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    """Components that went, or have another name; a new one changes nothing until something refers to it."""
    after = mapping(new.get("components"))
    for section, members in mapping(old.get("components")).items():
        if section in _COMPARED or section.startswith("x-"):
            continue
        now = mapping(after.get(section, after.get(f"x-{section}")))
        fresh = {name: body for name, body in now.items() if name not in mapping(members)}
        for name, body in mapping(members).items():
            if name in now:
                continue
            subject = f"component {section}/{name}"
            renamed = next((other for other, value in fresh.items() if value == body), None)
            if renamed is None:
                yield removed(subject)
            else:
                del fresh[renamed]
                yield changed(subject, f"is called {renamed} now", breaking=True)
