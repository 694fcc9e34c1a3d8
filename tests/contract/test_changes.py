"""What a change of the document means for callers, in words."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given

from contract_tools.changes import Change
from contract_tools.changes.contract import compare
from contract_tools.document import load
from jsms_contract.operations import OPERATIONS

from .extension_changes import EDITS_OF_NEEDS
from .lint_cases import WHOLE
from .mutated_documents import mutated
from .operation_changes import EDITS_OF_OPERATIONS
from .schema_changes import EDITS_OF_MODELS, Data, Edit, field, schema, sending

EDITS = EDITS_OF_OPERATIONS + EDITS_OF_MODELS + EDITS_OF_NEEDS
CONTRACT = Path(__file__).parents[2] / "openapi.yaml"


@pytest.fixture(scope="module")
def whole() -> Data:
    data: Data = load(WHOLE).data
    return data


def _edited(data: Data, edit: Edit) -> Data:
    changed = copy.deepcopy(data)
    edit(changed)
    return changed


@pytest.mark.parametrize(("edit", "breaking", "sentence"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
def test_a_change_is_described_in_words(whole: Data, edit: Edit, breaking: bool, sentence: str) -> None:
    found = {change.sentence: change.breaking for change in compare(whole, _edited(whole, edit))}

    assert found.get(sentence) == breaking, found


OPPOSITES: list[tuple[str, Edit]] = [
    ("sent field required", lambda d: schema(d, "LetterRequest")["required"].append("kind")),
    ("sent field shorter", lambda d: field(d, "LetterRequest", "number").update(maxLength=3)),
    ("received field that may be absent", lambda d: schema(d, "Letter").update(required=["refused"])),
    ("received field that may be null", lambda d: field(d, "Letter", "letter_id").update(type=["integer", "null"])),
    ("operation gone", lambda d: d["paths"].pop("/letters")),
]


def test_a_received_field_that_is_needed_in_fewer_cases_breaks_those_who_count_on_it(whole: Data) -> None:
    before, after = copy.deepcopy(whole), copy.deepcopy(whole)
    field(before, "Letter", "refused")["x-needed-when"] = {"letter_id": [1, 2]}
    field(after, "Letter", "refused")["x-needed-when"] = {"letter_id": [1]}

    assert [change.breaking for change in compare(before, after)] == [True]
    assert [change.breaking for change in compare(after, before)] == [False]


@pytest.mark.parametrize("edit", [row[1] for row in OPPOSITES], ids=[row[0] for row in OPPOSITES])
def test_what_breaks_one_way_does_not_break_the_other(whole: Data, edit: Edit) -> None:
    edited = _edited(whole, edit)

    assert any(change.breaking for change in compare(whole, edited))
    assert not any(change.breaking for change in compare(edited, whole))


def test_a_field_that_goes_both_ways_breaks_both_ways(whole: Data) -> None:
    both = copy.deepcopy(whole)
    sending(both)["responses"]["200"]["content"]["application/json"]["schema"] = {
        "$ref": "#/components/schemas/LetterRequest"
    }
    narrower, wider = copy.deepcopy(both), copy.deepcopy(both)
    field(narrower, "LetterRequest", "number")["maxLength"] = 3
    field(wider, "LetterRequest", "number")["maxLength"] = 5

    assert [change.breaking for change in compare(both, narrower)] == [True]
    assert [change.breaking for change in compare(both, wider)] == [True]


def test_breaking_changes_come_first(whole: Data) -> None:
    edited = _edited(whole, lambda d: (d["x-error-codes"].pop("104"), d["webhooks"].pop("letterArrived")))
    schema(edited, "Letter")["properties"]["weight"] = {"type": "string"}
    field(edited, "LetterRequest", "number")["maxLength"] = 9

    breaking = [change.breaking for change in compare(whole, edited)]

    assert breaking == sorted(breaking, reverse=True)
    assert set(breaking) == {True, False}


def test_words_for_readers_are_no_change(whole: Data) -> None:
    edited = copy.deepcopy(whole)
    sending(edited)["description"] = "Other words."
    field(edited, "Letter", "letter_id")["description"] = "Other words."
    edited["x-error-codes"]["104"]["meaning"] = "Other words."
    edited["info"]["version"] = "2.0.0"

    assert compare(whole, edited) == []


def test_a_part_that_moves_among_the_components_is_no_change(whole: Data) -> None:
    edited = copy.deepcopy(whole)
    edited["components"]["requestBodies"] = {"Letter": sending(edited)["requestBody"]}
    sending(edited)["requestBody"] = {"$ref": "#/components/requestBodies/Letter"}

    assert compare(whole, edited) == []


def test_the_contract_compared_with_itself_has_no_change() -> None:
    data = load(CONTRACT).data

    assert compare(data, copy.deepcopy(data)) == []


def test_how_sms_are_billed_is_a_change() -> None:
    data: Data = load(CONTRACT).data
    edited = copy.deepcopy(data)
    edited["x-billing"] |= {"sms_characters": 80, "part_characters": 75, "opt_out_suffix": "T"}
    edited["x-billing"] |= {"marketing_from": "09:00", "marketing_until": "20:00"}

    assert [(change.breaking, change.sentence.partition(" now")[0]) for change in compare(data, edited)] == [
        (True, "A text billed as one SMS has at most 80 characters"),
        (True, "Each part of a longer SMS has 75 characters"),
        (True, "Marketing ends with “T”"),
        (True, "Marketing is sent from 09:00"),
        (True, "Marketing is sent until 20:00"),
    ]


def test_everything_of_a_document_is_new_beside_an_empty_one() -> None:
    data = load(CONTRACT).data
    operations = [change for change in compare({}, data) if change.subject.startswith("operation ")]

    assert len(operations) == len(OPERATIONS)
    assert {change.kind for change in operations} == {"added"}
    gone = [change for change in compare(data, {}) if change.subject.startswith("operation ")]
    assert all(change.breaking and change.kind == "removed" for change in gone)
    assert len(gone) == len(OPERATIONS)


@given(mutated())
def test_any_document_compared_with_itself_has_no_change(data: Data) -> None:
    assert compare(data, copy.deepcopy(data)) == []


@given(mutated(), mutated())
def test_any_two_documents_can_be_compared(old: Data, new: Data) -> None:
    for change in compare(old, new):
        assert isinstance(change, Change)
        assert change.sentence.endswith(".")
