"""Request parts that the contract does not use yet: decimals, booleans, lists, maps, objects, queries."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from jsms_client import AsyncJSMS
from jsms_client._request import with_query
from jsms_client.errors import ArgumentError
from jsms_contract.fields import ARGUMENTS
from jsms_contract.operations import OPERATIONS
from jsms_runtime.times import parse_moment
from jsms_runtime.uploads import form_field, query_text, read_upload
from jsms_runtime.validation import parse_boolean, parse_decimal, parse_fields, parse_list, parse_map

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("value", [1, 1.5, Decimal("1.5"), Fraction(3, 2)])
def test_a_decimal_is_any_finite_number(value: float) -> None:
    assert parse_decimal(value, "rate", smallest=1, largest=2) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "rate is of type bool, not a number; give a number"),
        ("1", "rate is of type str, not a number; give a number"),
        (float("nan"), "rate is not a finite number; give a number"),
        (Fraction(10**400), "rate is not a finite number; give a number"),
        (0.5, "rate is 0.5; it takes from 1 to 2 percent"),
        (3, "rate is 3; it takes from 1 to 2 percent"),
    ],
)
def test_another_decimal_is_refused(value: object, said: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{said}"):
        parse_decimal(value, "rate", smallest=1, largest=2, unit=" percent")


def test_a_decimal_with_one_limit_names_it() -> None:
    with pytest.raises(ArgumentError, match="it takes at least 1"):
        parse_decimal(0, "rate", smallest=1)
    with pytest.raises(ArgumentError, match="it takes at most 1"):
        parse_decimal(2, "rate", largest=1)


def test_a_truth_value_is_nothing_else() -> None:
    assert parse_boolean(False, "urgent") is False
    with pytest.raises(ArgumentError, match="^urgent is of type int; give True or False"):
        parse_boolean(1, "urgent")


def test_a_moment_is_an_aware_datetime_or_milliseconds() -> None:
    assert parse_moment(datetime(1970, 1, 1, 0, 0, 1, 500, tzinfo=UTC), "since") == 1000
    assert parse_moment(1000, "since") == 1000
    for wrong in (datetime(2030, 1, 1), True, "1000", None):
        with pytest.raises(ArgumentError, match="^since is "):
            parse_moment(wrong, "since")


def test_a_list_is_any_iterable_within_its_limits() -> None:
    assert parse_list(iter("ab"), "items", most=2) == ["a", "b"]
    assert parse_list((), "items") == []
    refused: Iterable[tuple[object, str]] = [
        ("ab", "is of type str; give a list"),
        ({}, "is of type dict"),
        (None, "is None"),
        ([], "is empty; it takes at least 2"),
        ([1], "has 1 entries; it takes at least 2"),
        (range(10**9), "has more than 3 entries; it takes at most 3"),
    ]
    for value, said in refused:
        with pytest.raises(ArgumentError, match=f"^items {said}"):
            parse_list(value, "items", fewest=2, most=3)


def test_a_map_has_texts_as_names() -> None:
    assert parse_map({"a": 1}, "labels") == {"a": 1}
    refused: Iterable[tuple[object, str]] = (
        ([], "is of type list"),
        ({1: 1}, "has a name of type int"),
        ({"\ud83d": 1}, "cannot be"),
    )
    for value, said in refused:
        with pytest.raises(ArgumentError, match=f"^labels {said}"):
            parse_map(value, "labels")


def test_an_object_has_the_fields_of_the_contract() -> None:
    def take(value: object) -> dict[str, object]:
        return parse_fields(value, "item", required=("name",), optional=("size",))

    assert take({"name": "a"}) == {"name": "a", "size": None}
    with pytest.raises(ArgumentError, match="^item has no name; it takes name, size"):
        take({"size": 1})
    with pytest.raises(ArgumentError, match="^item has a field that it cannot have; it takes name, size"):
        take({"name": "a", "colour": 1})


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (False, "false"), (5, "5"), ("a b", "a b"), ([1, 2], "1,2")]
)
def test_a_value_in_a_query(value: object, text: str) -> None:
    assert query_text(value) == text


def test_a_query_is_escaped() -> None:
    assert with_query("/usage", None) == "/usage"
    assert with_query("/usage", {"day": "1 & 2", "all": "true"}) == "/usage?day=1+%26+2&all=true"


def test_a_form_has_texts_and_files() -> None:
    assert form_field("type", 3) == ("type", (None, b"3", "text/plain"))
    assert read_upload(PNG, "logo", field="logo", max_bytes=None, media_types=("image/png",)) == (
        "logo",
        ("logo.png", PNG, "image/png"),
    )


def test_a_file_of_any_kind_where_the_contract_names_none() -> None:
    _, upload = read_upload(b"%PDF", "paper", field="paper", max_bytes=9, media_types=())
    assert upload == ("paper", b"%PDF", "application/octet-stream")


def test_the_arguments_of_the_contract_are_those_of_the_methods() -> None:
    for name, arguments in ARGUMENTS.items():
        operation = OPERATIONS[name]
        client = AsyncJSMS("a" * 24, "b" * 24)
        method = getattr(getattr(client, operation.resource), operation.method_name)
        parameters = [each for each in inspect.signature(method).parameters if each != "once"]
        assert parameters == [argument.name for argument in arguments], name
