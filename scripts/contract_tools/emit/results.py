"""Results: a class for each object of a response, and the function that reads it from the checked JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tools.emit.docstrings import first_sentence, member_words
from contract_tools.emit.model import SCALARS, Member, Record, Surface, Value
from contract_tools.emit.overlay_source import Customised, customised_results
from contract_tools.python_source import constant_name, docstring, literal, render

_SHOWN = {
    "mobile": "MOBILE",
    "template-parameters": "SECRET",
    "secret": "SECRET",
    "personal-text": "SECRET",
    "service-text": "TEXT",
}
_AS_IT_IS = Customised("", "", (), {}, frozenset())
_EXTRA = "Fields that this version does not know."


def reader_name(record: str) -> str:
    """Name the function that reads a record."""
    return f"read_{constant_name(record).lower()}"


def result_type(value: Value, *, optional: bool = False) -> str:
    """Give the type of a value in a result."""
    kind = _type_without_none(value)
    return f"{kind} | None" if (optional or value.nullable) and kind != "object" else kind


def _type_without_none(value: Value) -> str:
    if value.is_time:
        return "datetime"
    if value.kind == "error-code":
        return "int"
    if value.kind == "flag":
        return "bool"
    if value.values and value.type in SCALARS:
        return f"{value.values} | {SCALARS[value.type]}"
    if value.type == "record":
        return value.record
    if value.of is not None:
        return (
            f"tuple[{result_type(value.of)}, ...]"
            if value.type == "array"
            else f"Mapping[str, {result_type(value.of)}]"
        )
    return SCALARS.get(value.type, "object")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """A field of a result class."""

    name: str
    type: str
    default: str  # its default, as source; empty for none
    words: str
    value: str  # the expression that reads it
    metadata: str = ""  # how a repr shows it; empty for as it is
    hashed: bool = True  # whether it counts in the hash

    def __str__(self) -> str:
        """Write its line in the class."""
        options = [f"default={self.default}"] if self.default else []
        options += [] if self.hashed else ["hash=False"]
        options += [f"metadata={self.metadata}"] if self.metadata else []
        default = self.default if self.hashed and not self.metadata else f"field({', '.join(options)})"
        return f"{self.name}: {self.type} = {default}" if default else f"{self.name}: {self.type}"


class ResultClass:
    """A record of a response as a class with its reader."""

    def __init__(self, surface: Surface, record: Record) -> None:
        self._surface = surface
        self._record = record
        self._customised: Customised = customised_results()[0].get(record.name, _AS_IT_IS)
        self._lenient = record.name in surface.lenient_records
        self._code = next((m for m in record.members if m.value.kind == "error-code"), None)
        own = {member.name for member in record.members}
        self.is_outcome = self._code is not None and not self._code.required and "accepted" not in own

    def source(self) -> str:
        """Write the class and its reader."""
        record, custom = self._record, self._customised
        fields = self._fields()
        words = docstring(
            *first_sentence(custom.summary or record.description or f"A {record.name}."),
            sections={"Attributes": [f"{each.name}: {each.words}" for each in fields] + [f"extra: {_EXTRA}"]},
        )
        return render(
            "result.py",
            name=record.name,
            bases=f"customised.{record.name}, Result" if custom.name else "Result",
            words=words.rstrip("\n"),
            rows=fields,
            is_outcome=self.is_outcome,
            error=self._error(),
            outcomes=self._outcomes_of_batch(),
            reader=reader_name(record.name),
            lines=[*self._left_out(), *self._outcome_lines()],
            values=[
                f"{each.name}={_outcome_value(each) if self.is_outcome else each.value}"
                for each in fields
                if each.value
            ],
        )

    def _fields(self) -> list[_Field]:
        """Write the fields, those that are always there first."""
        found = [*self._members()]
        if self.is_outcome:
            words = "Whether the service accepted it; a delivery report says whether it arrived."
            found.append(_Field(name="accepted", type="bool", default="", words=words, value="accepted"))
        fields = {each.name: each for each in found}
        for each in self._customised.fields:
            value = self._found(each.name) if each.name in self._customised.finders else ""
            own = _Field(name=each.name, type=each.type, default=each.default, words=each.words, value=value)
            fields[each.name] = own
        return sorted(fields.values(), key=lambda each: bool(each.default))

    def _found(self, name: str) -> str:
        values = {member.name: self._value(member) for member in self._record.members}
        values |= {left: f"left_{left}" for left in self._customised.left_out}
        arguments = (values[given] for given in self._customised.finders[name])
        return f"{self._record.name}.find_{name}({', '.join(arguments)})"

    def _members(self) -> Iterator[_Field]:
        for member in self._record.members:
            if member.name in self._customised.left_out:
                continue
            lenient = self._lenient and member.value.has_times
            absent = not member.required or member.value.nullable
            optional = absent or lenient or member.value.kind == "error-code"
            optional = optional or (self.is_outcome and member.value.kind == "service-text")
            yield _Field(
                name=member.name,
                type=result_type(member.value, optional=optional),
                default="" if member.required else "None",
                metadata=_shown(member.value),
                hashed=not _is_unhashable(member.value),
                words=member_words(member, lenient_time=lenient, optional=absent),
                value=self._value(member),
            )

    def _value(self, member: Member) -> str:
        """Write the expression that takes a member out of the body."""
        value, wire = member.value, literal(member.wire)
        taken = f"body.pop({wire})" if member.required else f"body.pop({wire}, None)"
        absent = not member.required or value.nullable
        if value.kind == "error-code":
            return f"take_error_code(body, {wire}, SUCCESS_CODES)"
        if self._lenient and value.has_times:
            read_it = "" if value.is_time else f", lambda it: {_converted(self._surface, value, 'it', 0)}"
            taker = "take_time" if value.is_time else "take_times"
            return f"{taker}(body, {wire}{read_it})" + ("" if member.required else f" if {wire} in body else None")
        if value.kind == "id" and not member.required:
            return f"{taken} or None"
        return read(self._surface, value, taken, absent=absent)

    def _left_out(self) -> list[str]:
        wires = {member.name: member.wire for member in self._record.members}
        return [f"left_{name} = body.pop({literal(wires[name])}, None)" for name in sorted(self._customised.left_out)]

    def _outcome_lines(self) -> list[str]:
        """List what is read of an outcome first: what else is read depends on whether it was accepted."""
        if self._code is None or not self.is_outcome:
            return []
        ids = [m for m in self._record.members if m.value.kind == "id" and not m.required]
        given = "".join(f" and {m.name} is not None" for m in ids)
        return [
            *(f"{member.name} = {self._value(member)}" for member in (self._code, *ids)),
            f"accepted = {self._code.name} is None and {literal(self._code.wire)} not in body{given}",
        ]

    def _error(self) -> str:
        """Write the expression that makes the exception of what was refused; empty where nothing says why."""
        if self._code is None or any(member.name == "error" for member in self._record.members):
            return ""
        code, words, parameters = (
            next((f"self.{each.name}" for each in self._record.members if each.value.kind == kind), None)
            for kind in ("error-code", "service-text", "template-parameters")
        )
        given = f"error_class({code}, 200), {code}, {words}"
        return f"refused_error({given}, {parameters})" if parameters else f"refused_error({given})"

    def _outcomes_of_batch(self) -> dict[str, str]:
        """Find the record's list of outcomes, for those that were accepted and refused; empty where it has none."""
        members = () if {"accepted", "refused"} & {m.name for m in self._record.members} else self._record.members
        for member in members:
            of = member.value.of
            if member.value.type == "array" and of is not None and of.record:
                inner = self._surface.record(of.record)
                if ResultClass(self._surface, inner).is_outcome:
                    given = f"self.{member.name}"
                    mobile = next((each.name for each in inner.members if each.value.kind == "mobile"), "")
                    is_there = member.required and not member.value.nullable
                    return {"type": of.record, "given": given if is_there else f"({given} or ())", "mobile": mobile}
        return {}


def read(surface: Surface, value: Value, taken: str, *, absent: bool, depth: int = 0) -> str:
    """Write the expression that makes a result of JSON."""
    if _converted(surface, value, "it", depth) == "it":
        return taken
    if not absent:
        return _converted(surface, value, taken, depth)
    it = f"given_{depth}" if depth else "given"
    return f"None if ({it} := {taken}) is None else {_converted(surface, value, it, depth)}"


def _converted(surface: Surface, value: Value, given: str, depth: int) -> str:
    if value.is_time:
        return f"parse_time({given})"
    if value.kind == "flag":
        return f"bool({given})"
    if value.values and value.type in SCALARS and value.kind != "error-code":
        return f"known({value.values}, {given})"
    if value.type == "record":
        return f"{reader_name(value.record)}({given})"
    if value.of is None:
        return given
    item, name = (f"{each}_{depth}" if depth else each for each in ("item", "name"))
    one = read(surface, value.of, item, absent=value.of.nullable, depth=depth + 1)
    if value.type == "array":
        made = f"tuple({given})" if one == item else f"tuple([{one} for {item} in {given}])"
        return _outcomes(surface, value.of, given) or made
    return given if one == item else f"{{{name}: {one} for {name}, {item} in {given}.items()}}"


def _outcomes(surface: Surface, of: Value, given: str) -> str:
    """Write the expression for a list of outcomes, where those that were accepted can be read all at once."""
    if not of.record or of.nullable or of.record in customised_results()[0]:
        return ""
    record = surface.record(of.record)
    ids = [each for each in record.members if each.value.kind == "id" and not each.required]
    always = [each for each in record.members if each.required]
    plain = all(m.value.type == "string" and not m.value.nullable and not m.value.values for m in always)
    if not ResultClass(surface, record).is_outcome or len(ids) != 1 or not plain or not always:
        return ""
    names = ", ".join(f"{literal(each.wire)}: {literal(each.name)}" for each in (*always, *ids))
    return f"read_outcomes({given}, {of.record}, {reader_name(of.record)}, {{{names}}})"


def _outcome_value(each: _Field) -> str:
    """List the arguments of an outcome's constructor: what was read before, and words only of a refusal."""
    if each.name == "accepted" or each.value.startswith("take_error_code") or each.value.endswith(" or None"):
        return each.name
    return f"None if accepted else {each.value}" if each.metadata == "TEXT" else each.value


def _shown(value: Value) -> str:
    """Return how a repr shows a value, as metadata; a list or a map as what is in it."""
    own = _SHOWN.get(value.kind, "")
    return own or (_shown(value.of) if value.of is not None else "")


def _is_unhashable(value: Value) -> bool:
    if value.type in ("map", "anything"):
        return True
    return value.type == "array" and value.of is not None and _is_unhashable(value.of)
