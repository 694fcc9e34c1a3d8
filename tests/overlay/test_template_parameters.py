"""Template parameters: every scalar becomes the text that the recipient reads."""

from __future__ import annotations

import json
from collections import UserDict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jsms_client.errors import ArgumentError
from jsms_runtime.recipients import parse_parameters


class Plan(StrEnum):
    GOLD = "gold"


class Level(IntEnum):
    TOP = 3


class Old(str, Enum):  # noqa: UP042 - what code before 3.11 has
    NAME = "old"


class Plain(Enum):
    PRICE = Decimal("9.90")


class Index:
    """A whole number of another library's."""

    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("741627", "741627"),
        ("", ""),
        ("极光【】", "极光【】"),
        (5, "5"),
        (-5, "-5"),
        (10**30, "1" + "0" * 30),
        (True, "true"),
        (False, "false"),
        (1.5, "1.5"),
        (5.0, "5.0"),
        (1e16, "10000000000000000"),
        (1e-7, "0.0000001"),
        (-1.5e300, "-15" + "0" * 299),
        (Decimal("9.90"), "9.90"),
        (Decimal("1E+5"), "100000"),
        (Decimal("-0.00"), "-0.00"),
        (Plan.GOLD, "gold"),
        (Level.TOP, "3"),
        (Old.NAME, "old"),
        (Plain.PRICE, "9.90"),
        (Index(), "7"),
    ],
)
def test_a_scalar_becomes_the_text_that_a_person_would_write(value: object, text: str) -> None:
    read = parse_parameters({"name": value})
    assert read == {"name": text}
    assert type(read["name"]) is str


@pytest.mark.parametrize("mapping", [{"a": 1}, UserDict({"a": 1})])
def test_any_mapping_is_read_and_left_alone(mapping: Mapping[str, object]) -> None:
    assert parse_parameters(mapping) == {"a": "1"}
    assert mapping["a"] == 1


def test_no_parameters_are_an_empty_object() -> None:
    assert parse_parameters({}) == {}


@pytest.mark.parametrize("wrong", [None, "code", ["code"], [("code", "1")], 5])
def test_what_is_no_mapping_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match="^temp_para is .*; give a mapping"):
        parse_parameters(wrong)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is None; give its value, or leave the parameter out"),
        ({"a": "b"}, "of type dict"),
        (["a"], "of type list"),
        (b"a", "of type bytes"),
        (object(), "of type object"),
        (datetime(2030, 7, 1, tzinfo=UTC), "of type datetime; give the text that the recipient should read"),
        (date(2030, 7, 1), "of type date; give the text"),
        (float("nan"), "not a finite number"),
        (float("inf"), "not a finite number"),
        (Decimal("NaN"), "not a finite number"),
        (Decimal("1E+1000000"), "too long"),
        (Decimal("1E-1000000"), "too long"),
        pytest.param(10**5000, "too long", id="huge"),
        ("\ud83d", "half of a surrogate pair"),
        (Enum("Odd", {"HALF": "\ud83d"}).HALF, "half of a surrogate pair"),  # type: ignore[attr-defined]
    ],
)
def test_another_value_is_refused_naming_the_parameter(value: object, problem: str) -> None:
    with pytest.raises(ArgumentError, match=problem) as caught:
        parse_parameters({"fine": "1", "code": value}, "recipients[17].temp_para")
    assert str(caught.value).startswith("recipients[17].temp_para['code'] ")


@pytest.mark.parametrize(("name", "problem"), [(5, "a name of type int"), ("", "empty name"), ("\ud83d", "surrogate")])
def test_a_name_that_is_none_is_refused(name: object, problem: str) -> None:
    with pytest.raises(ArgumentError, match=f"^temp_para .*{problem}"):
        parse_parameters({name: "1"})


SCALARS = st.one_of(
    st.text(),
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9),
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # as a busy machine is
@given(st.dictionaries(st.text(min_size=1), SCALARS))
def test_what_is_read_can_always_be_sent(parameters: dict[str, object]) -> None:
    read = parse_parameters(parameters)
    assert json.loads(json.dumps(read, ensure_ascii=False).encode()) == read
    for name, value in parameters.items():
        if isinstance(value, float):
            assert float(read[name]) == value
            assert "e" not in read[name]
        if isinstance(value, Decimal):
            assert Decimal(read[name]) == value
