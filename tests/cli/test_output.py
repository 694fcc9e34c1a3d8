"""The output for people and for programs."""

from __future__ import annotations

import io
import json

import pytest
from rich.cells import cell_len

from jsms_cli.output import json_line
from jsms_cli.tables import cell
from jsms_contract.errors import ERRORS
from jsms_sandbox.pytest_plugin import Sandbox

from .runner import ROOT, Command, run

MOBILE = "13800138000"


def test_columns_line_up_whatever_language_is_in_them(jsms: Command) -> None:
    head, *rows = [line for line in jsms("error").out.splitlines() if "─" not in line]
    where = cell_len(head[: head.index("含义")])
    assert len(rows) == len(ERRORS)
    for row, kind in zip(rows, ERRORS.values(), strict=True):
        assert kind.info is not None
        assert cell_len(row[: row.index(kind.info.meaning_zh)]) == where


def test_nothing_is_coloured_that_no_terminal_shows(jsms: Command) -> None:
    assert "\x1b" not in jsms("error", "50014").out


def test_numbers_that_the_service_tells_are_masked_for_people_and_whole_for_machines(
    jsms: Command, jsms_sandbox: Sandbox, parcel: int
) -> None:
    made = jsms(
        *("schedule", "create", MOBILE, "--temp-id", str(parcel), "-p", "number=1", "--at", "2030-07-01 09:00:00"),
        "--json",
    ).data
    schedule_id = str(made["schedule_id"])
    shown = jsms("schedule", "get", schedule_id).out
    assert "138****8000" in shown
    assert MOBILE not in shown
    assert MOBILE in jsms("schedule", "get", schedule_id, "--json").out


def test_numbers_that_were_given_are_shown_as_they_are(jsms: Command, jsms_sandbox: Sandbox, parcel: int) -> None:
    assert MOBILE in jsms("batch", "send", MOBILE, "--temp-id", str(parcel), "-p", "number=1").out


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "a\rb", "\u202eabc", "\x07"])
def test_a_text_cannot_play_with_the_terminal(text: str) -> None:
    assert cell(text).isprintable()


def test_the_contract_is_printed_as_it_is(jsms: Command) -> None:
    assert jsms("spec").out == (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    assert jsms("spec", "--json").out == (ROOT / "generated/jsms_contract/openapi.json").read_text(encoding="utf-8")


def test_an_error_code_is_explained_in_both_languages(jsms: Command) -> None:
    info = ERRORS[50014].info
    assert info is not None
    shown = jsms("error", "50014").out
    for text in (info.name, info.meaning, info.meaning_zh, info.remedy, info.remedy_zh):
        assert text in shown
    assert jsms("error", "no_money").out == shown
    assert jsms("error", "50014", "--json").data == info._asdict()


def test_a_code_that_the_contract_does_not_know_is_said_to_be_unknown(jsms: Command) -> None:
    done = jsms("error", "59999")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("jsms: the contract knows no error code '59999'")


def test_a_delivery_status_and_an_error_code_are_distinguished(jsms: Command) -> None:
    assert "4003 is no error code but a status of delivery reports: handset unavailable" in jsms("error", "4003").err


def test_the_help_of_the_sandbox_has_the_name_that_was_typed() -> None:
    done = run("sandbox", "--help")
    assert done.code == 0
    assert done.out.startswith("Usage: jsms sandbox ")


@pytest.mark.parametrize("words", [(), ("code",), ("code", "send"), ("campaign", "send"), ("balance",)])
def test_help_has_a_short_option_everywhere(jsms: Command, words: tuple[str, ...]) -> None:
    assert jsms(*words, "-h").out == jsms(*words, "--help").out != ""


@pytest.mark.parametrize(
    ("words", "said", "unsaid"),
    [
        (("message", "send", "13800138000", "--temp-id", "{parcel}"), "--para", "temp_para"),
        (("message", "send", "13800138000", "--temp-id", "0"), "--temp-id is 0", "temp_id"),
    ],
)
def test_a_sentence_speaks_of_the_options_of_the_command(
    jsms: Command, parcel: int, words: tuple[str, ...], said: str, unsaid: str
) -> None:
    done = jsms(*(word.format(parcel=parcel) for word in words))

    assert done.code != 0
    assert said in done.err
    assert unsaid not in done.err


@pytest.mark.parametrize("code", [0x9B, 0x85, 0x2028, 0x2029, 0x7F, 0x202E, 0x200F, 0xE0001, 0xD800])
def test_json_is_one_line_without_raw_controls(code: int) -> None:
    value = {"content": f"a{chr(code)}b中😀"}

    line = json_line(value, io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))

    assert line.removesuffix("\n").isprintable()
    assert line.splitlines(keepends=True) == [line]
    assert "中😀" in line
    assert json.loads(line) == value
