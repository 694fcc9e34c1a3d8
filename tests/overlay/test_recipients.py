"""Recipients of a batch, in each form that they can be given."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsms_client import Recipient
from jsms_client.errors import ArgumentError
from jsms_runtime.recipients import parse_recipients

A, B = "13800138000", "13800138001"
NO_PARAMETERS: dict[str, str] = {}


def read(recipients: object, most: int = 1000) -> list[tuple[str, dict[str, str] | None]]:
    return parse_recipients(recipients, fewest=1, most=most)


@pytest.mark.parametrize(
    "recipient",
    [
        Recipient(A, {"code": 5}),
        {"mobile": A, "temp_para": {"code": 5}},
        (A, {"code": 5}),
        [A, {"code": 5}],
        ("+86 138 0013 8000", {"code": 5}),
        (13800138000, {"code": 5}),
    ],
)
def test_a_recipient_with_parameters_is_read_from_every_form(recipient: object) -> None:
    assert read([recipient]) == [(A, {"code": "5"})]


@pytest.mark.parametrize(
    "recipient", [Recipient(A), {"mobile": A}, {"mobile": A, "temp_para": None}, (A, None), A, 13800138000]
)
def test_a_recipient_without_parameters_is_read_from_every_form(recipient: object) -> None:
    assert read([recipient]) == [(A, None)]


@pytest.mark.parametrize(
    "recipients",
    [[A, B], (A, B), iter([A, B]), dict.fromkeys([A, B]).keys(), (number for number in (A, B))],
    ids=["list", "tuple", "iterator", "view", "generator"],
)
def test_any_iterable_is_read_in_its_order(recipients: Iterable[str]) -> None:
    assert read(recipients) == [(A, None), (B, None)]


def test_a_generator_is_read_once_and_no_further_than_the_limit() -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        for _ in itertools.count():
            taken += 1
            yield A

    with pytest.raises(ArgumentError, match=r"^recipients has more than 5 entries; send at most 5 at once\.$"):
        read(endless(), most=5)
    assert taken == 6


def test_as_many_as_the_contract_allows_are_read() -> None:
    assert len(read([A] * 1000)) == 1000


@pytest.mark.parametrize("empty", [[], (), iter([])])
def test_no_recipients_are_refused(empty: object) -> None:
    with pytest.raises(ArgumentError, match=r"^recipients is empty; give 1 to 1000 recipients\.$"):
        read(empty)


@pytest.mark.parametrize("single", [A, b"138", Recipient(A), {"mobile": A}])
def test_a_single_one_is_refused_with_a_hint(single: object) -> None:
    with pytest.raises(ArgumentError, match="put it into a list"):
        read(single)


def test_an_async_iterable_is_refused_with_a_hint() -> None:
    async def recipients() -> AsyncIterator[str]:
        yield A

    with pytest.raises(ArgumentError, match=r"collect it first: \[one async for one in recipients\]"):
        read(recipients())


@pytest.mark.parametrize("wrong", [None, 5, object()])
def test_what_is_no_iterable_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match=r"^recipients is (None|of type \w+); give a list of recipients"):
        read(wrong)


@pytest.mark.parametrize(
    ("recipient", "where"),
    [
        ("123", r"recipients\[17\].mobile is not"),
        (Recipient("123"), r"recipients\[17\].mobile is not"),
        ({"mobile": None}, r"recipients\[17\].mobile is None"),
        ({"temp_para": NO_PARAMETERS}, r"recipients\[17\] has no mobile"),
        ({"mobile": A, "code": "1"}, r"recipients\[17\] has the field 'code'; it takes mobile and temp_para"),
        ({"mobile": A, 5: "1"}, r"recipients\[17\] has the field '5'; it takes"),
        ({"mobile": A, None: "1"}, r"recipients\[17\] has the field 'None'; it takes"),
        ((A,), r"recipients\[17\] has 1 parts"),
        ((A, NO_PARAMETERS, NO_PARAMETERS), r"recipients\[17\] has 3 parts"),
        ((A, B), r"recipients\[17\].temp_para is of type str"),
        (({"code": "1"}, A), r"recipients\[17\].mobile is of type dict"),
        ((A, {"code": None}), r"recipients\[17\].temp_para\['code'\] is None"),
        (None, r"recipients\[17\] is None; give a Recipient"),
        (True, r"recipients\[17\] is of type bool"),
        (object(), r"recipients\[17\] is of type object"),
    ],
)
def test_a_wrong_recipient_is_refused_by_its_place(recipient: object, where: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{where}"):
        read([A] * 17 + [recipient])


def test_an_exception_of_the_callers_iterable_comes_through() -> None:
    def broken() -> Iterator[str]:
        yield A
        raise OSError("the file went away")

    with pytest.raises(OSError, match="the file went away"):
        read(broken())


def test_a_recipient_shows_nothing_that_should_not_be_logged() -> None:
    assert repr(Recipient(A, {"code": "741627"})) == "Recipient(mobile='138****8000')"


def test_a_recipient_can_be_compared_hashed_and_pickled() -> None:
    recipient = Recipient(A, {"code": "1"})
    assert pickle.loads(pickle.dumps(recipient)) == recipient
    assert len({recipient, Recipient(A, {"code": "1"}), Recipient(A, {"code": "2"})}) == 2


class Name(str):
    __slots__ = ()


TEXTS = st.sampled_from(["", "x", "张三", "\ud800", "a\nb", Name("y")]) | st.integers() | st.none()
MOBILES = st.sampled_from([A, B, "+86 138 0013 8000", "1380013800", f"{A}\n{B}", f"{A}\n", "", Name(A)]) | st.integers()
PARAMETERS = st.none() | st.dictionaries(TEXTS, TEXTS, max_size=2) | st.just(())
FORMS = st.one_of(
    MOBILES,
    st.tuples(MOBILES, PARAMETERS),
    st.builds(Recipient, st.just(A), PARAMETERS),
    st.tuples(MOBILES),
)
USUAL = st.tuples(st.just(A), st.just({"name": "x"}))


@given(st.lists(USUAL, max_size=3), st.lists(FORMS, max_size=2))
def test_many_at_once_are_read_as_each_by_itself(usual: list[object], others: list[object]) -> None:
    def outcome(recipients: list[object]) -> object:
        try:
            return read(recipients)
        except ArgumentError as error:
            return str(error)

    together = [*usual, *others]
    one_by_one = [outcome([one]) for one in together]
    problems = [one.replace("[0]", f"[{place}]") for place, one in enumerate(one_by_one) if isinstance(one, str)]
    if problems:
        assert outcome(together) == problems[0]
    elif together:
        assert outcome(together) == [one for found in one_by_one for one in cast("list[object]", found)]


def test_two_numbers_in_one_text_are_no_number() -> None:
    with pytest.raises(ArgumentError, match=r"recipients\[1\]"):
        read([A, f"{A}\n{B}"])
