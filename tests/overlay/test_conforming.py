"""Success responses: what is read, what is converted, and what is refused."""

from __future__ import annotations

import json

import pytest

from jsms_client._decode import InvalidResponse, conform, parse
from jsms_runtime.operation import Field, Shape

PAGE = Shape(
    "object",
    fields=(
        Field("id", Shape("string"), True),
        Field("note", Shape("string"), False),
        Field("count", Shape("integer", nullable=True), True),
        Field("items", Shape("array", of=Shape("object", fields=(Field("values", Shape("texts"), False),))), False),
    ),
)


@pytest.mark.parametrize(
    ("value", "shape", "expected"),
    [
        ("a", Shape("string"), "a"),
        (288193860302, Shape("string"), "288193860302"),
        (7, Shape("integer"), 7),
        ("-7", Shape("integer"), -7),
        (7.0, Shape("integer"), 7),
        (None, Shape("integer", nullable=True), None),
        (True, Shape("boolean"), True),
        ("1.50", Shape("number"), 1.5),
        (1.5, Shape("number"), 1.5),
        (2, Shape("number"), 2),
        ("soon", Shape("time"), "soon"),
        ("2030-07-01 09:00:00", Shape("time", strict=True), "2030-07-01 09:00:00"),
        ([{"a": None}], Shape("anything"), [{"a": None}]),
        (
            {"a": "x", "b": 1, "c": 1.5, "d": True, "e": None},
            Shape("texts"),
            {"a": "x", "b": "1", "c": "1.5", "d": "true"},
        ),
        ([1, "2"], Shape("array", of=Shape("integer")), [1, 2]),
        ({"a": "1", "b": 2, "c": None}, Shape("map", of=Shape("integer")), {"a": 1, "b": 2}),
        ({"a": None}, Shape("map", of=Shape("array", of=Shape("string")), nullable=True), {}),
        ({"a": None}, Shape("map", of=Shape("string", nullable=True)), {"a": None}),
        ({"id": "x", "note": None, "count": None, "more": 1}, PAGE, {"id": "x", "count": None, "more": 1}),
    ],
)
def test_what_the_service_means_is_put_into_the_types_of_the_contract(
    value: object, shape: Shape, expected: object
) -> None:
    fitted = conform(value, shape)
    assert fitted == expected
    assert type(fitted) is type(expected)


@pytest.mark.parametrize(
    ("value", "shape", "reason"),
    [
        (1.5, Shape("string"), "is a number, not a text"),
        (True, Shape("string"), "is true or false, not a text"),
        ("x", Shape("integer"), "is a text, not a whole number"),
        (True, Shape("integer"), "is true or false, not a whole number"),
        (1.5, Shape("integer"), "is a number, not a whole number"),
        (2**63, Shape("integer"), "is a number beyond 64 bits"),
        (1, Shape("boolean"), "is a number, not true or false"),
        ("much", Shape("number"), "is a text, not a number"),
        (True, Shape("number"), "is true or false, not a number"),
        ("soon", Shape("time", strict=True), "is not a time"),
        (None, Shape("boolean"), "is null, not true or false"),
        ({}, Shape("array", of=Shape("string")), "is an object, not a list"),
        ([], Shape("texts"), "is a list, not an object"),
        ({"a": []}, Shape("texts"), "is an object that holds more than texts"),
        ([], Shape("map", of=Shape("integer")), "is a list, not an object"),
        ({"a": {"b": "c"}}, Shape("map", of=Shape("map", of=Shape("integer"))), "[…][…] is a text, not a whole number"),
        ([], PAGE, "is a list, not an object"),
        ({"id": "x"}, PAGE, "has no count"),
        ({"id": None, "count": 1}, PAGE, "id is null, not a text"),
        ({"id": "x", "count": 1, "items": [{}, {"values": 1}]}, PAGE, "items[1].values is a number, not an object"),
    ],
)
def test_what_cannot_be_put_right_is_refused_and_placed(value: object, shape: Shape, reason: str) -> None:
    with pytest.raises(InvalidResponse) as caught:
        conform(value, shape)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'"\\ud83d\\ude00"', "😀"),
        ('"好"'.encode(), "好"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_in_utf_8_is_read(content: bytes, expected: object) -> None:
    assert parse(content) == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"<html>", "is not JSON"),
        (b'{"a": 1', "is not JSON"),
        ('{"a": "好"}'.encode("gbk"), "is not text in UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "is not text in UTF-8"),
        (b"NaN", "a number that cannot be read"),
        (b"9" * 5000, "a number that cannot be read"),
        (b"[" * 100_000, "nested too deeply"),
        (b'["\\ud800"]', "a lone surrogate"),
    ],
)
def test_anything_else_is_refused_without_holding_on_to_it(content: bytes, reason: str) -> None:
    with pytest.raises(InvalidResponse, match=reason) as caught:
        parse(content)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_thousand_recipients_are_all_looked_at() -> None:
    recipients = [{"id": str(number), "count": number} for number in range(1000)]
    assert conform(json.loads(json.dumps(recipients)), Shape("array", of=PAGE)) == recipients
    with pytest.raises(InvalidResponse, match=r"^\[999\]\.count is a text"):
        conform([*recipients[:999], {"id": "x", "count": "many"}], Shape("array", of=PAGE))


ITEM = Shape(
    "object",
    fields=(
        Field("id", Shape("string"), True),
        Field("note", Shape("string"), False),
        Field("values", Shape("texts"), False),
    ),
)


@pytest.mark.parametrize(
    "records",
    [
        [{"id": "1"}, {"id": "2"}],
        [{"id": "1", "note": "x"}, {"id": "2"}],
        [{"id": "1", "more": "x"}, {"id": "2", "other": {}}],
        [{"id": "1", "values": {"a": "x"}}],
        [],
    ],
)
def test_records_that_are_right_are_left_as_they_are(records: list[object]) -> None:
    assert conform(json.loads(json.dumps(records)), Shape("array", of=ITEM)) == records


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([{"id": "1", "note": "x"}, {"note": "x"}], r"^\[1\] has no id"),
        ([{"id": "1"}, {"note": "x"}], r"^\[1\] has no id"),
        ([{"note": "1"}, {"note": "x"}], r"^\[0\] has no id"),
        ([{"id": "1", "values": "x"}], r"^\[0\]\.values is a text, not an object"),
        ([{"id": "1"}, "x"], r"^\[1\] is a text, not an object"),
    ],
)
def test_one_wrong_record_is_found_among_right_ones(records: list[object], reason: str) -> None:
    with pytest.raises(InvalidResponse, match=reason):
        conform(records, Shape("array", of=ITEM))
