"""The rules in rules.toml, and those of them that a JSON Schema decides."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator

from ..document import pointer_parts
from ..places import Place
from ..reading import mapping
from .contract import Contract, title


@dataclass(frozen=True)
class Rule:
    """One rule. One with ``on`` is broken by each part of these kinds that meets all of its conditions.

    Attributes:
        says: What is wrong where it is broken; names in braces are filled in for each place.
        fix: What to do about it, in the same way.
        on: Kinds of parts; ``operation`` is one that a client calls, ``callback`` one that the service calls.
        when: A JSON Schema that a part fits where it breaks the rule; without one, a part that has one of ``at`` does.
        at: The members that are named as the place, those that are there.
        inside: Kinds that the part around it may have.
        role: The member of the part around it that it has to stand in.
        named: The names that it may have.
        component: Whether it has to be a component, or must not be one.
        requested: It has to be in what a client sends.
        openapi: The only version of OpenAPI that has the rule.
    """

    says: str
    fix: str
    on: Sequence[str] = ()
    when: Mapping[str, object] | None = None
    at: Sequence[str] = ()
    inside: Sequence[str] = ()
    role: str = ""
    named: Sequence[str] = ()
    component: bool | None = None
    requested: bool = False
    openapi: str = ""

    @cached_property
    def _fits(self) -> Callable[[object], bool]:
        validator: Any = Draft202012Validator(dict(self.when or {}))
        return cast("Callable[[object], bool]", validator.is_valid)

    def is_broken_by(self, contract: Contract, place: Place) -> bool:
        """Whether a part of its kinds breaks it."""
        return (
            (not self.inside or (place.around is not None and place.around.kind in self.inside))
            and self.role in ("", place.role)
            and (not self.named or place.name in self.named)
            and self.component in (None, place.is_component)
            and (not self.openapi or contract.is_3_0 == (self.openapi == "3.0"))
            and (self.when is not None or not self.at or any(name in place.value for name in self.at))
            and self._fits(place.value)
            and (not self.requested or contract.is_requested(place))
        )


def _read() -> Mapping[str, Rule]:
    content = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    return {name: Rule(**rule) for name, rule in content.items()}


RULES = _read()


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that breaks a rule."""

    name: str
    pointer: str
    values: Mapping[str, object]

    @property
    def message(self) -> str:
        """What is wrong there."""
        return RULES[self.name].says.format(**self.values)

    @property
    def remedy(self) -> str:
        """What to do about it there."""
        return RULES[self.name].fix.format(**self.values)


def broken(name: str, pointer: str, /, **values: object) -> Finding:
    """A rule is broken at this place."""
    return Finding(name, pointer, values)


def check_parts(contract: Contract) -> Iterator[Finding]:
    """The rules that a JSON Schema decides."""
    kinds = {"operation": contract.operations, "callback": contract.callbacks}
    for name, rule in RULES.items():
        for kind in rule.on:
            for place in kinds.get(kind) or contract.of_kind(*() if kind in kinds else (kind,)):
                if rule.is_broken_by(contract, place):
                    yield from _findings(contract, name, rule, place)


def _findings(contract: Contract, name: str, rule: Rule, place: Place) -> Iterator[Finding]:
    own = place.value.get("name") if place.kind == "parameter" else place.name
    values = {"name": own, "id": title(place) if place.kind == "operation" else ""}
    found = [pointer for at in rule.at if contract.has(pointer := f"{place.pointer}/{at}")]
    for pointer in found or [place.pointer]:
        value = mapping(place.value) if pointer == place.pointer else contract.at(pointer)
        yield broken(name, pointer, keyword=pointer_parts(pointer)[-1] if found else "", value=value, **values)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A place that has to change.

    Attributes:
        path: The file, as it was named.
        line: The line, counted from 1.
        pointer: Where in the document, as a JSON pointer that begins with ``#``.
        rule: The rule's name, such as ``operation-id-unique``.
        message: What is wrong.
        remedy: What to do about it.
    """

    path: str
    line: int
    pointer: str
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """File, line, pointer, what is wrong and what to do, in one line."""
        return f"{self.path}:{self.line}: {self.pointer}: {self.message}. Fix: {self.remedy}."
