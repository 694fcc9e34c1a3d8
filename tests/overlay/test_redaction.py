"""What a message may show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsms_client.redaction import mask_mobile, mask_text, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invalid mobile 13800138000", "invalid mobile 138****8000"),
        ("+86 138-0013-8000 and 8613800138000", "138****8000 and 138****8000"),
        ("138 0013 8000,13900139000", "138****8000,139****9000"),
        ("code 123456 is wrong", "code **** is wrong"),
        ("id 11010519491231002X", "id ****"),
        ("at 1492150740274", "at ****"),
        ("１２３４５６", "****"),
        ("Authorization: Basic YWJjOmRlZg==", "Authorization: Basic ****"),
        ("key 0123456789abcdef01234567", "key ****"),
        ("1 to 999, twice", "1 to 999, twice"),
        ("", ""),
    ],
)
def test_numbers_codes_and_keys_are_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_dates_and_lengths_stay_where_they_matter() -> None:
    assert mask_text("Mon, 23 Nov 2026; 13800138000; 4096", digits=False) == "Mon, 23 Nov 2026; 138****8000; 4096"


def test_what_the_request_said_is_masked_wherever_it_comes_back() -> None:
    assert (
        mask_text("dear 王小明: 王小明先生, ab", ["王小明", "王小明先生", "ab", "13800138000"]) == "dear ****: ****, ab"
    )


@pytest.mark.parametrize("secret", ["王明", "明", "é"])
def test_a_short_name_is_masked_where_it_is_not_in_ascii(secret: str) -> None:
    assert mask_text(f"dear {secret}, ok", [secret, "ok", ""]) == "dear ****, ok"


@given(st.text(), st.from_regex(r"1[0-9]{10}", fullmatch=True), st.text())
def test_no_whole_number_comes_through(before: str, number: str, after: str) -> None:
    assert number not in mask_text(f"{before} {number} {after}")


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13800138000", "138****8000"), ("+86 138-0013-8000", "861****8000"), ("123456", "****"), ("", "****")],
)
def test_a_mobile_keeps_its_ends(number: str, shown: str) -> None:
    assert mask_mobile(number) == shown


def test_a_long_text_becomes_a_line() -> None:
    assert shorten("a\r\n\u2028b\tc") == "a b c"
    assert shorten("x" * 201) == "x" * 200 + "…"
    assert shorten("x" * 200) == "x" * 200
    assert shorten(" " * 500 + "x") == "…"
