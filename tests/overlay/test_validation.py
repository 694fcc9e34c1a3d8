"""Numbers, texts and ids: from the caller's form to the service's."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsms_client.errors import ArgumentError, JSMSError
from jsms_client.results import SignType, TemplateType
from jsms_runtime import validation
from jsms_surface.requests.codes import make_send_voice_code_request, make_verify_code_request

FORMATS = ["13800138000", "1380 0138 000", "138-0013-8000", "138 0013 8000", "138.0013.8000"]
PREFIXES = ["", "+86", "+86 ", "+86-", "0086", "0086 ", "86", "86 ", "(+86) "]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("written", FORMATS)
def test_a_number_is_read_however_it_is_written(prefix: str, written: str) -> None:
    assert validation.parse_mobile(prefix + written) == "13800138000"


@pytest.mark.parametrize(
    "written",
    [
        "１３８００１３８０００",
        "\u202d138 0013 8000\u202c",
        "138\u00a00013\u20118000",
        "\ufeff13800138000\n",
        "\t13800138000\r\n",
    ],
    ids=["full width", "copied from a contact", "no-break", "byte order mark", "tab"],
)
def test_marks_that_come_along_with_a_copied_number_do_not_count(written: str) -> None:
    assert validation.parse_mobile(written) == "13800138000"


def test_a_number_stored_as_an_integer_is_read() -> None:
    assert validation.parse_mobile(13800138000) == "13800138000"


def test_a_number_of_a_str_subclass_becomes_a_plain_text() -> None:
    class Text(str):
        __slots__ = ()

    assert type(validation.parse_mobile(Text("13800138000"))) is str


@pytest.mark.parametrize(
    "wrong",
    [
        "", " ", "1380013800", "138001380000", "23800138000", "+1 13800138000", "+852 51234567", "1380013800a", "86",
        "+86", "13800138000,13800138001", "13800138000;", "8613800138000 1", "００", 1380013800, -13800138000,
        pytest.param(10**5000, id="huge"),
    ],
)  # fmt: skip
def test_what_is_no_mainland_number_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match=r"^mobile "):
        validation.parse_mobile(wrong)


@pytest.mark.parametrize("wrong", [None, True, b"13800138000", ["13800138000"]])
def test_a_number_of_another_type_is_refused_by_its_type(wrong: object) -> None:
    with pytest.raises(ArgumentError, match=r"^mobile is (None|of type \w+); give the number as a text"):
        validation.parse_mobile(wrong)


def test_a_refused_number_is_shown_masked() -> None:
    with pytest.raises(ArgumentError) as caught:
        validation.parse_mobile("138001380001234")
    assert "138****1234" in str(caught.value)
    assert "138001380001234" not in str(caught.value)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.binary()))
def test_any_number_is_read_or_refused(value: object) -> None:
    try:
        read = validation.parse_mobile(value)
    except ArgumentError as error:
        assert isinstance(error, JSMSError)
        assert isinstance(error, ValueError)
    else:
        assert re.fullmatch("1[0-9]{10}", read)


def test_a_text_keeps_every_character() -> None:
    assert validation.parse_text(" 极光 \n", "remark", longest=5) == " 极光 \n"


def test_characters_are_counted_not_bytes() -> None:
    assert validation.parse_text("极" * 10, "tag", longest=10) == "极" * 10
    with pytest.raises(ArgumentError, match=r"^tag has 11 characters; it takes at most 10\.$"):
        validation.parse_text("极" * 11, "tag", longest=10)


@pytest.mark.parametrize(
    ("shortest", "longest", "words"),
    [(2, 8, "from 2 to 8"), (18, 18, "exactly 18"), (2, None, "at least 2")],
)
def test_a_length_outside_its_limits_names_them(shortest: int, longest: int | None, words: str) -> None:
    with pytest.raises(ArgumentError, match=f"has 1 characters; it takes {words}"):
        validation.parse_text("x", "sign", shortest=shortest, longest=longest)


def test_a_text_that_must_not_be_empty_says_so() -> None:
    with pytest.raises(ArgumentError, match=r"^sign is empty; give a text\.$"):
        validation.parse_text("", "sign", shortest=2, longest=8)


def test_a_text_of_other_characters_is_refused_without_showing_it() -> None:
    with pytest.raises(ArgumentError, match="it takes digits only") as caught:
        validation.parse_text("secret", "code", pattern="^[0-9]+$", advice="it takes digits only")
    assert "secret" not in str(caught.value)


def test_a_pattern_does_not_let_a_newline_through() -> None:
    with pytest.raises(ArgumentError):
        validation.parse_text("123\n", "code", pattern="^[0-9]+$")


def test_half_a_character_is_refused_without_the_text_in_the_chain() -> None:
    with pytest.raises(ArgumentError, match="character 3 is half") as caught:
        validation.parse_text("ab\ud83dcd", "remark")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize("wrong", [None, 5, b"text", ["text"]])
def test_what_is_no_text_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match=r"^remark is (None|of type \w+); give a text"):
        validation.parse_text(wrong, "remark")


class Template(IntEnum):
    LOGIN = 1250


@pytest.mark.parametrize("value", [1250, Template.LOGIN])
def test_a_number_or_a_member_of_an_enum_is_a_plain_number(value: int) -> None:
    read = validation.parse_number(value, "temp_id", smallest=1)
    assert read == 1250
    assert type(read) is int


def test_an_enum_of_the_contract_is_its_number() -> None:
    assert type(validation.parse_number(TemplateType.NOTICE, "type", smallest=1, largest=3)) is int


@pytest.mark.parametrize("wrong", [0, -1, True, 1.0, "1250", None, 1 + 0j, "x"])
def test_what_is_no_template_id_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match="^temp_id is "):
        validation.parse_number(wrong, "temp_id", smallest=1)


def test_for_a_number_given_as_text_the_error_shows_the_number_to_give() -> None:
    with pytest.raises(ArgumentError, match=r"^sign_id is of type str, not a whole number; give the number, 4321\.$"):
        validation.parse_number("4321", "sign_id", smallest=1)


@pytest.mark.parametrize("wrong", ["code", "CODE", 9, 0, "9", None, True, 1.5, b"1"])
def test_a_choice_names_its_members(wrong: object) -> None:
    members = re.escape(", ".join(f"{each.value} ({each.name})" for each in TemplateType))
    with pytest.raises(
        ArgumentError,
        match=rf"^type is .*; give one of TemplateType: {members}\.$",
    ):
        validation.parse_choice(wrong, "type", TemplateType, smallest=1, largest=3)


def test_a_choice_is_a_member_or_its_number() -> None:
    assert validation.parse_choice(TemplateType.NOTICE, "type", TemplateType, smallest=1, largest=3) == 2
    assert validation.parse_choice(5, "type", SignType, smallest=1, largest=7) == 5
    with pytest.raises(ArgumentError, match=r"; give the number, 2\.$"):
        validation.parse_choice("2", "type", TemplateType, smallest=1, largest=3)


def test_a_number_out_of_range_names_the_range() -> None:
    with pytest.raises(ArgumentError, match=r"^ttl is 86401; it takes from 1 to 86400 seconds\.$"):
        validation.parse_number(86401, "ttl", smallest=1, largest=86400, unit=" seconds")
    with pytest.raises(ArgumentError, match=r"^ttl is out of range; it takes from 1 to 86400\.$"):
        validation.parse_number(10**5000, "ttl", smallest=1, largest=86400)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("288193860302", "288193860302"),
        (288193860302, "288193860302"),
        ("dd3f8aa5-9c60-4c2c-9d29-3b1ff7a51a2e",) * 2,
        ("a.b_c~d", "a.b_c~d"),
    ],
)
def test_an_id_is_taken_as_it_is(value: object, read: str) -> None:
    assert validation.parse_id(value, "msg_id") == read


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        " ",
        ".",
        "..",
        "...",
        "a/b",
        "../x",
        "a\\b",
        "a?b",
        "a#b",
        "%2e%2e",
        "a b",
        "a\n",
        "编号",
        "\x00",
        0,
        -5,
        10**40,
    ],
)
def test_an_id_that_could_lead_to_another_path_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match="^schedule_id "):
        validation.parse_id(wrong, "schedule_id")


@pytest.mark.parametrize("wrong", [None, True, 1.5, b"1"])
def test_an_id_of_another_type_is_refused(wrong: object) -> None:
    with pytest.raises(
        ArgumentError, match=r"^msg_id is (None|of type \w+); give the msg_id that the service returned"
    ):
        validation.parse_id(wrong, "msg_id")


@given(st.text())
def test_no_id_changes_the_path(value: str) -> None:
    try:
        read = validation.parse_id(value, "msg_id")
    except ArgumentError:
        return
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", read)
    assert set(read) != {"."}


@pytest.mark.parametrize("code", ["0426", "12345678"])
def test_a_code_to_read_out_is_4_to_8_digits(code: str) -> None:
    assert make_send_voice_code_request("13800138000", code, None, None)["code"] == code


@pytest.mark.parametrize("wrong", ["", "123", "123456789", "12a4", "１２３４", " 1234", 1234, 1.5])
def test_another_code_to_read_out_is_refused_without_showing_it(wrong: object) -> None:
    with pytest.raises(ArgumentError, match="^code ") as caught:
        make_send_voice_code_request("13800138000", wrong, None, None)
    assert not wrong or str(wrong) not in str(caught.value)


@pytest.mark.parametrize(("typed", "read"), [("123456", "123456"), (" 123456\n", "123456"), ("12ab", "12ab")])
def test_a_typed_code_is_left_to_the_service_without_the_spaces_around_it(typed: str, read: str) -> None:
    assert make_verify_code_request(typed) == {"code": read}


@pytest.mark.parametrize("wrong", ["", "  ", 123456, None, "12\ud83d"])
def test_a_typed_code_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(ArgumentError, match="^code "):
        make_verify_code_request(wrong)


@pytest.mark.parametrize(
    "written",
    [
        *("13800138000.0", "13800138000.00", "'13800138000", "\u201913800138000", "1.3800138E+10", "1.3800138e10"),
        *(
            "+8613800138000.0",
            "8613800138000.0",
            "１３８００１３８０００",
            "\ufeff13800138000",
            " 138\u00a00013\u20118000 ",
        ),
        *(13800138000, 13800138000.0, Decimal(13800138000), Decimal("1.3800138E+10"), Decimal("13800138000.0")),
        *(Fraction(13800138000), 8613800138000, 8613800138000.0),
    ],
)
def test_a_number_as_spreadsheets_and_programs_write_it_is_read(written: object) -> None:
    assert validation.parse_mobile(written) == "13800138000"


@pytest.mark.parametrize("written", ["1.38E+10", "1.38001E+10", "1.380014e10", "1E+10"])
def test_a_number_that_lost_digits_is_refused_with_the_remedy(written: str) -> None:
    with pytest.raises(ArgumentError, match="has lost digits.*format the column as text"):
        validation.parse_mobile(written)


@pytest.mark.parametrize("written", [13800138000.5, Decimal("13800138000.5"), math.inf, math.nan, Fraction(1, 3)])
def test_a_number_that_is_not_whole_is_refused(written: object) -> None:
    with pytest.raises(ArgumentError, match="is not a whole number"):
        validation.parse_mobile(written)


@pytest.mark.parametrize("written", [1.38e10, 13800138000.75, "138001380000.0", "13800138000.1", True, 1 + 0j])
def test_what_is_another_number_is_never_taken_for_one(written: object) -> None:
    if written == 1.38e10:
        assert validation.parse_mobile(written) == "13800000000"
        return
    with pytest.raises(ArgumentError):
        validation.parse_mobile(written)
