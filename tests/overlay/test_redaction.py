"""What a message may show, and what is masked."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsms_runtime.redaction import LONGEST_READ, mask_line, mask_mobile, mask_text, shorten


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


SECRET = '王\U0001f600 "A/B" <i>O\'N</i> \\ 50%+1'


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


@pytest.mark.parametrize(
    "echoed",
    [
        in_json(SECRET),
        in_json(SECRET).replace("738b", "738B"),
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        in_json(SECRET).replace("/", "\\/"),
        html.escape(SECRET),
        html.escape(SECRET).encode("ascii", "xmlcharrefreplace").decode(),
        html.escape(SECRET).replace("王", "&#x738B;"),
        quote(SECRET),
        quote(SECRET, safe="").replace("%E7%8E%8B", "%e7%8e%8b"),
        quote_plus(SECRET),
        repr(SECRET.encode())[2:-1],
        in_json(in_json(SECRET)),
        in_json(html.escape(SECRET)),
        quote(in_json(SECRET)),
        html.escape(in_json(in_json(SECRET))),
    ],
)
def test_what_the_request_said_is_masked_in_whatever_way_it_is_written(echoed: str) -> None:
    assert mask_text(f"cannot read [{echoed}], nor a\\b, 5% or &unknown;", [SECRET]) == (
        "cannot read [****], nor a\\b, 5% or &unknown;"
    )


def test_an_echo_of_more_echoes_than_anybody_makes_is_not_followed_forever() -> None:
    assert mask_text("%" + "25" * 100 + "41ghi", ["Aghi"]) == "%****ghi"


def test_what_only_begins_like_a_secret_stays_in_a_text_that_is_cut() -> None:
    filling = "-" * 100
    assert mask_line(f"{filling * 40}Zab! {filling * 60}", [filling, "Zab" + "c" * 5000]) == "****Zab! ****"


@pytest.mark.parametrize("secret", ["&amp;", "%26", "\\u0026"])
def test_a_secret_that_stands_for_one_character_does_not_hide_that_one(secret: str) -> None:
    assert mask_text(f"a & b {secret} 5 %", [secret]) == "a & b **** 5 %"


def test_a_number_behind_an_escaped_blank_keeps_no_more_than_its_ends() -> None:
    assert mask_text("/send%2013800138000", ["13800138000"], digits=False) == "/send%20138****8000"


@pytest.mark.parametrize("escape", [str, in_json, quote])
@pytest.mark.parametrize("length", [2_500, 8_000, 8_191, 8_192, 9_000, 100_000])
def test_a_secret_of_any_length_is_masked_before_the_text_is_cut(escape: Callable[[str], str], length: int) -> None:
    secret = ("王小明住在北京，abc" * (length // 10 + 1))[:length]
    assert mask_line(f"cannot read {escape(secret)}", [secret]) == "cannot read ****"


@given(st.text(min_size=3), st.integers(0, 40), st.sampled_from([str, in_json, quote, html.escape]))
def test_no_part_of_a_secret_that_is_cut_off_is_left(secret: str, room: int, escape: Callable[[str], str]) -> None:
    before = "x" * 300
    # The first secret takes so much away that what was cut moves into what is shown.
    line = mask_line(f"{'-' * (LONGEST_READ - room)}Z{escape('#' + secret)}{before}", ["-" * 100, "#" + secret])
    assert "#" not in line
    assert before not in line


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


@pytest.mark.parametrize("code", [0x00, 0x07, 0x1B, 0x7F, 0x85, 0x9B, 0x200E, 0x202E, 0x2028, 0x2029, 0x2066, 0xD800])
@pytest.mark.parametrize("mask", [mask_line, mask_text])
def test_nothing_that_controls_a_terminal_or_a_log_comes_through(mask: Callable[[str], str], code: int) -> None:
    shown = mask(f"refused{chr(code)}[31m中文😀")

    assert shown.isprintable()
    assert shown.startswith("refused")
    assert shown.endswith("[31m中文😀")


def test_a_text_of_several_lines_keeps_them() -> None:
    assert mask_text("first\n\tsecond") == "first\n\tsecond"
